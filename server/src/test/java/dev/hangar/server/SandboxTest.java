package dev.hangar.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import dev.hangar.client.PutOptions;
import dev.hangar.wire.CallOptions;
import dev.hangar.wire.FlightDescriptor;
import dev.hangar.wire.Ticket;
import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Ways out of what statements may do (S-3), and statements that are made to harm. */
@Timeout(300)
class SandboxTest {
  private static final String SECRET = "a1b2-secret";

  private static final Set<StatusCode> REFUSALS =
      EnumSet.of(
          StatusCode.INVALID_ARGUMENT,
          StatusCode.NOT_FOUND,
          StatusCode.RESOURCE_EXHAUSTED,
          StatusCode.DEADLINE_EXCEEDED);

  @TempDir private Path folder;
  private Path file;
  private Asked asked;

  @BeforeEach
  void start() throws IOException {
    file = Files.writeString(folder.resolve("secret.csv"), SECRET + "\n1\n");
    asked =
        new Asked(
            ServerConfig.defaults().withMemoryBytes(256 << 20).withData(folder.resolve("data")));
    asked.put("t", PutOptions.DEFAULT, 1, 2, 3);
  }

  @AfterEach
  void stop() {
    asked.close();
  }

  /** {@code $F} stands for a file that is there. */
  private static List<String> waysOut() {
    return List.of(
        "SELECT * FROM read_text('$F')",
        "SELECT * FROM read_csv('$F')",
        "SELECT * FROM read_csv_auto('$F')",
        "SELECT * FROM sniff_csv('$F')",
        "SELECT * FROM read_json('$F')",
        "SELECT * FROM read_parquet('$F')",
        "SELECT * FROM parquet_metadata('$F')",
        "SELECT * FROM read_blob('/etc/passwd')",
        "SELECT * FROM glob('/etc/*')",
        "SELECT * FROM '$F'",
        "SELECT * FROM \"$F\"",
        "FROM 'https://127.0.0.1:1/x.parquet'",
        "FROM 's3://bucket/x.parquet'",
        "FROM '../secret.csv'",
        "FROM \"t/../../secret.csv\"",
        "FROM main.read_text('$F')",
        "FROM system.main.read_csv('$F')",
        "FROM \"read_text\"('$F')",
        "FROM READ_TEXT/**/('$F')",
        "FROM U&\"read\\005ftext\"('$F')",
        "SELECT '$F'.read_text()",
        "SELECT read_text('$F')",
        "SELECT (SELECT content FROM read_text('$F'))",
        "SELECT 1 WHERE EXISTS (FROM read_text('$F'))",
        "SELECT list_transform([1], lambda x: (SELECT content FROM read_text('$F')))",
        "WITH read_text AS (SELECT 1) FROM read_text('$F')",
        "SELECT * FROM t, LATERAL (FROM read_text('$F'))",
        "SELECT 1 ORDER BY (SELECT content FROM read_text('$F'))",
        "SELECT 1 LIMIT (SELECT length(content) FROM read_text('$F'))",
        "FROM range((SELECT length(content) FROM read_text('$F')))",
        "FROM query('SELECT content FROM read_text(''$F'')')",
        "FROM query_table('$F')",
        "FROM query_table(['$F'])",
        "FROM json_execute_serialized_sql(json_serialize_sql('SELECT 1'))",
        "SELECT json_serialize_plan('FROM read_text(''$F'')')",
        "FROM arrow_scan(4096, 4096, 4096)",
        "FROM arrow_scan_dumb(4096, 4096, 4096)",
        "FROM seq_scan('hangar_0_rows')",
        "COPY (SELECT 1) TO '$F.out'",
        "COPY t FROM '$F'",
        "EXPORT DATABASE '$F.out'",
        "IMPORT DATABASE '$F'",
        "ATTACH '$F.db' AS other",
        "DETACH memory",
        "USE system",
        "INSTALL httpfs",
        "LOAD httpfs",
        "LOAD '$F'",
        "PRAGMA database_list",
        "SET enable_external_access = true",
        "RESET enable_external_access",
        "SET memory_limit = '100GB'",
        "CALL pragma_version()",
        "CHECKPOINT",
        "VACUUM",
        "BEGIN",
        "CREATE MACRO m() AS TABLE FROM read_text('$F')",
        "CREATE VIEW v AS FROM read_text('$F')",
        "CREATE TABLE x AS FROM read_text('$F')",
        "INSERT INTO t SELECT length(content) FROM read_text('$F')",
        "CREATE TABLE \".results/x\" AS SELECT 1",
        "CREATE SECRET s (TYPE s3)",
        "CREATE TYPE e AS ENUM ('a')",
        "PREPARE p AS FROM read_text('$F')",
        "EXECUTE p",
        "EXPLAIN FROM read_text('$F')",
        "EXPLAIN ANALYZE FROM read_text('$F')",
        "EXPLAIN ANALYZE COPY t TO '$F.out'",
        "EXPLAIN ANALYZE CREATE TABLE \".results/x\" AS SELECT 1",
        "EXPLAIN (ANALYZE, FORMAT json) DELETE FROM t",
        "EXPLAIN ANALYZE EXPLAIN ANALYZE FROM t",
        "DROP TABLE t",
        "DELETE FROM t",
        "UPDATE t SET n = 1",
        "TRUNCATE t",
        "SELECT 1; SELECT 2",
        "SELECT 1; COPY (SELECT 1) TO '$F.out'",
        "SELECT getenv('PATH')",
        "SELECT GETENV('PATH')",
        "SELECT \"getenv\"('PATH')",
        "SELECT 'PATH'.getenv()",
        "SELECT main.getenv('PATH')",
        "SELECT current_setting('temp_directory')",
        "SELECT getvariable('x')",
        "SET VARIABLE x = 1",
        "SELECT sleep_ms(100000)",
        "SELECT write_log('x')",
        "SELECT nextval('x')",
        "FROM duckdb_settings()",
        "FROM duckdb_secrets()",
        "FROM duckdb_tables()",
        "FROM duckdb_functions()",
        "FROM duckdb_extensions()",
        "FROM pragma_table_info('t')",
        "FROM information_schema.tables",
        "FROM pg_catalog.pg_tables",
        "FROM sqlite_master",
        "FROM hangar_0",
        "FROM hangar_t0",
        "FROM temp.hangar_0",
        "SHOW TABLES",
        "SHOW ALL TABLES",
        "DESCRIBE",
        "FROM \".results/abc\"",
        "FROM \".results\".abc");
  }

