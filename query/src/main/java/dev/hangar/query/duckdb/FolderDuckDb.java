package dev.hangar.query.duckdb;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;

/**
 * Databases in memory that may read what lies below some folders and nothing else, shared by all
 * who do: what they hold in memory is bounded for all of them together. Thread-safe.
 *
 * <p>There are several: one for what few rows say, and those whose results stream, with short text
 * or with long. Each is made when it is first needed, which takes some 20 ms.
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

  /** By whether text has 64-bit offsets, for rows of many KiB. */
  private final Map<Boolean, ArrowDatabase> streaming = new HashMap<>();

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
    this.streamBuffer = megabytes(memoryBytes / readers / 2);
  }

  /**
   * A database to read {@code files} with, for one thread.
   *
   * @param isWide whether streamed text gets 64-bit offsets
   */
  public synchronized DuckDb on(List<Path> files, boolean isWide) throws SQLException {
    try {
      return opened(files, isWide);
    } catch (SQLException e) {
      if (!String.valueOf(e.getMessage()).contains(BROKEN)) {
        throw e;
      }
      forget(e);
      return opened(files, isWide);
    }
  }

  private DuckDb opened(List<Path> files, boolean isWide) throws SQLException {
    ArrowConnection stream = streaming(isWide).connect();
    try {
      // these also tell whether the databases are whole
      stream.execute("SET streaming_buffer_size = '" + streamBuffer + "'");
      DuckDBConnection plain = complete().duplicate();
      try {
        DuckDb.execute(plain, "SELECT 1");
      } catch (SQLException e) {
        plain.close();
        throw e;
      }
      return new DuckDb(plain, stream, literal(files), null);
    } catch (SQLException e) {
      stream.close();
      throw e;
    }
  }

  /** Has others made in place of those there are; who reads with one of them still can. */
  private void forget(SQLException why) {
    try {
      end();
    } catch (SQLException e) {
      why.addSuppressed(e);
    }
  }

  private DuckDBConnection complete() throws SQLException {
    if (complete == null) {
      requireOpen();
      complete = Sandbox.connect(false, settings(LOOKING_BYTES));
    }
    return complete;
  }

  private ArrowDatabase streaming(boolean isWide) throws SQLException {
    ArrowDatabase there = streaming.get(isWide);
    if (there != null) {
      return there;
    }
    requireOpen();
    List<String> settings = settings(memoryBytes);
    settings.add("arrow_large_buffer_size = " + isWide);
    ArrowDatabase made = Sandbox.open(settings);
    streaming.put(isWide, made);
    return made;
  }

  private void requireOpen() throws SQLException {
    if (closed) {
      throw new SQLException("the databases are closed");
    }
  }

  private List<String> settings(long bytes) {
    List<String> settings = new ArrayList<>();
    settings.add("memory_limit = '" + megabytes(bytes) + "'");
    settings.add("threads = " + threads);
    settings.add("enable_external_file_cache = false"); // the system's own is enough
    settings.addAll(DuckDb.settings("allowed_directories", folders));
    return settings;
  }

  private static String megabytes(long bytes) {
    return Math.max(1, bytes >> 20) + "MiB";
  }

  /** As DuckDB reads exactly these. */
  private static String literal(List<Path> files) {
    List<String> texts = files.stream().map(file -> Sql.exactly(file.toString())).toList();
    return texts.size() == 1 ? Sql.literal(texts.getFirst()) : Sql.list(texts);
  }

  /** What still runs ends with who runs it. */
  @Override
  public synchronized void close() throws SQLException {
    closed = true;
    end();
  }

  private void end() throws SQLException {
    streaming.values().forEach(ArrowDatabase::close);
    streaming.clear();
    DuckDBConnection plain = complete;
    complete = null;
    if (plain != null) {
      plain.close();
    }
  }
}
