package dev.hangar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hangar.query.dataset.Mount;
import dev.hangar.server.HangarServer;
import dev.hangar.server.ServerConfig;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
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

/** {@code hangar sql}, {@code import} and {@code export} as people type them. */
@Timeout(120)
class SqlCommandTest {
  private static final Terminal PEOPLE = new Terminal(80, false, false);
  private static final Terminal WATCHED = new Terminal(80, true, false);

  private record Outcome(int code, String out, String err) {}

  @TempDir private Path folder;
  private HangarServer server;

  @BeforeEach
  void aTableIsThere() throws Exception {
    var out = Mount.parse("out=" + Files.createDirectory(folder.resolve("out")));
    server =
        HangarServer.start(
            ServerConfig.defaults()
                .withPort(0)
                .withMemoryBytes(256 << 20)
                .withDatasets(List.of(out)),
            line -> {});
    Path csv = folder.resolve("trips.csv");
    Files.writeString(csv, "city,day,km\nOslo,1,3.5\nLima,2,24.0\nTurku,3,\n");
    assertThat(run("put", "trips/2024", csv.toString()).code()).isZero();
  }

  @AfterEach
  void nothingIsLeftBehind() {
    server.close();
    assertThat(server.bodyBytes()).isZero();
  }

  @Test
  void aPipeGetsRowsAndPeopleHearOfThem() {
    Outcome asked = run("sql", "select city, km from \"trips/2024\" where km > 4");
    assertThat(asked.out()).isEqualTo("city,km\nLima,24.0\n");
    assertThat(asked.err()).matches("sql: 1 row, [0-9]+ B in [0-9.]+ s, cache miss\\R");
    assertThat(run("sql", "select 5 as five", "--format", "json").out())
        .isEqualTo("{\"five\":5}\n");
  }

  @Test
  void aTerminalGetsATable() {
    Outcome asked = run(PEOPLE, "sql", "select * from \"trips/2024\"");
    assertThat(asked.out())
        .isEqualTo(
            """
            ┌───────┬─────┬──────┐
            │ city  │ day │   km │
            ├───────┼─────┼──────┤
            │ Oslo  │   1 │  3.5 │
            │ Lima  │   2 │ 24.0 │
            │ Turku │   3 │    · │
            └───────┴─────┴──────┘
            """);
    assertThat(asked.err()).startsWith("sql: 3 rows, ");
  }

  @Test
  void aPlanIsDrawnAsItIs() {
    String sql = "explain analyze select sum(km) from \"trips/2024\" where city <> 'Oslo\u001b'";
    Outcome asked = run(PEOPLE, "sql", sql);
    assertThat(asked.out())
        .startsWith("╭─ Summary ─")
        .contains("\n│ Expression: city != 'Oslo·'", "3 rows", "Total Time: ")
        .doesNotContain("explain_", "┌", "hangar_")
        .endsWith("\n\"trips/2024\": columns city, km; 3 of 3 rows read, 0 batches left out\n");
    assertThat(asked.err()).startsWith("sql: 2 rows, ").contains("cache miss");
    assertThat(run("sql", "explain select 1").out())
        .startsWith("explain_key,explain_value\nphysical_plan,\"╭─ Projection ");
    assertThat(run("sql", "\nexplain (costs) select 1").err())
        .isEqualToNormalizingNewlines(
            """
            hangar: EXPLAIN has no option costs here; there are ANALYZE and FORMAT
             2 | explain (costs) select 1
               |          ^
            """);
  }

  @Test
  void ofManyRowsTheFirstAreShownAndTheRestCounted() {
    Outcome asked = run(WATCHED, "sql", "select a from range(100000) r(a) order by a");
    assertThat(asked.out())
        .contains("│ 19 │\n")
        .doesNotContain("│ 20 │")
        .endsWith("… 99,980 more rows; -o FILE writes them all\n");
    assertThat(asked.err()).contains("sql: 100,000 rows, ");
  }

  @Test
  void filesAreWrittenByTheirEnding() throws Exception {
    for (String ending : List.of("csv", "jsonl", "parquet", "arrow")) {
      Path file = folder.resolve("answer." + ending);
      assertThat(run(WATCHED, "sql", "select day + 1 as d from \"trips/2024\"", "-o", "" + file))
          .as(ending)
          .returns(0, Outcome::code)
          .returns("", Outcome::out);
      assertThat(run("put", "answers", file.toString()).code()).as(ending).isZero();
      assertThat(run("get", "answers").out()).as(ending).isEqualTo("d\n2\n3\n4\n");
    }
  }

  @Test
  void theSecondAskingComesFromTheCache() {
    String sql = "select sum(km) from \"trips/2024\"";
    assertThat(run("sql", sql).err()).endsWith(", cache miss" + System.lineSeparator());
    assertThat(run("sql", sql).err()).contains(", cache hit, kept for ");
    assertThat(run("sql", sql, "--no-cache").err()).contains("cache miss");
  }