  @Test
  void noStatementLeavesTheSandbox() throws Exception {
    long files = files();
    report("S-3", waysOut().stream().map(sql -> sql.replace("$F", file.toString())).toList());
    assertThat(files()).as("files beside the data").isEqualTo(files);
    assertThat(asked.numbers("t")).containsExactly(1L, 2L, 3L);
  }

  private long files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.count();
    }
  }

  /** What would cost time without end, memory, or the process. */
  private static List<String> harmful() {
    String deep = "repeat('[', 100000) || repeat(']', 100000)";
    return List.of(
        "SELECT " + "(".repeat(10_000) + "1" + ")".repeat(10_000),
        "SELECT " + "(".repeat(250_000),
        "SELECT " + "[".repeat(400) + "1" + "]".repeat(400),
        "SELECT " + "$$ -- $$" + "(".repeat(10_000),
        "SELECT 'a' /* /* */ ' */" + "(".repeat(10_000),
        "SELECT 1 --\r" + "(".repeat(10_000),
        "SELECT 1" + "+1".repeat(900),
        "SELECT 1" + "+1".repeat(100_000),
        "SELECT " + "NOT ".repeat(60_000) + "true",
        "SELECT * FROM t WHERE " + "n = 1 OR ".repeat(20_000) + "false",
        "SELECT 1" + " UNION SELECT 1".repeat(12_000),
        "SELECT " + "n,".repeat(100_000) + "n FROM t",
        "SELECT NULL::INT" + "[]".repeat(5_000),
        "CREATE " + "/* */".repeat(40_000) + "TABL",
        " ".repeat(200_000) + "x",
        "INSERT INTO \"" + "\"\"".repeat(100_000),
        "/*".repeat(120_000),
        "SELECT 1\0",
        "SELECT '\0'",
        "SELECT repeat('x', 10000000000)",
        "SELECT length(repeat('x', 2000000000))",
        "SELECT length(lpad('x', 2000000000, 'y'))",
        "SELECT printf('%2000000000d', 1)",
        "SELECT format('{:2000000000}', 1)",
        "SELECT list_sum(range(3000000000))",
        "SELECT len(range(1000000000000000000))",
        "SELECT len(generate_series(1, 3000000000, 1))",
        "SELECT list_resize([1], 3000000000)",
        "SELECT len(replace(repeat('x', 200000), 'x', repeat('y', 200000)))",
        "SELECT len(regexp_replace(repeat('x', 200000), 'x', repeat('y', 200000), 'g'))",
        "SELECT list(i) FROM range(1000000000) r(i)",
        "SELECT string_agg(repeat('x', 1000), '') FROM range(1000000000)",
        "SELECT count(*) FROM range(1000000000000000000)",
        "WITH RECURSIVE r(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM r) SELECT count(*) FROM r",
        "SELECT json_contains(" + deep + ", '[1]')",
        "SELECT (" + deep + ")::JSON::VARIANT",
        "SELECT json_structure(" + deep + ")",
        "SELECT \"=\"(row(1, 2), 'infinity'::TIMESTAMP)",
        "SELECT n OPERATOR(>=) DATE '2026-01-01' FROM t",
        "SELECT \"IS DISTINCT FROM\"({'a': n}, 'x') FROM t",
        "SELECT __between(n, 'x', 'y') FROM t",
        "SELECT variant_bytes_to_variant(unhex('0100050001b6000f0303010201'))",
        "SELECT count(*) FROM (SELECT row([1, 2]::INT[2], i) FROM range(3000) r(i) GROUP BY 1)",
        "SELECT count(*) FROM (SELECT (i, [1, 2]::INT[2]) v FROM range(3000) r(i) ORDER BY v)",
        "SELECT (array_value(1, n), n) FROM t GROUP BY 1",
        "SELECT unnest(list_zip([[1, 2]::INT[2]], [i])) FROM range(3000) r(i) GROUP BY 1",
        "SELECT struct_values({'a': [1, 2]::INT[2]}) FROM range(3000) r(i) GROUP BY 1",
        "SELECT {'a': [1, 2]::INT[2]}::TUPLE(INT[2]) FROM range(3000) r(i) GROUP BY 1",
        "SELECT from_json('{}', '\"TUPLE(INT[2])\"') FROM range(3000) r(i) GROUP BY 1",
        "SELECT cast_to_type([1, 2], make_type('TUPLE')) FROM t",
        "SELECT pg_sleep(1000)",
        "SELECT list(i) OVER () FROM range(3000000) r(i)",
        "SELECT string_agg(i::VARCHAR) OVER (ORDER BY i) FROM range(3000000) r(i)",
        "SELECT histogram(i) OVER w FROM range(3000000) r(i) WINDOW w AS (PARTITION BY i % 2)",
        "SELECT list(i) OVER (ROWS BETWEEN 1000000 PRECEDING AND CURRENT ROW) FROM t, range(9) r(i)",
        "SELECT max(i, 1000000) OVER () FROM range(3000000) r(i)",
        "SELECT dense_rank() OVER () FROM t FULL JOIN range(3000) r(i) ON i = n",
        "SELECT dense_rank() OVER w FROM t POSITIONAL JOIN range(3000) WINDOW w AS ()",
        "SELECT json_pretty(" + deep + ")",
        "SELECT json_serialize_sql('SELECT ' || repeat('(', 100000))",
        "SELECT 9223372036854775807 + n FROM t");
  }

  @Test
  void whatIsMadeToHarmIsRefusedAndTheServerLives() throws Exception {
    report("hostile statements", harmful());
    assertThat(asked.numbers("t")).containsExactly(1L, 2L, 3L);
  }

  /** Breaks DuckDB's database where the machine has not as much memory as it asks for. */
  @Test
  void afterDuckDbBreaksStatementsRunAgain() {
    for (int i = 0; i < 3; i++) {
      StatusException broken =
          catchThrowableOfType(
              StatusException.class,
              () -> rows("SELECT reservoir_quantile(n, 0.5, 2147483647) FROM t"));
      if (broken != null) {
        assertThat(broken.code()).isIn(StatusCode.INTERNAL, StatusCode.RESOURCE_EXHAUSTED);
      }
      assertThat(rows("SELECT count(*) FROM t")).isEqualTo(1);
    }
  }

  @Test
  void commandsThatAreNoTextAreRefused() {
    byte[] sql = "{\"sql\": \"SELECT '?'\"}".getBytes(java.nio.charset.StandardCharsets.UTF_8);
    sql[17] = (byte) 0xff;
    Asked.failureOf(
        StatusCode.INVALID_ARGUMENT, () -> read(new Ticket(ByteString.copyFrom(sql)), "invalid"));
  }

  private void report(String what, List<String> statements) {
    var failures = new ArrayList<String>();
    for (String sql : statements) {
      String failure = failure(sql);
      if (failure != null) {
        failures.add(failure + ": " + sql.substring(0, Math.min(120, sql.length())));
      }
    }
    System.out.printf(
        "%s %d passed, %d failed%n", what, statements.size() - failures.size(), failures.size());
    assertThat(failures).isEmpty();
    assertThat(rows("SELECT sum(n) FROM t")).isEqualTo(1);
  }

  /** What is wrong with how the server refuses a statement, in both ways to ask; null: nothing. */
  private @Nullable String failure(String sql) {
    try {
      rows(sql);
      return "was answered";
    } catch (StatusException e) {
      String message = String.valueOf(e.description());
      if (!REFUSALS.contains(e.code()) || message.length() < 10) {
        return e.code() + " " + message;
      }
      if (message.contains(SECRET) || message.contains("root:")) {
        return "told " + message;
      }
    }
    try {
      asked.raw.getSchema(FlightDescriptor.command(command(sql).toStringUtf8()), CallOptions.NONE);
    } catch (StatusException e) {
      return REFUSALS.contains(e.code()) ? null : "as a schema: " + e.description();
    }
    return null; // that it has a schema is no harm
  }

  private static ByteString command(String sql) {
    return JsonBody.write(Map.of("sql", sql, "timeout", "3s", "cache", "no"));
  }

  private long rows(String sql) {
    return read(new Ticket(command(sql)), sql);
  }

  private long read(Ticket ticket, String what) {
    long batches = 0;
    try (var source = asked.raw.doGet(ticket, CallOptions.NONE)) {
      for (dev.hangar.wire.FlightData data; (data = source.next()) != null; data.close()) {
        batches += data.bodyBytes() > 0 ? 1 : 0;
      }
    }
    return batches;
  }
}
