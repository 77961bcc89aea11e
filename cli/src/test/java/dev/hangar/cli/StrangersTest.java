package dev.hangar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hangar.query.dataset.Mount;
import dev.hangar.server.HangarServer;
import dev.hangar.server.ServerConfig;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What people see who do not know the command yet, and mistake something. */
@Timeout(120)
class StrangersTest {
  private record Outcome(int code, String out, String err) {}

  @TempDir private Path folder;
  private HangarServer server;

  @BeforeEach
  void start() throws Exception {
    Files.createDirectory(folder.resolve("shelf"));
    var config =
        ServerConfig.defaults()
            .withPort(0)
            .withMemoryBytes(256 << 20)
            .withDatasets(List.of(Mount.parse("shelf=" + folder.resolve("shelf"))));
    server = HangarServer.start(config, line -> {});
    Files.writeString(folder.resolve("in.csv"), "a,b\n1,x\n");
    assertThat(run("put", "trips", folder.resolve("in.csv").toString()).code()).isZero();
  }

  @AfterEach
  void stop() {
    server.close();
    assertThat(server.bodyBytes()).isZero();
  }

  @Test
  void helpTellsTheCommandsOwnOptionsFirst() {
    Outcome nothing = plain();
    assertThat(nothing.code()).isEqualTo(2);
    assertThat(nothing.err()).startsWith("Usage: hangar [OPTIONS] [COMMAND]").contains("  put  ");
    Outcome put = plain("put", "--help");
    assertThat(put.out()).startsWith("Usage: hangar put [OPTIONS] NAME FILE");
    assertThat(put.out().indexOf("The server, and who calls it:"))
        .isBetween(put.out().indexOf("--version"), put.out().indexOf("--url=URL"));
    assertThat(put.out()).contains("grpc://127.0.0.1:8815");
    for (String command : List.of("serve", "restore", "password")) {
      String help = plain(command, "--help").out();
      assertThat(help).as(command).startsWith("Usage: hangar " + command + " [-hV]");
      assertThat(help).as(command).doesNotContain("--url").doesNotContain("[OPTIONS]");
    }
  }

  @Test
  void argumentsThatAreWrongAreNamed() {
    assertFails(2, "there is no command 'stow'; 'hangar --help' says how", "stow");
    assertFails(2, "there is no option --colour; 'hangar ls --help' says how", "ls", "--colour");
    assertFails(2, "'trips' is one argument too many", "ls", "trips");
    assertFails(2, "Unknown subcommand 'stow'; ", "help", "stow");
    assertFails(1, "one looks like grpc://127.0.0.1:8815", "ls", "--url", "127.0.0.1:8815");
    assertFails(1, "no such host", "ls", "--url", "grpc://nowhere.invalid:1");
    Path file = folder.resolve("in.csv");
    assertFails(1, file + " is a file", "serve", "--port", "0", "--data", file.toString());
    assertFails(1, file + " is a file", "verify", "--data", file.toString());
  }

  @Test
  void anEmptyPipeIsNoTable() {
    InputStream before = System.in;
    System.setIn(InputStream.nullInputStream());
    try {
      assertFails(1, "hangar: stdin is empty", "put", "t", "-");
    } finally {
      System.setIn(before);
    }
  }

  @Test
  void filesOnTheServerAreFoundThereOrNotAtAll() {
    assertFails(1, "the server has no file or folder nothing.csv", "import", "nothing.csv", "t");
    assertThat(run("export", "trips", "shelf/t.parquet").code()).isZero();
    assertThat(folder.resolve("shelf/t.parquet")).exists();
    assertFails(1, "t.parquet is below no folder", "export", "trips", "t.parquet");
    assertThat(run("ls").out()).doesNotContain("\nt.parquet").doesNotStartWith("t.parquet");
    run("put", "kept.parquet", folder.resolve("in.csv").toString());
    assertFails(1, "kept.parquet is below no folder", "export", "trips", "kept.parquet");
    assertThat(run("info", "kept.parquet").out()).contains("1");
  }

  @Test
  void whatCannotBeWrittenIsAFailureAndWhatNobodyReadsIsNone() {
    for (String[] command : new String[][] {{"get", "trips"}, {"ls"}, {"put", "--help"}}) {
      Outcome full = into("No space left on device", command);
      assertThat(full.code()).as(command[0]).isEqualTo(1);
      assertThat(full.err())
          .contains("hangar: standard output can't be written: No space left on device")
          .hasLineCount(1);
      assertThat(into("Broken pipe", command)).isEqualTo(new Outcome(0, "", ""));
    }
  }

  /** Runs a command whose output goes where writes fail. */
  private Outcome into(String failure, String... command) {
    var out =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException(failure);
          }
        };
    var err = new ByteArrayOutputStream();
    int code = Main.run(toServer(command), StandardOutput.to(out), print(err), Terminal.NONE);
    return new Outcome(code, "", err.toString(StandardCharsets.UTF_8));
  }

  private void assertFails(int code, String sentence, String... args) {
    Outcome outcome = run(args);
    assertThat(outcome.err()).startsWith("hangar: ").contains(sentence).hasLineCount(1);
    assertThat(outcome.code()).isEqualTo(code);
  }

  private Outcome run(String... args) {
    return plain(toServer(args));
  }

  private String[] toServer(String... args) {
    var all = new ArrayList<String>(List.of("--url", server.url()));
    all.addAll(List.of(args));
    return all.toArray(String[]::new);
  }

  private static Outcome plain(String... args) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    int code = Main.run(args, print(out), print(err), Terminal.NONE);
    return new Outcome(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  private static PrintStream print(OutputStream out) {
    return new PrintStream(out, true, StandardCharsets.UTF_8);
  }
}
