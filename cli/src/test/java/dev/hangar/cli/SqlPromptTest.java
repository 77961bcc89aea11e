package dev.hangar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hangar.client.Hangar;
import dev.hangar.client.Query;
import dev.hangar.server.HangarServer;
import dev.hangar.server.ServerConfig;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jline.terminal.Size;
import org.jline.terminal.impl.ExternalTerminal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The prompt, at a terminal that is two streams and a line discipline. */
@Timeout(120)
class SqlPromptTest {
  private static final String CTRL_C = "\u0003";
  private static final String CTRL_D = "\u0004";
  private static final String TAB = "\t";
  private static final String PROMPT = "hangar> ";

  @TempDir private Path folder;
  private final ByteArrayOutputStream screen = new ByteArrayOutputStream();
  private final PipedOutputStream keys = new PipedOutputStream();
  private HangarServer server;
  private Hangar hangar;
  private CompletableFuture<Void> ended;

  @BeforeEach
  void aPromptIsOpen() throws Exception {
    server =
        HangarServer.start(
            ServerConfig.defaults().withPort(0).withMemoryBytes(256 << 20), line -> {});
    hangar = Hangar.connect(server.url());
    try (var made = hangar.query("create table \"trips/2024\" as select 1 as kilometres, 2 as b")) {
      assertThat(made.loadNextBatch()).isTrue();
    }
    var typed = new PipedInputStream(keys);
    ended = new CompletableFuture<>();
    Thread.ofPlatform().daemon().start(() -> prompt(typed));
    await(PROMPT);
  }

  @AfterEach
  void nothingIsLeftBehind() throws Exception {
    keys.close();
    ended.get(30, TimeUnit.SECONDS);
    hangar.close();
    server.close();
    assertThat(server.bodyBytes()).isZero();
  }

  @Test
  void aStatementGoesOnUntilItsSemicolon() throws Exception {
    type("select 40\r");
    await("...> ");
    type("+ 2 as answer;\r");
    await("│     42 │");
    await("sql: 1 row, ");
    type(CTRL_D);
    ended.get(30, TimeUnit.SECONDS);
    assertThat(Files.readString(folder.resolve("history"))).contains("+ 2 as answer;");
  }

  @Test
  void namesAreCompleted() throws Exception {
    type("select * from tri" + TAB + ";\r");
    await("│ kilometres │");
    clear();
    type("select kilo" + CTRL_C);
    await(PROMPT);
    clear();
    type("from \"trips/2024\" select kilo" + TAB + " + 41 as x;\r");
    await("│ 42 │");
  }

  @Test
  void itTellsWhatThereIs() throws Exception {
    type(".tables\r");
    await("│ trips/2024 │");
    type(".schema trips/2024\r");
    await("kilometres  int32");
    type(".help\r");
    await("Ctrl-C stops a statement");
    type(".nothing\r");
    await("there is no .nothing");
    type(".quit\r");
    ended.get(30, TimeUnit.SECONDS);
  }

  @Test
  void mistakesAreShownAndForgotten() throws Exception {
    type("select * form x;\r");
    await("1 | select * form x;");
    await("^");
    clear();
    type("select 'fine' as w;\r");
    await("│ fine │");
  }

  @Test
  void aStatementThatRunsIsStopped() throws Exception {
    type("select count(*) from range(100000000000) r(a), range(1000) s(b) where a % 7 = b;\r");
    await("running");
    type(CTRL_C);
    await("stopped");
    clear();
    type("select 'next' as w;\r");
    await("│ next │");
  }

  private void prompt(PipedInputStream typed) {
    try (var terminal =
        new ExternalTerminal("test", "ansi", typed, screen, StandardCharsets.UTF_8)) {
      terminal.setSize(Size.of(120, 40));
      var names = new ServerNames(hangar, System::nanoTime);
      Query pattern = Query.of("").timeout(Duration.ofMinutes(10)); // longer than any test
      new SqlPrompt(terminal, false, hangar, names, pattern, folder.resolve("history")).run();
      ended.complete(null);
    } catch (IOException | RuntimeException | Error e) {
      ended.completeExceptionally(e);
    }
  }

  private void type(String text) throws IOException {
    keys.write(text.getBytes(StandardCharsets.UTF_8));
    keys.flush();
  }

  private void clear() {
    screen.reset();
  }

  /** Waits until this stands on the screen. */
  private void await(String text) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!screen.toString(StandardCharsets.UTF_8).contains(text)) {
      assertThat(ended).as("before " + text + ": " + screen).isNotDone();
      assertThat(System.nanoTime()).as("no " + text + " in: " + screen).isLessThan(end);
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }
}
