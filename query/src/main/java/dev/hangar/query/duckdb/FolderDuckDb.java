package dev.hangar.query.duckdb;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
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

  /** What DuckDB says to all that comes to a database in which something failed within. */
  private static final String BROKEN = "database has been invalidated";

  private final List<String> folders;
  private final long memoryBytes;
  private final int threads;
  private final String streamBuffer;

  /** How results that stream are made. */
  public enum Results {
    /** By all threads together. */
    SHARED,
    /** By the thread that takes them alone, which is less work in all where several take. */
    ALONE,
    /** By all threads together, with 64-bit offsets of text, for rows of many KiB. */
    WIDE
  }

  private final Map<Results, DuckDBConnection> streaming = new EnumMap<>(Results.class);
  private @Nullable DuckDBConnection complete;
  private boolean closed;

  /**
   * Databases over {@code folders}.
   *
   * @param memoryBytes what all reading together may take
   * @param readers how many read at once, at most
   */
  public FolderDuckDb(Collection<Path> folders, long memoryBytes, int threads, int readers) {
    // also as they stand in patterns, where theirs is a name that would be taken for one
    this.folders =
        folders.stream()
            .map(Path::toString)
            .flatMap(folder -> Stream.of(folder, Sql.exactly(folder)))
            .distinct()
            .toList();
    this.memoryBytes = memoryBytes;
    this.threads = threads;
    this.streamBuffer = megabytes(memoryBytes / readers / 4);
  }

  /** A database to read {@code files} with, for one thread. */
  public synchronized DuckDb on(List<Path> files, Results how) throws SQLException {
    try {
      return opened(files, how);
    } catch (SQLException e) {
      if (!String.valueOf(e.getMessage()).contains(BROKEN)) {
        throw e;
      }
      forget(e);
      return opened(files, how);
    }
  }

  private DuckDb opened(List<Path> files, Results how) throws SQLException {
    DuckDBConnection plain = connectionTo(complete());
    try {
      return new DuckDb(plain, connectionTo(streaming(how)), literal(files));
    } catch (SQLException e) {
      plain.close();
      throw e;
    }
  }

  /** The statement that it begins with tells whether the database is whole. */
  private DuckDBConnection connectionTo(DuckDBConnection database) throws SQLException {
    DuckDBConnection made = database.duplicate();
    try {
      DuckDb.execute(made, "SET streaming_buffer_size = '" + streamBuffer + "'");
      return made;
    } catch (SQLException e) {
      made.close();
      throw e;
    }
  }

  /** Has others made in place of those there are; who reads with one of them still can. */
  private void forget(SQLException why) {
    for (DuckDBConnection each : all()) {
      try {
        each.close();
      } catch (SQLException e) {
        why.addSuppressed(e);
      }
    }
    streaming.clear();
    complete = null;
  }

  private DuckDBConnection complete() throws SQLException {
    if (complete == null) {
      complete = connect(LOOKING_BYTES, threads, false);
    }
    return complete;
  }

  private DuckDBConnection streaming(Results how) throws SQLException {
    DuckDBConnection there = streaming.get(how);
    if (there != null) {
      return there;
    }
    DuckDBConnection made = connect(memoryBytes, how == Results.ALONE ? 1 : threads, true);
    streaming.put(how, made);
    if (how == Results.WIDE) {
      DuckDb.execute(made, "SET arrow_large_buffer_size = true");
    }
    return made;
  }

  private DuckDBConnection connect(long bytes, int count, boolean isStreaming) throws SQLException {
    if (closed) {
      throw new SQLException("the databases are closed");
    }
    List<String> settings = new ArrayList<>();
    settings.add("memory_limit = '" + megabytes(bytes) + "'");
    settings.add("threads = " + count);
    settings.add("GLOBAL TimeZone = 'UTC'"); // for each connection to it
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
    for (DuckDBConnection each : all()) {
      each.close();
    }
  }

  private List<DuckDBConnection> all() {
    List<DuckDBConnection> all = new ArrayList<>(streaming.values());
    if (complete != null) {
      all.add(complete);
    }
    return all;
  }
}
