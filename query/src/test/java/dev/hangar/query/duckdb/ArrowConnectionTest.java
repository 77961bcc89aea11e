package dev.hangar.query.duckdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ArrowConnectionTest {
  private static final int BATCH_ROWS = 4096;
  private static final int ROWS = 1_000_000;

  private final RootAllocator allocator = new RootAllocator();
  private ArrowDatabase database;
  private ArrowConnection connection;

  @BeforeEach
  void connect() throws SQLException {
    database = Sandbox.open(List.of("threads = 2", "memory_limit = '64MiB'"));
    connection = database.connect();
  }

  @AfterEach
  void close() {
    connection.close();
    database.close();
    allocator.close(); // throws if anything was not given back
  }

  private ArrowReader stream(String sql) throws SQLException {
    return connection.stream(sql, BATCH_ROWS, allocator);
  }

  @Test
  void rowsComeInOrderInBatchesOfAtMostSoMany() throws Exception {
    try (ArrowReader rows = stream("SELECT range AS n, n::VARCHAR AS t FROM range(" + ROWS + ")")) {
      VectorSchemaRoot root = rows.getVectorSchemaRoot();
      assertThat(root.getSchema().getFields()).extracting("name").containsExactly("n", "t");
      assertAllInOrder(rows);
    }
  }

  /** Each column has the numbers from 0, as numbers or as text. */
  private static void assertAllInOrder(ArrowReader rows) throws IOException {
    VectorSchemaRoot root = rows.getVectorSchemaRoot();
    long next = 0;
    while (rows.loadNextBatch()) {
      assertThat(root.getRowCount()).isBetween(1, BATCH_ROWS);
      for (int i = 0; i < root.getRowCount(); i++, next++) {
        for (FieldVector column : root.getFieldVectors()) {
          assertThat(column.getObject(i)).hasToString(Long.toString(next));
        }
      }
    }
    assertThat(next).isEqualTo(ROWS);
  }

  @Test
  void rowGroupsThatSeveralThreadsReadComeInOrder(@TempDir Path folder) throws Exception {
    String file = Sql.literal(folder.resolve("t.parquet").toString());
    try (ArrowDatabase other =
            Sandbox.open(
                List.of(
                    "threads = 4",
                    "allowed_directories = " + Sql.list(List.of(folder.toString()))));
        ArrowConnection there = other.connect()) {
      there.execute("COPY (FROM range(" + ROWS + ")) TO " + file + " (ROW_GROUP_SIZE 20_000)");
      there.execute("SET streaming_buffer_size = '256kB'");
      try (ArrowReader rows = there.stream("FROM " + file, BATCH_ROWS, allocator)) {
        assertAllInOrder(rows);
      }
    }
  }

  @Test
  void closingEarlyEndsTheQuery() throws Exception {
    try (ArrowReader rows = stream("SELECT sum(range) OVER () FROM range(1)")) {
      assertThat(rows.loadNextBatch()).isTrue();
    }
    for (int i = 0; i < 3; i++) {
      try (ArrowReader rows = stream("FROM range(1_000_000_000_000)")) {
        assertThat(rows.loadNextBatch()).isTrue();
      }
    }
    try (ArrowReader unread = stream("FROM range(1_000_000_000_000)")) {
      assertThat(unread.getVectorSchemaRoot().getRowCount()).isZero();
    }
  }

  @Test
  void whatFailsSaysWhy() throws Exception {
    assertThatThrownBy(() -> stream("SELEC 1"))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("syntax error at or near");
    assertThatThrownBy(() -> stream("SELECT missing"))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("Binder Error")
        .hasMessageContaining("missing");
    assertThatThrownBy(() -> connection.execute("SET threads = 'ü'"))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("ü");
    try (ArrowReader rows =
        stream(
            "SELECT CASE range WHEN 900_000 THEN error('ö') ELSE 'ok' END FROM range(1_000_000)")) {
      assertThatThrownBy(
              () -> {
                while (rows.loadNextBatch()) {}
              })
          .isInstanceOf(IOException.class)
          .hasMessageContaining("ö");
    }
    try (ArrowReader rows = stream("SELECT 1")) {
      assertThat(rows.loadNextBatch()).as("the connection is whole").isTrue();
    }
  }

  @Test
  void filesAreOutOfReach() {
    assertThatThrownBy(() -> stream("FROM read_text('/etc/hostname')"))
        .hasMessageContaining("Permission Error");
    assertThatThrownBy(() -> connection.execute("SET enable_external_access = true"))
        .isInstanceOf(SQLException.class);
  }

  /** Not a zone of the machine's, by whatever name. */
  @Test
  void timesAreInUtcWithEachConnection() throws Exception {
    for (int i = 0; i < 2; i++) {
      try (ArrowConnection each = database.connect();
          ArrowReader rows =
              each.stream("SELECT current_setting('TimeZone'), now()", BATCH_ROWS, allocator)) {
        assertThat(rows.loadNextBatch()).isTrue();
        VectorSchemaRoot root = rows.getVectorSchemaRoot();
        assertThat(root.getVector(0).getObject(0)).hasToString("UTC");
        assertThat(root.getVector(1).getField().getType())
            .isEqualTo(new ArrowType.Timestamp(TimeUnit.MICROSECOND, "UTC"));
      }
    }
  }

  @Test
  void connectionsOutliveTheirDatabaseAndShareItsSettings() throws Exception {
    ArrowConnection last;
    try (ArrowDatabase other = Sandbox.open(List.of("arrow_large_buffer_size = true"))) {
      other.connect().close();
      last = other.connect();
    }
    try (last;
        ArrowReader rows = last.stream("SELECT 'a' AS t", BATCH_ROWS, allocator)) {
      assertThat(rows.getVectorSchemaRoot().getSchema().findField("t").getType())
          .isInstanceOf(ArrowType.LargeUtf8.class);
      assertThat(rows.loadNextBatch()).isTrue();
    }
  }
}
