package dev.hangar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hangar.server.HangarServer;
import dev.hangar.server.ServerConfig;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowFileWriter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Files of more than one part, and what a server says of its memory and its directory. */
@Timeout(240)
class LargeFilesTest {
  private static final int BATCHES = 36;
  private static final int BATCH_ROWS = 1 << 18;

  private record Outcome(int code, String out, String err) {}

  private final List<String> console = new ArrayList<>();

  @TempDir private Path folder;
  private HangarServer server;

  @BeforeEach
  void start() throws Exception {
    server = HangarServer.start(config(), console::add);
  }

  @AfterEach
  void stop() {
    server.close();
    assertThat(server.bodyBytes()).isZero();
  }

  @Test
  void aLargeFileGoesInPartsAndComesBackWhole() throws Exception {
    Path file = numbers();
    Outcome put = run(Terminal.NONE, "put", "t", file.toString(), "--connections", "2");
    assertThat(put.err()).matches("put t: 9,437,184 rows, .*, version 1, in 2 parts\\R");
    Path copy = folder.resolve("copy.arrow");
    Outcome got = run(Terminal.NONE, "get", "t", "-o", copy.toString(), "--connections", "2");
    assertThat(got.code()).isZero();
    assertThat(run(Terminal.NONE, "put", "u", copy.toString()).err()).contains(", in 2 parts");
    assertThat(Files.mismatch(file, copy)).as("the same batches in the same order").isEqualTo(-1);
    assertThat(server.tables())
        .matches("tables in " + folder.resolve("data") + " \\(2 tables, 1\\d\\d\\.\\d MB\\)");
    for (String wrong : new String[] {"-1", "65", "many"}) {
      assertThat(run(Terminal.NONE, "put", "t", file.toString(), "--connections", wrong).code())
          .as(wrong)
          .isEqualTo(2);
    }
  }

  @Test
  void whatTheMemoryIsUsedForIsATableOrJson() throws Exception {
    Path file = Files.writeString(folder.resolve("t.csv"), "n\n1\n");
    run(Terminal.NONE, "put", "cached", file.toString(), "--durability", "memory");
    var people = new Terminal(60, false, false);
    assertThat(run(people, "info", "--memory").out())
        .contains("│ tables in memory ")
        .contains("│ files read and written ")
        .contains("│ used of 536.9 MB")
        .contains("│ cached ");
    for (String[] ask : new String[][] {{"info", "--memory"}, {"info", "--memory", "--json"}}) {
      assertThat(run(ask.length == 3 ? people : Terminal.NONE, ask).out())
          .startsWith("{\"limit\":")
          .contains("\"largest\":[{")
          .endsWith("}\n");
    }
    for (String[] wrong :
        new String[][] {{"info"}, {"info", "t", "--memory"}, {"info", "t", "--json"}}) {
      assertThat(run(Terminal.NONE, wrong).code()).isEqualTo(2);
    }
  }

  @Test
  void historyIsATimeOfUpToAHundredYears() throws Exception {
    server.close();
    server = HangarServer.start(config().withHistory(Duration.ofHours(1)), console::add);
    for (String number : new String[] {"1", "2", "3"}) {
      Path file = Files.writeString(folder.resolve("t.csv"), "n\n" + number + "\n");
      run(Terminal.NONE, "put", "t", file.toString());
    }
    assertThat(run(Terminal.NONE, "get", "t@1").out()).isEqualTo("n\n1\n");
    for (String wrong : new String[] {"soon", "36501d", "999999999999999999d"}) {
      Outcome outcome = run(Terminal.NONE, "serve", "--port", "0", "--history", wrong);
      assertThat(outcome.code()).as(wrong).isEqualTo(2);
      assertThat(outcome.err()).contains("--history: ");
    }
  }

  @Test
  void whatIsDamagedIsSaidAtTheStart() throws Exception {
    Path file = Files.writeString(folder.resolve("t.csv"), "n\n1\n");
    run(Terminal.NONE, "put", "t", file.toString());
    server.close();
    try (var parts = Files.walk(folder.resolve("data").resolve("parts"))) {
      Files.delete(parts.filter(Files::isRegularFile).findFirst().orElseThrow());
    }
    console.clear();
    server = HangarServer.start(config(), console::add);
    server.close();
    assertThat(console).anySatisfy(line -> assertThat(line).contains("t").contains(".arrow"));
  }

  private ServerConfig config() {
    return ServerConfig.defaults()
        .withPort(0)
        .withMemoryBytes(512 << 20)
        .withData(folder.resolve("data"));
  }

  private Path numbers() throws IOException {
    Path file = folder.resolve("numbers.arrow");
    try (var allocator = new RootAllocator();
        var numbers = new BigIntVector("n", allocator);
        var root = VectorSchemaRoot.of(numbers);
        var channel = Channels.newChannel(Files.newOutputStream(file));
        var writer = new ArrowFileWriter(root, null, channel)) {
      numbers.allocateNew(BATCH_ROWS);
      for (int batch = 0; batch < BATCHES; batch++) {
        for (int row = 0; row < BATCH_ROWS; row++) {
          numbers.set(row, (long) batch * BATCH_ROWS + row);
        }
        root.setRowCount(BATCH_ROWS);
        writer.writeBatch();
      }
    }
    return file;
  }

  private Outcome run(Terminal terminal, String... args) {
    var all = new ArrayList<String>();
    if (!args[0].equals("serve")) {
      all.addAll(List.of("--url", server.url()));
    }
    all.addAll(List.of(args));
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    int code =
        Main.run(all.toArray(String[]::new), new PrintStream(out), new PrintStream(err), terminal);
    return new Outcome(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }
}
