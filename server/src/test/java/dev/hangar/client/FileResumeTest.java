package dev.hangar.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.hangar.query.dataset.Mount;
import dev.hangar.query.file.DataFile;
import dev.hangar.query.file.DataFileWriter;
import dev.hangar.server.HangarServer;
import dev.hangar.server.ServerConfig;
import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Downloads of files of a mounted folder over a connection that is cut. */
@Timeout(180)
class FileResumeTest {
  private static final long MEMORY_BYTES = 256 << 20;

  /** Of 8 bytes each; the connection is cut after each of {@link #CUTS}. */
  private static final int ROWS = 3_000_000;

  private static final List<Long> CUTS = List.of(5L << 20, 3_000_001L, 7L << 20);

  @TempDir Path folder;
  private final RootAllocator allocator = new RootAllocator();
  private HangarServer server;
  private CutProxy proxy;
  private Hangar hangar;
  private Path root;

  @BeforeEach
  void start() throws IOException {
    root = Files.createDirectory(folder.resolve("root"));
    var config =
        ServerConfig.defaults()
            .withPort(0)
            .withMemoryBytes(MEMORY_BYTES)
            .withDatasets(List.of(Mount.parse(root.toString())));
    server = HangarServer.start(config, line -> {});
    proxy = new CutProxy(server.port());
    hangar = Hangar.connect(proxy.url(), HangarOptions.DEFAULT.connections(1), allocator);
  }

  @AfterEach
  void nothingIsLeftBehind() {
    hangar.close();
    proxy.close();
    server.close();
    assertThat(server.bodyBytes()).isZero();
    allocator.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"t.parquet", "t.csv", "t.jsonl", "t.arrow", "t.arrows"})
  void aBrokenDownloadGoesOnBehindItsRows(String name) throws Exception {
    numbers(root.resolve(name), "range", ROWS);
    cut(0);
    assertThat(readInOrder(name)).isEqualTo(ROWS);
    assertThat(proxy.cuts()).isEqualTo(CUTS.size());
  }

  @Test
  void ofSeveralEndpointsEachGoesOn() throws Exception {
    int rows = 18_000_000;
    numbers(root.resolve("t.parquet"), "range", rows);
    cut(0);
    assertThat(readInOrder("t.parquet")).isEqualTo(rows);
    assertThat(proxy.cuts()).isEqualTo(CUTS.size());
  }

  @ParameterizedTest
  @ValueSource(strings = {"t.parquet", "t.csv", "t.arrow"})
  void rowsOfAnotherFileNeverFollow(String name) throws Exception {
    numbers(root.resolve(name), "range", ROWS);
    Path other = numbers(folder.resolve(name), "-range - 1", ROWS);
    proxy.cutAfter(
        CUTS.getFirst(),
        () -> {
          try {
            Files.move(other, root.resolve(name), StandardCopyOption.REPLACE_EXISTING);
          } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
        });
    var failure = catchThrowableOfType(StatusException.class, () -> readInOrder(name));
    assertThat(failure).isNotNull();
    assertThat(failure.code()).isEqualTo(StatusCode.FAILED_PRECONDITION);
    assertThat(failure)
        .hasMessageContaining("broke off after ")
        .hasMessageContaining("\"" + name + "\" was changed")
        .hasMessageContaining("ask for it again");
  }

  /** Cuts again and again. */
  private void cut(int number) {
    if (number < CUTS.size()) {
      proxy.cutAfter(CUTS.get(number), () -> cut(number + 1));
    }
  }

  /** How many rows there were, each with the number that it has to have. */
  private long readInOrder(String name) throws IOException {
    long next = 0;
    try (ArrowReader reader = hangar.get(name)) {
      while (reader.loadNextBatch()) {
        var column = (BigIntVector) reader.getVectorSchemaRoot().getVector(0);
        for (int row = 0; row < column.getValueCount(); row++) {
          if (column.get(row) != next++) {
            throw new AssertionError("row " + (next - 1) + " is " + column.get(row));
          }
        }
      }
    }
    return next;
  }

  /** A file of numbers, in the format of its ending. */
  private Path numbers(Path file, String number, int rows) throws SQLException, IOException {
    Path made = folder.resolve("made.parquet");
    try (var db = DriverManager.getConnection("jdbc:duckdb:");
        var statement = db.createStatement()) {
      statement.execute(
          "COPY (SELECT %s AS n FROM range(%d)) TO '%s' (FORMAT parquet)"
              .formatted(number, rows, made));
    }
    if (file.toString().endsWith(".parquet")) {
      return Files.move(made, file);
    }
    try (var data = DataFile.open(made, allocator)) {
      new DataFileWriter(allocator, count -> {}).write(data.reader(), file);
    }
    return file;
  }
}
