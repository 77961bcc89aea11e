package dev.hangar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hangar.server.Credentials;
import dev.hangar.server.HangarServer;
import dev.hangar.server.ServerConfig;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Commands as people type them, against a server of their own. */
@Timeout(60)
class MainTest {
  private static final Terminal NARROW = new Terminal(40, true, false);
  private static final Terminal COLOURED = new Terminal(100, true, true);

  private record Outcome(int code, String out, String err) {}

  @TempDir private Path folder;
  private HangarServer server;

  @BeforeEach
  void start() throws Exception {
    server =
        HangarServer.start(
            ServerConfig.defaults().withPort(0).withMemoryBytes(64 << 20), line -> {});
  }

  @AfterEach
  void stop() {
    server.close();
    assertThat(server.bodyBytes()).isZero();
  }

  @Test
  void aFileGoesInAndComesBackInEveryFormat() throws Exception {
    Path csv = file("city,day,celsius\nOslo,1,-3.5\nLima,2,24.0\nTurku,3,\n");
    assertThat(run("put", "weather", csv.toString()).err())
        .matches("put weather: 3 rows, .* in .*\\R");
    for (String ending : new String[] {"csv", "jsonl", "parquet", "arrow", "arrows"}) {
      Path copy = folder.resolve("copy." + ending);
      assertThat(run("get", "weather", "-o", copy.toString()).code()).isZero();
      assertThat(run("put", "copies/" + ending, copy.toString()).code()).as(ending).isZero();
      assertThat(run("get", "copies/" + ending).out()).as(ending).isEqualTo(Files.readString(csv));
    }
  }

  /** The launcher does not look: it would start all the same, and slower. */
  @Test
  void everythingThatIsPrimedWorks() {
    Outcome primed = run("prime");
    assertThat(primed.code()).as(primed.err()).isZero();
  }

  /** Only the commands that are named are made out, so an argument may name one too. */
  @Test
  void aTableMayBeCalledAsACommandIs() throws Exception {
    assertThat(run("put", "ls", file("a\n1\n").toString()).code()).isZero();
    assertThat(run("get", "ls").out()).isEqualTo("a\n1\n");
    assertThat(run("lss").err()).contains("lss");
    assertThat(run("help", "put").out()).contains("hangar put");
    assertThat(run("help").out()).contains("serve").contains("restore");
  }

  @Test
  void passwordsBecomeLinesThatDoNotTellThem() throws Exception {
    Path secret = folder.resolve("secret");
    Files.writeString(secret, "open sesame\nand more\n");
    Outcome line = run("password", "ann", "--password-file", secret.toString());
    assertThat(line.out()).startsWith("ann:pbkdf2-sha512:").doesNotContain("sesame");
    Path users = folder.resolve("users");
    Files.writeString(users, line.out());
    assertThat(Credentials.read(users).accepts("ann", "open sesame")).isTrue();
    assertThat(run("password", "a:b", "--password-file", secret.toString()).code()).isEqualTo(2);
    Outcome none = run("serve", "--credentials", folder.resolve("nothing").toString());
    assertThat(none.code()).isEqualTo(1);
    assertThat(none.err()).contains("there is no file").contains("nothing");
  }

  @Test
  void aPipeGetsWhatItAskedFor() throws Exception {
    run("put", "t", file("a,b\n1,x\n").toString());
    assertThat(run("get", "t").out()).isEqualTo("a,b\n1,x\n");
    assertThat(run("get", "t", "--format", "json").out()).isEqualTo("{\"a\":1,\"b\":\"x\"}\n");
    assertThat(run("get", "t", "--format", "arrow").out()).startsWith("\uFFFD\uFFFD\uFFFD\uFFFD");
    assertThat(run("ls").out()).isEqualTo("t\t1\t" + bytesOf("t") + "\t2\n");
  }

  @Test
  void aTerminalGetsATable() throws Exception {
    run("put", "t", file("name,n,x\nÅse,1000,1.5\nbo\u0007b,,2.0\n").toString());
    assertThat(run(COLOURED, "get", "t").out())
        .contains("\u001b[1m")
        .contains("1000 │")
        .contains("bo·b");
    assertThat(run(new Terminal(40, false, false), "get", "t").out())
        .isEqualTo(
            """
            ┌──────┬──────┬─────┐
            │ name │    n │   x │
            ├──────┼──────┼─────┤
            │ Åse  │ 1000 │ 1.5 │
            │ bo·b │    · │ 2.0 │
            └──────┴──────┴─────┘
            2 rows
            """);
    assertThat(run(NARROW, "ls").out()).contains("│ t    │    2 │");
  }

  @Test
  void datesTimesAndWideTextAreReadable() throws Exception {
    run("put", "t", file("d,t,w\n2024-02-29,2024-02-29 12:30:00.25,東京\n,,x\n").toString());
    assertThat(run(new Terminal(80, false, false), "get", "t").out())
        .isEqualTo(
            """
            ┌────────────┬────────────────────────┬──────┐
            │ d          │ t                      │ w    │
            ├────────────┼────────────────────────┼──────┤
            │ 2024-02-29 │ 2024-02-29 12:30:00.25 │ 東京 │
            │ ·          │ ·                      │ x    │
            └────────────┴────────────────────────┴──────┘
            2 rows
            """);
  }

