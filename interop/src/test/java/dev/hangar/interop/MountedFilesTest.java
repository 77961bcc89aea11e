package dev.hangar.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hangar.client.Hangar;
import dev.hangar.query.dataset.Mount;
import dev.hangar.server.ServerConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Files below a mounted folder, as other people's clients see them. */
@Timeout(420)
class MountedFilesTest {
  private static final Duration TIMEOUT = Duration.ofMinutes(4);

  private static final boolean LONG = Boolean.getBoolean("hangar.long");

  /** Of random numbers, which no codec makes smaller: 300 MB, or 10 GB. */
  private static final long LARGE_ROWS = LONG ? 1_300_000_000L : 40_000_000L;

  private static final String MEMORY = LONG ? "1g" : "64m";

  /** The heap, what DuckDB may take, as much on its way out, and the machine's own. */
  private static final long RESIDENT_KIB_MAX = LONG ? 2 << 20 : 900 << 10;

  @TempDir Path folder;

  @Test
  void cookbooksClientStoresItsFilesOnTheDisk() throws IOException {
    Path root = Files.createDirectory(folder.resolve("root"));
    try (var subject = new Subject(mounted(root))) {
      Python.run("cookbook.py", TIMEOUT, subject.url(), "--folder", root.toString());
    }
  }

  @Test
  void filesOfPyArrowsAreServedAsItReadsThem() throws IOException {
    Path root = Files.createDirectory(folder.resolve("root"));
    try (var subject = new Subject(mounted(root))) {
      Python.run("datasets.py", TIMEOUT, subject.url(), root.toString());
    }
  }

  @Test
  void filesLargerThanTheServersMemoryStreamOutOfIt() throws Exception {
    Path root = Files.createDirectory(folder.resolve("root"));
    numbers(root.resolve("large.parquet"), LARGE_ROWS);
    assertThat(Files.size(root.resolve("large.parquet"))).isGreaterThan(LARGE_ROWS * 7);
    try (var server = server(root, MEMORY);
        var hangar = Hangar.connect(server.url())) {
      assertThat(hangar.info("large.parquet").rows()).isEqualTo(LARGE_ROWS);
      assertThat(rows(hangar, "large.parquet")).isEqualTo(LARGE_ROWS);
      assertThat(peakKib(server.pid())).isLessThan(RESIDENT_KIB_MAX);
    }
  }

  /** Of a put, a window of 64 MiB may be on its way, which has to fit. */
  @Test
  void filesLargerThanTheServersMemoryStreamIntoIt() throws Exception {
    Path root = Files.createDirectory(folder.resolve("root"));
    numbers(root.resolve("large.parquet"), 40_000_000);
    try (var server = server(root, "256m");
        var hangar = Hangar.connect(server.url())) {
      try (ArrowReader reader = hangar.get("large.parquet")) {
        hangar.put("new/copy.parquet", reader);
      }
      assertThat(rows(hangar, "new/copy.parquet")).isEqualTo(40_000_000);
      try (var files = Files.list(root.resolve("new"))) {
        assertThat(files).hasSize(1);
      }
    }
  }

  private ServerProcess server(Path root, String memory) {
    return ServerProcess.start(
        folder.resolve("data"), "-Xmx128m", "--memory", memory, "--datasets", root.toString());
  }

  private static ServerConfig mounted(Path root) {
    return ServerConfig.defaults()
        .withMemoryBytes(256 << 20)
        .withDatasets(List.of(Mount.parse(root.toString())));
  }

  private static void numbers(Path file, long rows) throws SQLException {
    try (var db = DriverManager.getConnection("jdbc:duckdb:");
        var statement = db.createStatement()) {
      statement.execute(
          "COPY (SELECT (hash(range) >> 1)::BIGINT AS n FROM range(%d)) TO '%s' (FORMAT parquet)"
              .formatted(rows, file));
    }
  }

  private static long rows(Hangar hangar, String name) throws IOException {
    long rows = 0;
    try (ArrowReader reader = hangar.get(name)) {
      while (reader.loadNextBatch()) {
        rows += ((BigIntVector) reader.getVectorSchemaRoot().getVector(0)).getValueCount();
      }
    }
    return rows;
  }

  private static long peakKib(long pid) throws IOException {
    return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
        .filter(line -> line.startsWith("VmHWM:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElseThrow();
  }
}