  @Test
  void parametersAreNumbersTextAndNames() {
    assertThat(run("sql", "select ? as a, ? as b", "--param", "5", "--param", "x y").out())
        .isEqualTo("a,b\n5,x y\n");
    assertThat(run("sql", "select $n * 2 as a, $t as b", "--param", "n=2", "--param", "t=u").out())
        .isEqualTo("a,b\n4,u\n");
    assertThat(
            run(
                    "sql",
                    "select ? as a, ? as b, ? as c",
                    "--param",
                    "\"5\"",
                    "--param",
                    "=a=b",
                    "--param",
                    "null",
                    "--format",
                    "json")
                .out())
        .isEqualTo("{\"a\":\"5\",\"b\":\"a=b\",\"c\":null}\n");
    assertThat(run("sql", "select len(?) as n", "--param", "[1, 2]").out()).isEqualTo("n\n2\n");
  }

  @Test
  void statementsComeFromAFileOrAPipe() throws Exception {
    Path file = folder.resolve("two.sql");
    Files.writeString(
        file, "create table copy as select * from \"trips/2024\";\nselect count(*) as n from copy");
    assertThat(run("sql", "-f", file.toString()).out()).isEqualTo("n\n3\n");
    InputStream before = System.in;
    try {
      System.setIn(new ByteArrayInputStream("select 7 as a;".getBytes(StandardCharsets.UTF_8)));
      assertThat(run("sql").out()).isEqualTo("a\n7\n");
    } finally {
      System.setIn(before);
    }
  }

  @Test
  void tablesAreWrittenAndTheirRowsCounted() {
    assertThat(run("sql", "create table far as select * from \"trips/2024\" where km > 4").out())
        .isEqualTo("Count\n1\n");
    assertThat(run(WATCHED, "sql", "insert into far select * from \"trips/2024\"").out())
        .contains("│ Count │")
        .contains("│     3 │");
    assertThat(run("sql", "select count(*) as n from far").out()).isEqualTo("n\n4\n");
  }

  @Test
  void aMistakeIsShownWhereItIs() {
    Outcome wrong = run("sql", "select *\nfrom \"trips/2024\"\nwhre\tkm > 4");
    assertThat(wrong.code()).isEqualTo(1);
    assertThat(wrong.err())
        .isEqualToNormalizingNewlines(
            """
            hangar: syntax error at or near "km"
             3 | whre    km > 4
               |         ^
            """);
    Outcome second = run("sql", "select 1;\n  select nothing from \"trips/2024\"");
    assertThat(second.err()).contains(" 2 |   select nothing from ").contains("nothing");
  }

  @Test
  void aWrongNameIsToldWithThoseNear() {
    Outcome wrong = run("sql", "select * from \"trips/2025\"");
    assertThat(wrong.code()).isEqualTo(1);
    assertThat(wrong.err()).contains("no table").contains("nearest: ").contains("trips/2024");
  }

  @Test
  void whatIsAskedWronglyIsToldAsSuch() {
    assertThat(run("sql", "select ? + ?", "--param", "1"))
        .returns(1, Outcome::code)
        .extracting(Outcome::err)
        .asString()
        .contains("parameters 1, 2");
    assertThat(run("sql", "select 1", "--timeout", "soon").err()).contains("--timeout: not a time");
    assertThat(run("sql", "select 1", "-f", "x.sql").code()).isEqualTo(2);
    assertThat(run("sql", " ; -- nothing").code()).isEqualTo(2);
    assertThat(run("sql", "-f", folder.resolve("none.sql").toString()).err())
        .contains("there is no file");
    assertThat(run(new Terminal(0, false, false, true), "sql").code()).isEqualTo(2);
    assertThat(run("sql", "--url", "grpc://127.0.0.1:1", "select 1").err())
        .contains("is a server running there?");
  }

  @Test
  void aStatementEndsWhenItsTimeIsUp() {
    Outcome late =
        run("sql", "--timeout", "200ms", "select count(*) from range(100000000000) r(a), range(9)");
    assertThat(late.code()).isEqualTo(1);
    assertThat(late.err()).startsWith("hangar: the statement ran for 200 ms");
  }

  @Test
  void tablesAreMadeOfWhatTheServerHas() {
    assertThat(run("import", "trips/2024", "old/\"trips\"").out())
        .isEqualTo("imported trips/2024 as old/\"trips\": 3 rows\n");
    assertThat(run("get", "old/\"trips\"").out()).contains("Turku");
    assertThat(run("import", "trips/2024", "old/\"trips\"").code()).isZero();
    assertThat(run("import", "--create", "trips/2024", "old/\"trips\"").code()).isEqualTo(1);
    assertThat(run("import", "trips/none", "x").err()).contains("trips/none");
  }

  @Test
  void tablesAreExportedToFilesOfTheServer() {
    assertThat(run("export", "trips/2024", "out/trips.parquet").err())
        .startsWith("export trips/2024: 3 rows, ");
    assertThat(folder.resolve("out/trips.parquet")).exists();
    assertThat(run("get", "out/trips.parquet").out()).contains("Turku");
    assertThat(run("export", "trips/2024", "out/trips.csv").code()).isEqualTo(2);
    assertThat(run("export", "trips/none", "out/trips.parquet").code()).isEqualTo(1);
  }

  private Outcome run(String... command) {
    return run(Terminal.NONE, command);
  }

  private Outcome run(Terminal terminal, String... command) {
    var args = new ArrayList<>(List.of("--url", server.url()));
    args.addAll(List.of(command));
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    int code =
        Main.run(
            args.toArray(String[]::new),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            terminal);
    return new Outcome(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }
}
