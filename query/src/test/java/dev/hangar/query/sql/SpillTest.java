package dev.hangar.query.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 3, unit = TimeUnit.MINUTES)
class SpillTest {
  private static final long MEMORY_BYTES = 64 << 20;

  /** It has to sort some 160 MB before it answers. */
  private static final String LARGE_SORT =
      "SELECT a, b FROM t ORDER BY hash(a), b LIMIT 1 OFFSET 4_999_999";

  @TempDir private Path folder;

  @Test
  void whatDoesNotFitIsPutAsideAndGoneAfterwards() throws Exception {
    Path spill = folder.resolve("spill");
    String last;
    try (var tables = tables(spill)) {
      fill(tables);
      last = tables.rows(LARGE_SORT).getFirst();
      assertThat(spill).isDirectoryContaining("glob:**sql-*");
    }
    assertThat(last).matches("\\d+\\|\\d+x{16}");
    assertThat(spill).isEmptyDirectory();
  }

  @Test
  void withoutAFolderItFails() throws Exception {
    try (var tables = tables(null)) {
      fill(tables);
      assertThatThrownBy(() -> tables.rows(LARGE_SORT))
          .isInstanceOfSatisfying(
              SqlException.class, e -> assertThat(e.kind()).isEqualTo(SqlException.Kind.TOO_LARGE));
    }
  }

  @Test
  void whatAKilledProcessLeftIsRemovedAndNothingElse() throws Exception {
    Path spill = folder.resolve("spill");
    Path other = Files.writeString(folder.resolve("other"), "stays");
    Path left = Files.createDirectories(spill.resolve("sql-0"));
    Files.writeString(left.resolve("duckdb_temp_storage-0.tmp"), "old");
    Files.createSymbolicLink(left.resolve("link"), folder);
    tables(spill).close();
    assertThat(spill).isEmptyDirectory();
    assertThat(other).hasContent("stays");
  }

  private static void fill(SqlTestTables tables) throws Exception {
    tables.create("t", "SELECT i AS a, i || repeat('x', 16) AS b FROM range(5_000_000) r(i)");
  }

  private static SqlTestTables tables(@Nullable Path spill) {
    return new SqlTestTables(
        new SqlSettings(1, 1, MEMORY_BYTES, 2L << 30, Duration.ofMinutes(2), List.of(), spill));
  }
}
