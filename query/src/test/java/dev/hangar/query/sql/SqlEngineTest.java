package dev.hangar.query.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hangar.query.sql.QueryPlan.Scan;
import dev.hangar.store.NoSuchTableException;
import dev.hangar.store.TableName;
import dev.hangar.store.TableVersion;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(value = 2, unit = TimeUnit.MINUTES)
class SqlEngineTest {
  private SqlTestTables tables;

  @BeforeEach
  void fill() throws Exception {
    tables = new SqlTestTables();
    tables.create("t", "SELECT i AS a, 'x' || i AS b, i * 0.5 AS c FROM range(10000) r(i)");
    tables.create("sales/2024", "SELECT i AS id, i % 3 AS k FROM range(10) r(i)");
  }

  @AfterEach
  void everythingIsGivenBack() {
    tables.close();
  }

  @Test
  void aTableIsReadByItsPathOrBySchemaAndName() {
    assertThat(tables.rows("SELECT sum(id) FROM \"sales/2024\"")).containsExactly("45");
    assertThat(tables.rows("SELECT sum(id) FROM sales.\"2024\"")).containsExactly("45");
    assertThat(tables.rows("SELECT max(\"2024\".id) FROM sales.\"2024\"")).containsExactly("9");
    assertThat(tables.rows("SELECT max(sales.\"2024\".id) FROM sales.\"2024\""))
        .containsExactly("9");
    assertThat(tables.rows("FROM 'sales/2024' x SELECT count(x.k)")).containsExactly("10");
  }

  @Test
  void rowsComeInTheTablesOrder() {
    List<String> rows = tables.rows("SELECT a FROM t");
    assertThat(rows).hasSize(10_000).startsWith("0", "1", "2").endsWith("9999");
  }

  @Test
  void aVersionCanBeNamed() throws Exception {
    try (TableVersion first = tables.store.open(TableName.parse("t"))) {
      first.keepUntil(Instant.MAX);
    }
    tables.create("t", "SELECT 1 AS a");
    assertThat(tables.rows("SELECT count(*) FROM t")).containsExactly("1");
    assertThat(tables.rows("SELECT count(*) FROM \"t@1\"")).containsExactly("10000");
  }

