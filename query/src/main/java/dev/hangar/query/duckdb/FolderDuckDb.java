package dev.hangar.query.duckdb;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;

/**
 * Databases in memory that may read what lies below some folders and nothing else, shared by all
 * who do: what they hold in memory is bounded for all of them together. Thread-safe.
 *
 * <p>There are several because of what connections to one database have in common: whether results
 * stream, and how long text may be. Each is made when it is first needed, which takes some 20 ms.
 */
public final class FolderDuckDb implements AutoCloseable {
  /** What looking at files may take, beside what reading them may. */
  private static final long LOOKING_BYTES = 128L << 20;

  private final List<String> folders;
  private final long memoryBytes;
  private final int threads;
  private final String streamBuffer;

  private @Nullable DuckDBConnection complete;
  private @Nullable DuckDBConnection streaming;
  private @Nullable DuckDBConnection wide;
  private boolean closed;

  /**
   * Databases over {@code folders}.
   *
   * @param memoryBytes what all reading together may take
   * @param readers how many read at once, at most
   */
  public FolderDuckDb(Collection<Path> folders, long memoryBytes, int threads, int readers) {
    this.folders = folders.stream().map(Path::toString).toList();
    this.memoryBytes = memoryBytes;
    this.threads = threads;
    this.streamBuffer = megabytes(memoryBytes / readers / 4);
  }

  /**
   * A database to read {@code files} with, for one thread.
   *
   * @param isWide whether rows are so long that text needs 64-bit offsets
   */
  public synchronized DuckDb on(List<Path> files, boolean isWide) throws SQLException {
    DuckDBConnection plain = complete().duplicate();
    try {
      DuckDBConnection results = (isWide ? wide() : streaming()).duplicate();
      try {
        DuckDb.execute(results, "SET streaming_buffer_size = '" + streamBuffer + "'");
        return new DuckDb(plain, results, literal(files));
      } catch (SQLException e) {
        results.close();
        throw e;
      }
    } catch (SQLException e) {
      plain.close();
      throw e;
    }
  }

  private DuckDBConnection complete() throws SQLException {
    if (complete == null) {
      complete = connect(LOOKING_BYTES, false);
    }
    return complete;
  }

  private DuckDBConnection streaming() throws SQLException {
    if (streaming == null) {
      streaming = connect(memoryBytes, true);
    }
    return streaming;
  }

  private DuckDBConnection wide() throws SQLException {
    if (wide == null) {
      DuckDBConnection made = connect(memoryBytes, true);
      DuckDb.execute(made, "SET arrow_large_buffer_size = true");
      wide = made;
    }
    return wide;
  }

  private DuckDBConnection connect(long bytes, boolean isStreaming) throws SQLException {
    if (closed) {
      throw new SQLException("the databases are closed");
    }
    List<String> settings = new ArrayList<>();
    settings.add("memory_limit = '" + megabytes(bytes) + "'");
    settings.add("threads = " + threads);
    settings.add("enable_external_file_cache = false"); // the system's own is enough
    settings.addAll(DuckDb.settings("allowed_directories", folders));
    return Sandbox.connect(isStreaming, settings);
  }

  private static String megabytes(long bytes) {
    return Math.max(1, bytes >> 20) + "MiB";
  }

  /** As DuckDB reads exactly these. */
  private static String literal(List<Path> files) {
    List<String> texts = files.stream().map(file -> Sql.exactly(file.toString())).toList();
    return texts.size() == 1 ? Sql.literal(texts.getFirst()) : Sql.list(texts);
  }

  /** Ends what still runs. */
  @Override
  public synchronized void close() throws SQLException {
    closed = true;
    try (DuckDBConnection _ = complete;
        DuckDBConnection _ = streaming;
        DuckDBConnection _ = wide) {
      // all, whatever fails
    }
  }
}
