package dev.hangar.query.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.hangar.query.sql.SqlException.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class MemoryWatchTest {
  /** Makes hundreds of MiB a vector that DuckDB's own limit does not know of. */
  private static final String UNCOUNTED =
      "SELECT sum(len(replace(repeat('x', 1000) || i, 'x', repeat('y', 100)))) "
          + "FROM range(10000000) r(i)";

  @Test
  @Timeout(value = 2, unit = TimeUnit.MINUTES)
  void aStatementThatTakesWhatNobodyCountsIsStopped() {
    assumeTrue(Files.isReadable(Path.of("/proc/self/status")), "the machine does not tell");
    var settings =
        new SqlSettings(1, 1, 64L << 20, 64L << 20, Duration.ofMinutes(1), List.of(), null);
    try (var tables = new SqlTestTables(settings)) {
      assertThatThrownBy(() -> tables.rows(UNCOUNTED))
          .isInstanceOfSatisfying(
              SqlException.class, e -> assertThat(e.kind()).isEqualTo(Kind.TOO_LARGE))
          .hasMessageContaining("was stopped");
      assertThat(tables.rows("SELECT 1")).containsExactly("1");
    }
  }
}