  @Test
  void tablesAndFilesOfTheSameColumnNamesMayFollowEachOther(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("f.csv"), "a\n5.5\n");
    var settings =
        new SqlSettings(1, 0, 256L << 20, 2L << 30, Duration.ofMinutes(1), List.of(folder), null);
    try (var others = new SqlTestTables(settings)) {
      others.create("number", "SELECT 7 AS a");
      others.create("text", "SELECT 'x' AS a");
      others.create("list", "SELECT [1, 2] AS a");
      var read = new SqlTable.Files("read_csv('" + file + "')", "", -1, -1);
      for (int round = 0; round < 2; round++) {
        assertThat(others.rows("SELECT a FROM number")).containsExactly("7");
        assertThat(others.rows("SELECT a FROM text")).containsExactly("x");
        assertThat(others.rows("SELECT a FROM list")).containsExactly("[1,2]");
        assertThat(others.rows(others.engine.prepare(SqlCommand.of("SELECT a FROM f"), _ -> read)))
            .containsExactly("5.5");
      }
    }
  }

  @Test
  void joinsSubqueriesAndExpressionsWithNamesWork() {
    assertThat(
            tables.rows(
                "WITH s AS (SELECT k, count(*) n FROM sales.\"2024\" GROUP BY k) "
                    + "SELECT t.b, s.n FROM t JOIN s ON t.a = s.k ORDER BY ALL"))
        .containsExactly("x0|4", "x1|3", "x2|3");
    assertThat(tables.rows("WITH t AS (SELECT * FROM t WHERE a < 2) SELECT count(*) FROM t"))
        .containsExactly("2");
    assertThat(tables.rows("SELECT count(*) FROM t x, t y WHERE x.a = y.a AND x.a < 7"))
        .containsExactly("7");
    assertThat(
            tables.rows("SELECT (SELECT max(y.a) FROM t y WHERE y.a < x.a) FROM t x WHERE x.a = 5"))
        .containsExactly("4");
  }

  @Test
  void aTableScannedTwiceIsReadWholeBothTimes() {
    assertThat(
            tables.rows(
                "WITH s AS NOT MATERIALIZED (SELECT a FROM t) "
                    + "SELECT count(*), sum(x.a - y.a) FROM s x JOIN s y USING (a)"))
        .containsExactly("10000|0");
  }

  @Test
  void onlyTheColumnsThatCountAreRead() {
    assertThat(columns("SELECT b FROM t WHERE a > 5")).containsExactly(0, 1);
    assertThat(columns("SELECT b FROM (SELECT * FROM t)")).containsExactly(1);
    assertThat(columns("SELECT count(*) FROM t")).containsExactly(0);
    assertThat(columns("SELECT * FROM t")).containsExactly(0, 1, 2);
  }

  @Test
  void whatRowsHaveToFulfilIsKnown() {
    assertThat(scan("SELECT b FROM t WHERE a BETWEEN 5 AND 9 AND b = 'x'").bounds())
        .satisfiesExactlyInAnyOrder(
            bound -> {
              assertThat(bound.column()).isZero();
              assertThat(bound.least()).isCloseTo(5, Offset.offset(1e-9));
            },
            bound -> {
              assertThat(bound.column()).isZero();
              assertThat(bound.most()).isCloseTo(9, Offset.offset(1e-9));
            });
  }

  @Test
  void aStatementIsPlannedOnceForTablesOfTheSameColumns() throws Exception {
    String sql = "SELECT max(a) AS most FROM t";
    QueryPlan first = plan(sql);
    assertThat(tables.rows(sql)).containsExactly("9999");
    tables.append("t", "SELECT i AS a, 'x' || i AS b, i * 0.5 AS c FROM range(20000, 20001) r(i)");
    assertThat(plan(sql)).isSameAs(first);
    assertThat(tables.rows(sql)).containsExactly("20000");
    tables.create("t", "SELECT 'z' AS a");
    assertThat(plan(sql)).isNotSameAs(first);
    assertThat(tables.rows(sql)).containsExactly("z");
  }

  @Test
  void whatIsPlannedOnceKeepsEachAuthorsNamesAndValues() throws Exception {
    tables.create("u", "SELECT 1 AS a");
    assertThat(names("SELECT t.a + 1 FROM t")).isNotEqualTo(names("SELECT u.a + 1 FROM u"));
    assertThat(tables.rows("SELECT count(*) FROM t WHERE a < ?", 5)).containsExactly("5");
    assertThat(tables.rows("SELECT count(*) FROM t WHERE a < ?", 7)).containsExactly("7");
    assertThatThrownBy(() -> tables.rows("SELECT a::INT FROM (SELECT b AS a FROM t)"))
        .hasMessageContaining("Could not convert string 'x");
  }

  @Test
  void threadsOfDuckDbStayJavasWhileTheyTakeBatches() throws Exception {
    tables.create("many", "SELECT i AS a FROM range(2_000_000) r(i)"); // 977 batches
    var threads = ManagementFactory.getThreadMXBean();
    tables.rows("SELECT sum(a) FROM many");
    long before = threads.getTotalStartedThreadCount();
    assertThat(tables.rows("SELECT sum(a) FROM many")).containsExactly("1999999000000");
    assertThat(threads.getTotalStartedThreadCount() - before).isLessThan(20);
  }

  @Test
  void batchesThatCanHaveNoRowsAreLeftOutOnceTheirValuesAreKnown() throws Exception {
    tables.create(
        "days",
        "SELECT i AS a, DATE '2024-01-01' + (i // 100)::INT AS d, "
            + "TIMESTAMP '2024-01-01' + INTERVAL (i) MINUTE AS s, "
            + "CASE WHEN i % 7 = 0 THEN NULL ELSE i / 4.0 END::DOUBLE AS f "
            + "FROM range(20000) r(i)"); // 10 batches
    assertThat(tables.rows("SELECT count(*) FROM days WHERE a < 5")).containsExactly("5");
    assertThat(tables.skipped()).as("nobody has looked before").isZero();
    for (String where :
        List.of(
            "a = 19999",
            "a >= 18432 AND a < 20000",
            "d > DATE '2024-07-10'",
            "s > TIMESTAMP '2024-01-14 12:00:00.5'",
            "f > 4950.25")) {
      String sql = "SELECT count(*), sum(a) FROM days WHERE " + where;
      List<String> first = tables.rows(sql);
      assertThat(tables.rows(sql)).as(where).isEqualTo(first);
      assertThat(tables.skipped()).as(where).isEqualTo(9);
    }
    assertThat(tables.rows("SELECT count(*) FROM days WHERE a = 5 OR f > 4950"))
        .containsExactly("171");
    assertThat(tables.skipped()).isZero();
    tables.append(
        "days",
        "SELECT (a + 20000)::BIGINT AS a, d, s, f FROM (SELECT 1 AS a, NULL::DATE d, NULL::TIMESTAMP s, NULL::DOUBLE f)");
    assertThat(tables.rows("SELECT a FROM days WHERE a > 20000")).containsExactly("20001");
    assertThat(tables.skipped()).as("the parts before are the same").isEqualTo(10);
  }

  @Test
  void largeBatchesAreReadInPieces() throws Exception {
    String rows =
        "SELECT i AS n, CASE WHEN i % 3 > 0 THEN i % 1000 END::INTEGER AS k, i % 7 = 0 AS b,"
            + " CASE WHEN i % 5 > 0 THEN 'text ' || (i % 97) END AS s, i / 8 AS r FROM range(300_001) r(i)";
    tables.create("small", rows);
    tables.createOfOneBatch("large", rows);
    for (String sql :
        List.of(
            "SELECT * FROM %s",
            "SELECT count(k), sum(n), sum(b::INT), max(s), min(r) FROM %s",
            "SELECT * FROM %s WHERE k = 77",
            "SELECT s, r FROM %s WHERE n BETWEEN 65_530 AND 65_540",
            "SELECT n FROM %s WHERE r > 37_499.8",
            "SELECT n FROM %s WHERE n > 400_000",
            "SELECT s, count(*) FROM %s WHERE k < 500 GROUP BY s ORDER BY s")) {
      List<String> expected = tables.rows(sql.formatted("small"));
      for (int look = 0; look < 3; look++) {
        assertThat(tables.rows(sql.formatted("large"))).as(sql).isEqualTo(expected);
      }
    }
    assertThat(tables.rows("SELECT n FROM large WHERE n = 70_000")).containsExactly("70000");
    assertThat(tables.skipped()).as("of five pieces").isEqualTo(4);
    PreparedQuery left = tables.prepare("SELECT * FROM large");
    try (left;
        SqlEngine.Running run = tables.engine.run(left)) {
      run.start(); // and nobody reads on
    }
  }

  @Test
  void valuesStandForParameters() {
    assertThat(tables.rows("SELECT b FROM t WHERE a = ? OR b = ?", 3, "x'5")).containsExactly("x3");
    assertThat(tables.rows("SELECT $2 || $1, ?::DATE", "b", "a", "2024-02-29").getFirst())
        .startsWith("ab|");
    assertThat(
            tables.rows("SELECT a FROM t WHERE a IN (SELECT unnest($1)) ORDER BY 1", List.of(4, 2)))
        .containsExactly("2", "4");
    assertThat(tables.rows("SELECT -$1, $1 - 1", -5)).containsExactly("5|-6");
  }

  @Test
  void valuesThatDoNotFitAreRefused() {
    assertThatThrownBy(() -> tables.rows("SELECT ?", 1, 2))
        .isInstanceOf(SqlException.class)
        .hasMessage("the statement has the parameters 1, and there are values for 1, 2");
    assertThatThrownBy(() -> tables.rows("SELECT a FROM t WHERE a = ?::INT", "abc"))
        .hasMessageContaining("parameter 1")
        .hasMessageContaining("Could not convert string 'abc'");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          SELECT nope FROM t                     | 7  | Referenced column "nope" not found
          SELECT 'äö', nope FROM t               | 13 | Referenced column "nope" not found
          SELECT a FROM sales."2024"             | 7  | Referenced column "a" not found
          SELECT a FROM t x, t y                 | 7  | Ambiguous reference
          SELEC 1                                | 0  | syntax error
          SELECT * FROM t WHERE                  | 16 | syntax error
          CREATE TABLE x AS SELECT nope FROM t   | 25 | Referenced column "nope" not found
          SELECT b FROM t WHERE a = ? AND nope   | 32 | Referenced column "nope" not found
          """)
  void failuresSayWhere(String sql, int position, String message) {
    Object[] parameters = sql.contains("?") ? new Object[] {12345678} : new Object[0];
    assertThatThrownBy(() -> tables.prepare(sql, parameters).close())
        .isInstanceOfSatisfying(
            SqlException.class,
            e -> {
              assertThat(e).hasMessageContaining(message);
              assertThat(e.position()).hasValue(position);
            });
  }

  @Test
  void anUnknownTableIsNamedWithThoseNearest() {
    assertThatThrownBy(() -> tables.rows("SELECT * FROM sales.\"2023\""))
        .isInstanceOf(NoSuchTableException.class)
        .hasMessageContaining("sales/2023")
        .hasMessageContaining("sales/2024");
  }

  @Test
  void failuresWhileItRunsSayWhy() {
    assertThatThrownBy(() -> tables.rows("SELECT CAST(b AS INT) FROM t"))
        .isInstanceOf(SqlException.class)
        .hasMessageContaining("Could not convert string 'x");
  }

  @Test
  void aSchemaIsThatOfTheRows() {
    try (PreparedQuery query = tables.prepare("SELECT a, a, b AS \"my b\", 1.5 AS d FROM t")) {
      assertThat(query.schema())
          .hasToString(
              "Schema<a: Int(64, true), a: Int(64, true), my b: Utf8, d: Decimal(2, 1, 128)>");
    }
  }

  @Test
  void failuresLeaveThePlannerAsItWas() {
    for (String sql :
        List.of("SELECT nope FROM t", "SELECT 1 LIMIT 'x'", "SELECT a::INT[3] FROM t")) {
      assertThatThrownBy(() -> tables.rows(sql)).isInstanceOf(SqlException.class);
      assertThat(tables.rows("SELECT count(*) FROM t")).containsExactly("10000");
    }
  }

  @Test
  void planningComputesNothing() {
    try (PreparedQuery query = tables.prepare("SELECT list_sum(range(3000000000)) AS s")) {
      assertThat(query.schema()).hasToString("Schema<s: Decimal(38, 0, 128)>");
    }
  }

  @Test
  void longAndInnerNamesAreTold() {
    String text = "x".repeat(Limits.NAME_CHARS + 1);
    try (PreparedQuery query = tables.prepare("SELECT '" + text + "'")) {
      assertThat(query.schema().getFields().getFirst().getName())
          .hasSize(Limits.NAME_CHARS)
          .endsWith("…");
    }
    try (PreparedQuery query = tables.prepare("SELECT (SELECT max(id) FROM sales.\"2024\")")) {
      assertThat(query.schema().getFields().getFirst().getName())
          .isEqualTo("(SELECT max(id) FROM sales.\"2024\")");
    }
    assertThat(tables.rows("SELECT '" + text + "'")).containsExactly(text);
  }

  @Test
  void statementsHaveAsManyBracketsAndWordsAsTheyMay() {
    assertThat(tables.rows("SELECT " + "(".repeat(Limits.DEPTH) + 1 + ")".repeat(Limits.DEPTH)))
        .containsExactly("1");
    assertThatThrownBy(
            () -> tables.rows("SELECT " + "(".repeat(101) + 1 + ")".repeat(Limits.DEPTH + 1)))
        .hasMessageContaining("more than 100 brackets within each other");
    String sql = "SELECT 1 IN (1" + ",1".repeat((Limits.WORDS - 6) / 2) + ")";
    assertThat(tables.rows(sql)).containsExactly("true");
    assertThatThrownBy(() -> tables.rows(sql + ";"))
        .hasMessageContaining("more than 10000 words and signs");
    assertThat(tables.rows("SELECT length(repeat('x', ?))", Limits.MADE_CHARS)).hasSize(1);
    assertThatThrownBy(() -> tables.rows("SELECT length(repeat('x', ?))", Limits.MADE_CHARS + 1))
        .hasMessageContaining("repeat makes texts of at most 262144 characters");
  }

  @Test
  void unsignedNumbersStayWhatTheyAre() {
    assertThat(tables.rows("SELECT 99999999999999999999999999999999999999::UHUGEINT"))
        .containsExactly("99999999999999999999999999999999999999");
    assertThatThrownBy(
            () -> tables.rows("SELECT 340282366920938463463374607431768211455::UHUGEINT"))
        .isInstanceOf(SqlException.class)
        .hasMessageContaining("DECIMAL(38,0)");
  }

  @Test
  void hugeNumbersHaveAsManyDigitsAsADecimal() {
    assertThat(tables.rows("SELECT -99999999999999999999999999999999999999::HUGEINT AS h"))
        .containsExactly("-99999999999999999999999999999999999999");
    assertThatThrownBy(() -> tables.rows("SELECT 1 AS a, -1" + "0".repeat(38) + "::HUGEINT AS h"))
        .isInstanceOf(SqlException.class)
        .hasMessageContaining("to DECIMAL(38,0) in column h of the answer");
  }

  @Test
  void intervalsAreAsLongAsArrowsAre() {
    assertThat(tables.rows("SELECT INTERVAL (-2562046) HOURS AS i")).hasSize(1);
    assertThatThrownBy(() -> tables.rows("SELECT INTERVAL (2562047) HOURS AS i"))
        .isInstanceOf(SqlException.class)
        .hasMessageContaining(
            "column i has an interval whose time is longer than the 2562046 hours");
  }

  @Test
  void typesMayBeLong() {
    String name = "\"\"ENUM".repeat(5_000);
    String words = "'a''b', 'x)'";
    assertThat(tables.rows("SELECT {\"" + name + "\": 'x)'::ENUM(" + words + ")}")).hasSize(1);
  }

  @Test
  void recursionBesideATableReadsItsColumns() {
    assertThat(
            tables.rows(
                "WITH RECURSIVE r(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM r WHERE i < 3) "
                    + "SELECT i, b FROM r JOIN t ON i = a ORDER BY 1"))
        .containsExactly("1|x1", "2|x2", "3|x3");
  }

  @Test
  void describeAndSummarizeWork() {
    assertThat(tables.rows("DESCRIBE t").getFirst()).startsWith("a|BIGINT|YES");
    assertThat(tables.rows("summarize sales.\"2024\"")).hasSize(2);
    assertThat(tables.rows("DESCRIBE SELECT b FROM t")).hasSize(1);
  }

  private QueryPlan plan(String sql) {
    try (PreparedQuery query = tables.prepare(sql)) {
      return query.plan();
    }
  }

  private String names(String sql) {
    return plan(sql).schema().getFields().getFirst().getName();
  }

  private List<Integer> columns(String sql) {
    return scan(sql).columns();
  }

  private Scan.Columns scan(String sql) {
    return (Scan.Columns) plan(sql).scans().getFirst();
  }
}
