package dev.hangar.query.duckdb;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.arrow.c.ArrowArrayStream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;

/**
 * An empty database in memory that may touch one file and nothing else: no network, no extensions,
 * no other path. One thread at a time. Closing it ends what it still runs.
 *
 * <p>It is two databases: one for what few rows say, and one whose results stream.
 */
public final class DuckDb implements AutoCloseable {
  /** What makes DuckDB read other files than the one of that name. */
  private static final String GLOB_CHARACTERS = ".*[*?\\[\\]{}].*";

  /** Settings with which rows keep their order, and nothing is laid down on the disk. */
  public static final List<String> ORDERED =
      List.of(
          // it makes a join of a choice among many words, and a join forgets the order of rows
          "disabled_optimizers = 'in_clause'", "temp_directory = ''");

  private final DuckDBConnection connection;
  private final ArrowConnection streaming;
  private final String pathLiteral;
  private final @Nullable Path linkFolder;

  /** A view of databases that others may use too. Takes ownership of what it is given. */
  DuckDb(
      DuckDBConnection connection,
      ArrowConnection streaming,
      String pathLiteral,
      @Nullable Path linkFolder) {
    this.connection = connection;
    this.streaming = streaming;
    this.pathLiteral = pathLiteral;
    this.linkFolder = linkFolder;
  }

  /** A database that may read and write {@code file}. */
  public static DuckDb on(Path file) throws IOException, SQLException {
    return on(file, List.of());
  }

  /** The same, which fails where it would take more memory than that. */
  public static DuckDb on(Path file, long memoryBytes) throws IOException, SQLException {
    return on(file, List.of("memory_limit = '" + Math.max(1, memoryBytes >> 20) + "MiB'"));
  }

  private static DuckDb on(Path file, List<String> own) throws IOException, SQLException {
    Path absolute = file.toAbsolutePath();
    Path linkFolder = null;
    if (absolute.toString().matches(GLOB_CHARACTERS)) {
      linkFolder = Files.createTempDirectory("hangar-");
      absolute = Files.createSymbolicLink(linkFolder.resolve("file"), absolute);
    }
    String path = absolute.toString();
    List<String> settings = new ArrayList<>(own);
    settings.addAll(settings("allowed_paths", List.of(path)));
    try (ArrowDatabase database = Sandbox.open(settings)) { // it ends with its connection
      ArrowConnection streaming = database.connect();
      try {
        return new DuckDb(
            Sandbox.connect(false, settings), streaming, Sql.literal(path), linkFolder);
      } catch (SQLException e) {
        streaming.close();
        throw e;
      }
    } catch (SQLException e) {
      deleteLink(linkFolder);
      throw e;
    }
  }

  /** What every database here is told, which may touch those files or folders. */
  static List<String> settings(String access, List<String> files) {
    return Stream.concat(ORDERED.stream(), Stream.of(access + " = " + Sql.list(files))).toList();
  }

  /**
   * The file as a SQL literal, or a list of several; a link to it where its own name would be taken
   * for a pattern.
   */
  public String pathLiteral() {
    return pathLiteral;
  }

  public void execute(String sql) throws SQLException {
    execute(connection, sql);
  }

  public static void execute(DuckDBConnection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** Gives the text of streamed results 64-bit offsets, for rows of many KiB. */
  public void useLargeText() throws SQLException {
    streaming.execute("SET arrow_large_buffer_size = true");
  }

  /** Runs a statement that answers with a count. */
  public long count(String sql) throws SQLException {
    return one(sql, row -> row.getLong(1));
  }

  /** Runs a query of one row. */
  public <T> T one(String sql, RowMapper<T> mapper) throws SQLException {
    return all(sql, mapper).getFirst();
  }

  /** Runs a query of few rows. */
  public <T> List<T> all(String sql, RowMapper<T> mapper) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      List<T> all = new ArrayList<>();
      while (rows.next()) {
        all.add(mapper.map(rows));
      }
      return all;
    }
  }

  /**
   * Starts a query whose result streams: one at a time. The reader is closed before this database.
   *
   * @param batchRows how many rows a batch has; a multiple of DuckDB's vectors of 2,048 rows
   */
  public ArrowReader stream(String sql, long batchRows, BufferAllocator allocator)
      throws SQLException {
    return streaming.stream(sql, batchRows, allocator);
  }

  /** Runs a statement that reads batches, once, from a view of that name. */
  public void execute(String sql, String view, ArrowArrayStream batches) throws SQLException {
    connection.registerArrowStream(view, batches);
    execute(sql);
  }

  @Override
  public void close() throws SQLException {
    try (connection;
        streaming) {
      // both, whatever fails
    } finally {
      deleteLink(linkFolder);
    }
  }

  private static void deleteLink(@Nullable Path folder) throws SQLException {
    if (folder == null) {
      return;
    }
    try {
      Files.deleteIfExists(folder.resolve("file"));
      Files.delete(folder);
    } catch (IOException e) {
      throw new SQLException("can't delete " + folder, e);
    }
  }

  /** Makes a value of a row. */
  @FunctionalInterface
  public interface RowMapper<T> {
    T map(ResultSet row) throws SQLException;
  }
}
