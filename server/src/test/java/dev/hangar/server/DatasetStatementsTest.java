package dev.hangar.server;

import static dev.hangar.server.Asked.failureOf;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.hangar.client.PutOptions;
import dev.hangar.query.dataset.Mount;
import dev.hangar.query.file.DataFileWriter;
import dev.hangar.wire.CallOptions;
import dev.hangar.wire.FlightDescriptor;
import dev.hangar.wire.Ticket;
import dev.hangar.wire.grpc.Metadata;
import dev.hangar.wire.grpc.StatusCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Statements that write and read files of a mounted folder. */
@Timeout(180)
class DatasetStatementsTest {
  @TempDir Path folder;
  private Path root;
  private Asked asked;

  @BeforeEach
  void start() throws IOException {
    root = Files.createDirectory(folder.resolve("root"));
    asked = new Asked(mounted(ServerConfig.defaults()));
  }

  @AfterEach
  void stop() {
    asked.close();
  }

  private ServerConfig mounted(ServerConfig config) {
    return config.withMemoryBytes(256 << 20).withDatasets(List.of(Mount.parse(root.toString())));
  }

  @Test
  void createdUnderAFilesNameRowsAreThatFile() throws Exception {
    asked.put("t", PutOptions.DEFAULT, 1, 2, 3);
    assertThat(sql("CREATE TABLE 'a/up.parquet' AS SELECT n * 2 AS n FROM t ORDER BY n"))
        .containsExactly(3L);
    assertThat(files()).containsExactly("a", "a/up.parquet");
    assertThat(asked.numbers("a/up.parquet")).containsExactly(2L, 4L, 6L);
    assertThat(sql("SELECT sum(n)::BIGINT FROM 'a/up.parquet'")).containsExactly(12L);
    assertThat(asked.hangar.list())
        .extracting(table -> table.name())
        .containsExactlyInAnyOrder("t", "a/up.parquet");
    assertThat(sql("CREATE TABLE none.parquet AS SELECT n FROM t WHERE n > 3"))
        .as("a name without quotes is a path: none/parquet, which is a table's")
        .containsExactly(0L);
    assertThat(sql("CREATE TABLE 'none.parquet' AS SELECT n FROM t WHERE n > 3"))
        .containsExactly(0L);
    assertThat(files()).containsExactly("a", "a/up.parquet", "none.parquet");
    assertThat(asked.numbers("none.parquet")).isEmpty();
    assertThat(sql("CREATE TABLE 'large.parquet' AS SELECT range AS n FROM range(1000000)"))
        .containsExactly(1_000_000L);
    assertThat(sql("SELECT sum(n)::BIGINT FROM 'large.parquet'")).containsExactly(499_999_500_000L);
  }

  @Test
  void aFileThatIsThereIsKeptOrReplacedOrInTheWay() throws Exception {
    sql("CREATE TABLE 't.parquet' AS SELECT 1::BIGINT AS n");
    assertThat(
            failureOf(
                StatusCode.ALREADY_EXISTS,
                () -> sql("CREATE TABLE 't.parquet' AS SELECT 2::BIGINT AS n")))
        .hasMessageContaining("t.parquet");
    assertThat(sql("CREATE TABLE IF NOT EXISTS 't.parquet' AS SELECT 3::BIGINT AS n"))
        .containsExactly(0L);
    assertThat(asked.numbers("t.parquet")).containsExactly(1L);
    assertThat(
            sql(
                "CREATE OR REPLACE TABLE 't.parquet' AS SELECT n + 10 AS n FROM 't.parquet'"
                    + " UNION ALL SELECT 12 ORDER BY n"))
        .as("of its own rows")
        .containsExactly(2L);
    assertThat(asked.numbers("t.parquet")).containsExactly(11L, 12L);
    assertThat(sql("CREATE TABLE IF NOT EXISTS 'u.parquet' AS SELECT 3::BIGINT AS n"))
        .containsExactly(1L);
    assertThat(files()).containsExactly("t.parquet", "u.parquet");
  }

  @Test
  void rowsAreNotAddedToFiles() throws Exception {
    sql("CREATE TABLE 't.parquet' AS SELECT 1::BIGINT AS n");
    assertThat(
            failureOf(StatusCode.INVALID_ARGUMENT, () -> sql("INSERT INTO 't.parquet' SELECT 2")))
        .hasMessageContaining("t.parquet is a file, and rows can be added to tables alone");
    failureOf(StatusCode.NOT_FOUND, () -> sql("INSERT INTO 'u.parquet' SELECT 2"));
    assertThat(asked.numbers("t.parquet")).containsExactly(1L);
    assertThat(files()).containsExactly("t.parquet");
  }

  @Test
  void aStatementThatFailsLeavesTheFileThatWas() throws Exception {
    sql("CREATE TABLE 't.parquet' AS SELECT 1::BIGINT AS n");
    failureOf(
        StatusCode.INVALID_ARGUMENT,
        () ->
            sql(
                "CREATE OR REPLACE TABLE 't.parquet' AS SELECT CASE WHEN range = 900000"
                    + " THEN error('torn')::BIGINT ELSE range END AS n FROM range(1000000)"));
    failureOf(
        StatusCode.INVALID_ARGUMENT,
        () -> sql("CREATE TABLE 'new/u.parquet' AS SELECT error('torn') AS n"));
    assertThat(asked.numbers("t.parquet")).containsExactly(1L);
    assertThat(files()).containsExactly("t.parquet");
  }

