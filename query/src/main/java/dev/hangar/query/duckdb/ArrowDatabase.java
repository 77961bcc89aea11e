package dev.hangar.query.duckdb;

import dev.hangar.query.duckdb.DuckDbLibrary.Call;
import dev.hangar.query.duckdb.DuckDbLibrary.Destroyer;
import java.lang.foreign.MemorySegment;
import java.sql.SQLException;

/**
 * An empty database in memory, whose results are Arrow batches. Thread-safe.
 *
 * <p>Closing it while connections are open leaves it to them: it ends with the last.
 */
final class ArrowDatabase implements AutoCloseable {
  private static final Call CREATE_ENVIRONMENT = Call.of("environment_create", 1);
  private static final Call CREATE = Call.of("instance_create", 2);
  private static final Destroyer DESTROY = Destroyer.of("instance_destroy");

  /** Lives as long as the process does. */
  private static final class Environment {
    private static final MemorySegment HANDLE = create();

    private static MemorySegment create() {
      try {
        return CREATE_ENVIRONMENT.make();
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private final MemorySegment instance;

  ArrowDatabase() throws SQLException {
    this.instance = CREATE.make(Environment.HANDLE);
  }

  /** Another connection; the caller's to close. */
  ArrowConnection connect() throws SQLException {
    return new ArrowConnection(instance);
  }

  /** Once. */
  @Override
  public void close() {
    DESTROY.destroy(instance);
  }
}