  @Test
  void aPipeThatIsClosedIsNoFailure() throws Exception {
    run("put", "t", file("a\n1\n").toString());
    var closed =
        new PrintStream(
            new OutputStream() {
              @Override
              public void write(int b) throws IOException {
                throw new IOException("Broken pipe");
              }
            });
    var err = new ByteArrayOutputStream();
    String[] args = {"--url", server.url(), "get", "t"};
    assertThat(Main.run(args, closed, new PrintStream(err), Terminal.NONE)).isZero();
    assertThat(err.size()).isZero();
  }

  @Test
  void whatIsWrongWithAFileIsSaidAfterRowsWereSent() throws Exception {
    Path stream = folder.resolve("cut.arrows");
    run("put", "t", file("a\n1\n").toString());
    run("get", "t", "-o", stream.toString());
    byte[] whole = Files.readAllBytes(stream);
    Files.write(stream, java.util.Arrays.copyOf(whole, whole.length - 20));
    assertFails(1, "cut.arrows can't be read as Arrow stream", "put", "u", stream.toString());
    assertThat(run("ls").out()).startsWith("t\t").hasLineCount(1);
  }

  @Test
  void moreRowsAndColumnsThanFitAreCounted() throws Exception {
    var csv = new StringBuilder("first,second,third,fourth,fifth,sixth\n");
    for (int row = 0; row < 1_000; row++) {
      csv.append(row).append(",aaaaaaaaaa,b,c,d,e\n");
    }
    run("put", "t", file(csv.toString()).toString());
    String shown = run(NARROW, "get", "t").out();
    assertThat(shown)
        .contains("… and 2 more columns: fifth, sixth")
        .contains("… 980 more rows; -o FILE writes them all");
    assertThat(shown.lines()).allMatch(line -> line.length() <= 40);
  }

  @Test
  void infoNamesColumnsAndTypes() throws Exception {
    run("put", "t", file("a,b\n1,x\n").toString());
    assertThat(run("info", "t").out())
        .contains("rows     1\n")
        .contains("  a  int64\n")
        .contains("  b  string\n");
  }

  @Test
  void failuresAreOneSentenceAndAnExitCode() throws Exception {
    run("put", "trips", file("a\n1\n").toString());
    assertFails(1, "no table \"trip\"; nearest: \"trips\"", "get", "trip");
    assertFails(1, "no table \"trip\"; nearest: \"trips\"", "rm", "trip");
    assertFails(1, "no table \"trip\"; nearest: \"trips\"", "info", "trip");
    assertFails(1, "does not exist", "put", "t", folder.resolve("nothing.csv").toString());
    assertFails(1, "a control character", "put", "a\u0001b", file("a\n1\n").toString());
    assertFails(
        1,
        "cannot reach grpc://127.0.0.1:1: connection refused",
        "ls",
        "--url",
        "grpc://127.0.0.1:1");
    assertFails(
        1, "only grpc://, grpc+tls:// and grpc+unix:// are", "ls", "--url", "http://127.0.0.1");
    assertFails(2, "'hangar put --help' says how", "put", "t");
    assertFails(2, "'hangar --help' says how", "stow");
    assertFails(2, "not a size", "serve", "--memory", "much");
    assertFails(1, "is no address of this machine", "serve", "--host", "192.0.2.1", "--port", "0");
    assertFails(2, "ports go from 0 to 65535", "serve", "--port", "70000");
    assertFails(1, "is in use on 127.0.0.1", "serve", "--port", Integer.toString(server.port()));
    assertFails(1, "names a format", "get", "trips", "-o", folder.resolve("trips.xlsx").toString());
    assertThat(run("ls").out()).startsWith("trips\t");
  }

  @Test
  void tablesAreRemovedOneByOne() throws Exception {
    Path csv = file("a\n1\n");
    run("put", "x", csv.toString());
    run("put", "y", csv.toString());
    assertThat(run("rm", "x", "y").out()).isEqualTo("removed x\nremoved y\n");
    assertThat(run("ls").out()).isEmpty();
    assertThat(run(NARROW, "ls").out()).contains("No tables yet");
  }

  private void assertFails(int code, String sentence, String... args) {
    Outcome outcome = run(args);
    assertThat(outcome.err()).startsWith("hangar: ").contains(sentence).hasLineCount(1);
    assertThat(outcome.code()).isEqualTo(code);
  }

  private String bytesOf(String table) {
    return run("info", table).out().replaceAll("(?s).*bytes +([0-9,]+) .*", "$1").replace(",", "");
  }

  private Path file(String csv) throws Exception {
    return Files.writeString(folder.resolve("in" + csv.hashCode() + ".csv"), csv);
  }

  private Outcome run(String... args) {
    return run(Terminal.NONE, args);
  }

  /** Talks to this test's server, unless the arguments say otherwise. */
  private Outcome run(Terminal terminal, String... args) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    boolean chosen = java.util.Arrays.asList(args).contains("--url") || args[0].equals("serve");
    String[] all = chosen ? args : concat("--url", server.url(), args);
    int code = Main.run(all, new PrintStream(out), new PrintStream(err), terminal);
    return new Outcome(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  private static String[] concat(String first, String second, String... rest) {
    var all = new java.util.ArrayList<String>(java.util.List.of(first, second));
    all.addAll(java.util.List.of(rest));
    return all.toArray(String[]::new);
  }
}