  @Test
  void aFileIsMadeOnceHoweverOftenItsTicketIsRedeemed() throws Exception {
    Ticket ticket = flight("CREATE TABLE 't.parquet' AS SELECT range AS n FROM range(5)");
    assertThat(files()).isEmpty();
    assertThat(asked.numbers(ticket, CallOptions.NONE)).containsExactly(5L);
    asked.put(FlightDescriptor.path("t.parquet"), Metadata.EMPTY, 7);
    assertThat(asked.numbers(ticket, CallOptions.NONE)).containsExactly(5L);
    assertThat(asked.numbers("t.parquet")).containsExactly(7L);
    Ticket other = flight("CREATE TABLE 't.parquet' AS SELECT range AS n FROM range(5)");
    failureOf(StatusCode.ALREADY_EXISTS, () -> asked.numbers(other, CallOptions.NONE));
  }

  @Test
  void aTicketThatAddsToATableDoesNotTouchAFileThatWasMountedOverIt() throws Exception {
    var config = ServerConfig.defaults().withData(folder.resolve("data"));
    Ticket ticket;
    try (var plain = new Asked(config.withMemoryBytes(256 << 20))) {
      plain.put("t.parquet", PutOptions.DEFAULT, 1);
      ticket = flight(plain, "INSERT INTO 't.parquet' SELECT 2::BIGINT");
    }
    asked.put(FlightDescriptor.path("t.parquet"), Metadata.EMPTY, 7);
    try (var over = new Asked(mounted(config))) {
      assertThat(
              failureOf(StatusCode.INVALID_ARGUMENT, () -> over.numbers(ticket, CallOptions.NONE)))
          .hasMessageContaining("t.parquet is a file");
      assertThat(over.numbers("t.parquet")).containsExactly(7L);
    }
  }

  @Test
  void arrowFilesAreReadLikeTables() throws Exception {
    for (String name : List.of("f.arrow", "f.arrows")) {
      numbers(name, 1, 2, 3);
      asked.put("t", PutOptions.DEFAULT, 2, 3, 4);
      String join = "SELECT sum(f.n * 10)::BIGINT FROM '" + name + "' f JOIN t ON f.n = t.n";
      assertThat(sql(join)).containsExactly(50L);
      awaitKept(join);
      assertThat(
              failureOf(StatusCode.INVALID_ARGUMENT, () -> sql("SELECT m FROM '" + name + "'"))
                  .detail()
                  .orElseThrow()
                  .position())
          .hasValue(7);
      assertThat(
              failureOf(
                  StatusCode.INVALID_ARGUMENT, () -> sql("INSERT INTO '" + name + "' SELECT 2")))
          .hasMessageContaining("is a file");
      Ticket before = flight("SELECT max(n)::BIGINT FROM '" + name + "'");
      numbers(name, 3, 4, 9);
      assertThat(isKept(join)).as("the file is another one").isFalse();
      assertThat(sql(join)).containsExactly(70L);
      assertThat(asked.numbers(before, CallOptions.NONE)).containsExactly(9L);
      sql("CREATE OR REPLACE TABLE 'copy.parquet' AS FROM '" + name + "'");
      assertThat(asked.numbers("copy.parquet")).containsExactly(3L, 4L, 9L);
    }
  }

  /** An answer is kept behind the first who gets it. */
  private void awaitKept(String sql) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!isKept(sql)) {
      assertThat(System.nanoTime()).isLessThan(end);
      Thread.onSpinWait();
    }
  }

  private boolean isKept(String sql) {
    FlightDescriptor command = FlightDescriptor.command(json(sql));
    String told = asked.raw.getFlightInfo(command, CallOptions.NONE).appMetadata().toStringUtf8();
    return told.contains("\"hit\"");
  }

  /** A file in the format of its ending, in place of one that may be there. */
  private void numbers(String name, long... numbers) throws IOException {
    Path aside = folder.resolve(name);
    asked.put("aside", PutOptions.DEFAULT, numbers);
    try (ArrowReader reader = asked.hangar.get("aside")) {
      new DataFileWriter(asked.allocator, rows -> {}).write(reader, aside);
    }
    Files.move(aside, root.resolve(name), StandardCopyOption.REPLACE_EXISTING);
  }

  private Ticket flight(String sql) {
    return flight(asked, sql);
  }

  private static Ticket flight(Asked asked, String sql) {
    FlightDescriptor command = FlightDescriptor.command(json(sql));
    return asked.raw.getFlightInfo(command, CallOptions.NONE).endpoints().getFirst().ticket();
  }

  /** The first number of each batch of an answer. */
  private List<Long> sql(String sql) {
    return asked.numbers(new Ticket(ByteString.copyFromUtf8(json(sql))), CallOptions.NONE);
  }

  /** Names in a statement's apostrophes are names in quotes. */
  private static String json(String sql) {
    String names = sql.replaceAll("'([^']*(parquet|arrow|arrows|feather))'", "\\\\\"$1\\\\\"");
    return "{\"sql\": \"" + names + "\"}";
  }

  /** Everything below the root. */
  private List<String> files() throws IOException {
    return MountedFolder.names(root);
  }
}
