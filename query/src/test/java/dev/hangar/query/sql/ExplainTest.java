package dev.hangar.query.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hangar.query.duckdb.Sandbox;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What EXPLAIN shows, and that it is as careful as what it explains. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class ExplainTest {
  private static final String JOIN =
      "SELECT count(*) FROM t JOIN sales.\"2024\" s ON t.a = s.id WHERE t.c > ? AND s.\"the k\" < 9";

  @TempDir private Path folder;
  private SqlTestTables tables;

  @BeforeEach
  void fill() throws Exception {
    tables = new SqlTestTables();
    tables.create("t", "SELECT i AS a, 'x' || i AS b, i * 0.5 AS c FROM range(10000) r(i)");
    tables.create("sales/2024", "SELECT i AS id, i % 3 AS \"the k\" FROM range(10) r(i)");
  }

  @AfterEach
  void everythingIsGivenBack() {
    tables.close();
  }

  @Test
  void aPlanNamesColumnsAndTablesAsTheyAreCalled() {
    List<String> rows = tables.rows("EXPLAIN " + JOIN, 7);
    assertThat(rows).hasSize(2);
    assertThat(rows.getFirst())
        .startsWith("physical_plan|╭─ Ungrouped Aggregate ")
        .contains("Hash Join", "a = id", "c > 7.0", "the k < 9")
        .doesNotContain("hangar_", "c0");
    assertThat(rows.getLast())
        .isEqualTo(
            "tables|t: columns a, c\n"
                + "sales.\"2024\": columns id, the k; batches may be left out by their values of"
                + " the k");
  }

  @Test
  void aPlanReadsNoRows() {
    assertThat(read("EXPLAIN SELECT count(*) FROM t")).isZero();
    assertThat(read("EXPLAIN WITH s AS NOT MATERIALIZED (FROM t) FROM s x JOIN s y USING (a)"))
        .isZero();
    assertThat(read("EXPLAIN SELECT error('it ran') FROM t")).isZero();
    assertThat(read("EXPLAIN ANALYZE SELECT count(*) FROM t")).isEqualTo(1);
  }

  /** How much of its tables a statement has read at its end. */
  private double read(String sql) {
    try (PreparedQuery query = tables.prepare(sql);
        SqlEngine.Running run = tables.engine.run(query)) {
      run.start();
      assertThat(run.next()).isTrue();
      assertThat(run.next()).isFalse();
      return run.progress().orElseThrow();
    }
  }

  @Test
  void whatRanTellsItsTimesAndRows() {
    List<String> rows = tables.rows("EXPLAIN ANALYZE SELECT sum(a) FROM t WHERE a < 5");
    assertThat(rows.getFirst())
        .startsWith("analyzed_plan|")
        .contains("Total Time: ", "a < 5", "10,000 rows");
    assertThat(rows.getLast())
        .isEqualTo(
            "tables|t: columns a; batches may be left out by their values of a; 10,000 of 10,000"
                + " rows read, 0 batches left out");
    assertThat(tables.rows("EXPLAIN ANALYZE SELECT sum(a) FROM t WHERE a < 5").getLast())
        .endsWith("; 2,048 of 10,000 rows read, 4 batches left out");
  }

  @Test
  void aCopyIsCalledAsItsTable() {
    String twice =
        " WITH s AS NOT MATERIALIZED (SELECT \"the k\" FROM sales.\"2024\") "
            + "FROM s x JOIN s y USING (\"the k\")";
    assertThat(tables.rows("EXPLAIN ANALYZE" + twice))
        .satisfiesExactly(
            plan -> assertThat(plan).contains("sales.2024 #1").doesNotContain("hangar_"),
            said -> assertThat(said).contains("copied before the plan begins"));
    assertThat(tables.rows("EXPLAIN" + twice).getFirst()).contains("Arrow Scan Dumb");
  }

  @ParameterizedTest
  @ValueSource(strings = {"text", "json", "YAML", "'graphviz'", "mermaid", "compact"})
  void formatsAreDuckDbs(String format) {
    for (String option : List.of("(FORMAT " + format + ")", "(ANALYZE, FORMAT " + format + ")")) {
      assertThat(tables.rows("EXPLAIN " + option + " " + JOIN, 7).getFirst())
          .contains("a = id")
          .doesNotContain("hangar_");
    }
  }

  @Test
  void jsonStaysJsonAndQuotesTheStatementAsItWasWritten() {
    String value =
        tables.rows("EXPLAIN ANALYZE (FORMAT json) " + JOIN, 7).getFirst().split("\\|", 2)[1];
    JsonNode plan = JsonMapper.builder().build().readTree(value);
    assertThat(plan.at("/query/sql").asString())
        .isEqualTo("EXPLAIN (ANALYZE, FORMAT json) " + JOIN);
    assertThat(plan.at("/operator/0/type").asString()).isEqualTo("RESULT_COLLECTOR");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "explain (analyze) SELECT 1 | analyzed_plan",
        "EXPLAIN (ANALYZE off) SELECT 1 | physical_plan",
        "EXPLAIN ANALYSE (SELECT 1) | analyzed_plan",
        "EXPLAIN ((SELECT 1)) | physical_plan",
        "/* why */ EXPLAIN /* so */ FROM t; | physical_plan",
        "EXPLAIN DESCRIBE t | physical_plan",
        "EXPLAIN ANALYZE SUMMARIZE sales.\"2024\" | analyzed_plan",
        "EXPLAIN VALUES (1) | physical_plan",
        "EXPLAIN PIVOT t ON a IN (1, 2) USING count(*) | physical_plan",
      })
  void whatCanBeAskedCanBeExplained(String sql, String key) {
    assertThat(tables.rows(sql).getFirst()).startsWith(key + "|");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "EXPLAIN SELECT nope FROM t | 15 | nope",
        "EXPLAIN ANALYZE SELEC 1 | 16 | syntax error",
        "EXPLAIN (FORMAT json) SELECT 1 + | 31 | syntax error",
        "EXPLAIN SELECT getenv('HOME') | 15 | the function getenv is not allowed here",
        "EXPLAIN ANALYZE FROM read_csv('/etc/passwd') | 21 | read_csv is not allowed here",
        "EXPLAIN CREATE TABLE u AS FROM t | 8 | EXPLAIN shows the plan of a query alone",
        "EXPLAIN ANALYZE INSERT INTO t FROM t | 16 | EXPLAIN shows the plan of a query alone",
        "EXPLAIN (FORMAT html) SELECT 1 | 16 | no FORMAT html here; there are text, json, yaml",
        "EXPLAIN (VERBOSE) SELECT 1 | 9 | EXPLAIN has no option VERBOSE here",
        "EXPLAIN (FORMAT json SELECT 1 | 21 | the options of EXPLAIN end with )",
      })
  void mistakesAreToldWithTheirPlace(String sql, int position, String message) {
    assertThatThrownBy(() -> tables.rows(sql))
        .isInstanceOfSatisfying(
            SqlException.class,
            e -> {
              assertThat(e).hasMessageContaining(message);
              assertThat(e.position()).hasValue(position);
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"EXPLAIN DELETE FROM t", "EXPLAIN EXPLAIN SELECT 1", "EXPLAIN"})
  void whatIsNoQueryIsRefused(String sql) {
    assertThatThrownBy(() -> tables.rows(sql)).isInstanceOf(SqlException.class);
  }

  @Test
  void whatFailsWhileItRunsSaysWhy() {
    assertThatThrownBy(() -> tables.rows("EXPLAIN ANALYZE SELECT b::INT FROM t"))
        .isInstanceOfSatisfying(SqlException.class, e -> assertThat(e.position()).hasValue(24))
        .hasMessageContaining("Could not convert string 'x0' to INT32");
  }

  @Test
  void aPlanIsNeverKept() {
    try (PreparedQuery plan = tables.prepare("EXPLAIN SELECT 1");
        PreparedQuery other = tables.prepare("EXPLAIN ANALYZE SELECT 1");
        PreparedQuery query = tables.prepare("SELECT 1")) {
      assertThat(query.isRepeatable()).isTrue();
      assertThat(plan.isRepeatable()).isFalse();
      assertThat(other.isRepeatable()).isFalse();
      assertThat(List.of(plan.key(), other.key(), query.key())).doesNotHaveDuplicates();
      assertThat(plan.schema()).isEqualTo(other.schema());
    }
  }

  @Test
  void whatRunsForItsTimesCanBeStopped() throws Exception {
    String slow = "EXPLAIN ANALYZE SELECT sum(x.a * y.a) FROM t x, t y, t z WHERE x.b < y.b";
    try (PreparedQuery query = tables.prepare(slow);
        SqlEngine.Running run = tables.engine.run(query)) {
      Thread stop =
          Thread.ofVirtual()
              .start(() -> {
                while (run.progress().orElse(0) <= 0) {
                  Thread.onSpinWait();
                }
                run.cancel();
              });
      assertThatThrownBy(
              () -> {
                run.start();
                run.next();
              })
          .isInstanceOfSatisfying(
              SqlException.class, e -> assertThat(e.kind()).isEqualTo(SqlException.Kind.CANCELLED));
      assertThat(stop.join(Duration.ofMinutes(1))).isTrue();
    }
  }

  @Test
  void whereFilesLieIsNotTold() throws Exception {
    Path file = folder.resolve("trips.parquet");
    try (var duckDb = Sandbox.connect(false, List.of("allowed_directories = ['" + folder + "']"));
        var statement = duckDb.createStatement()) {
      statement.execute("COPY (SELECT i AS a FROM range(9) r(i)) TO '" + file + "'");
    }
    assertThat(Files.exists(file)).isTrue();
    var settings =
        new SqlSettings(1, 0, 256L << 20, 2L << 30, Duration.ofMinutes(1), List.of(folder), null);
    try (var others = new SqlTestTables(settings);
        PreparedQuery query =
            others.engine.prepare(
                SqlCommand.of("EXPLAIN ANALYZE SELECT sum(a) FROM \"trips.parquet\" WHERE a > 3"),
                name -> new SqlTable.Files("read_parquet(['" + file + "'])", "", -1, -1));
        SqlEngine.Running run = others.engine.run(query)) {
      var rows = run.start();
      assertThat(run.next()).isTrue();
      String plan = SqlTestTables.text(rows, 0);
      assertThat(plan).contains(" trips.parquet ").doesNotContain(folder.toString());
      assertThat(plan.lines().filter(line -> line.startsWith("│")).map(String::length).distinct())
          .hasSize(2); // of the summary's box, and of the plan's
      assertThat(SqlTestTables.text(rows, 1))
          .isEqualTo("tables|\"trips.parquet\": files that DuckDB reads by itself");
    }
  }
}
