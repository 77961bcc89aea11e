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

  /** Of random numbers, which no codec makes smaller. */
  private static final long LARGE_ROWS = Long.getLong("hangar.long.rows", 40_000_000);

  private static final long RESIDENT_KIB_MAX = 900 << 10;

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

  /** A file of 300 MB through a server that is told to use 64. */
  @Test
  void filesLargerThanTheServersMemoryStreamThroughIt() throws Exception {
    Path root = Files.createDirectory(folder.resolve("root"));
    numbers(root.resolve("large.parquet"));
    assertThat(Files.size(root.resolve("large.parquet"))).isGreaterThan(LARGE_ROWS * 7);
    try (var server =
            ServerProcess.start(
                folder.resolve("data"),
                "-Xmx128m",
                "--memory",
                "64m",
                "--datasets",
                root.toString());
        var hangar = Hangar.connect(server.url())) {
      assertThat(hangar.info("large.parquet").rows()).isEqualTo(LARGE_ROWS);
      for (int round = 0; round < 2; round++) {
        assertThat(rows(hangar, "large.parquet")).isEqualTo(LARGE_ROWS);
      }
      try (ArrowReader reader = hangar.get("large.parquet")) {
        hangar.put("copy.parquet", reader);
      }
      assertThat(rows(hangar, "copy.parquet")).isEqualTo(LARGE_ROWS);
      assertThat(peakKib(server.pid())).isLessThan(RESIDENT_KIB_MAX);
    }
  }

  private static ServerConfig mounted(Path root) {
    return ServerConfig.defaults()
        .withMemoryBytes(256 << 20)
        .withDatasets(List.of(Mount.parse(root.toString())));
  }

  private static void numbers(Path file) throws SQLException {
    try (var db = DriverManager.getConnection("jdbc:duckdb:");
        var statement = db.createStatement()) {
      statement.execute(
          "COPY (SELECT (hash(range) >> 1)::BIGINT AS n FROM range(%d)) TO '%s' (FORMAT parquet)"
              .formatted(LARGE_ROWS, file));
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
