package dev.hangar.query.duckdb;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.hangar.query.duckdb.DuckDbLibrary.Call;
import dev.hangar.query.duckdb.DuckDbLibrary.Destroyer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.sql.SQLException;
import java.util.List;
import org.apache.arrow.c.ArrowArrayStream;
import org.apache.arrow.c.Data;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;

/** A connection to an {@link ArrowDatabase}. One thread, and one result, at a time. */
final class ArrowConnection implements AutoCloseable {
  private static final Call CONNECT = Call.of("connection_create", 2);
  private static final Call PARSE = Call.of("parse_sql", 3);
  private static final Call NEXT_STATEMENT = Call.of("statement_iterator_next", 2);
  private static final Call EXECUTE =
      Call.of(
          "statement_execute_arrow",
          List.of(ADDRESS, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, JAVA_LONG, ADDRESS));
  private static final Call DRAIN = Call.of("arrow_result_drain", 2);
  private static final Call TO_STREAM = Call.of("arrow_result_to_arrow_c_stream", 2);
  private static final Destroyer DISCONNECT = Destroyer.of("connection_destroy");
  private static final Destroyer DESTROY_STATEMENTS = Destroyer.of("statement_iterator_destroy");
  private static final Destroyer DESTROY_STATEMENT = Destroyer.of("sql_statement_destroy");
  private static final Destroyer DESTROY_RESULT = Destroyer.of("arrow_result_destroy");

  /** Rows of a batch, where few are expected: DuckDB's own number. */
  private static final long FEW_ROWS = 0;

  private final MemorySegment connection;

  ArrowConnection(MemorySegment instance) throws SQLException {
    this.connection = CONNECT.make(instance);
  }

  /** Runs a statement whose answer doesn't matter. */
  void execute(String sql) throws SQLException {
    MemorySegment result = submit(sql, FEW_ROWS);
    try (Arena arena = Arena.ofConfined()) {
      DRAIN.run(result, arena.allocate(JAVA_LONG));
    } finally {
      DESTROY_RESULT.destroy(result);
    }
  }

  /**
   * Begins a query. Its rows are computed while they are read, in {@code streaming_buffer_size}
   * ahead of the reader, which is closed before this connection.
   *
   * @param batchRows how many rows a batch has, at most
   */
  ArrowReader stream(String sql, long batchRows, BufferAllocator allocator) throws SQLException {
    MemorySegment result = submit(sql, batchRows);
    try (Arena arena = Arena.ofConfined();
        ArrowArrayStream stream = ArrowArrayStream.allocateNew(allocator)) {
      MemorySegment place = arena.allocateFrom(ADDRESS, result);
      try {
        TO_STREAM.run(place, MemorySegment.ofAddress(stream.memoryAddress()));
      } catch (SQLException e) {
        DESTROY_RESULT.destroy(result);
        throw e;
      }
      return Data.importArrayStream(allocator, stream);
    }
  }

  /** A result of which nothing is computed yet. */
  private MemorySegment submit(String sql, long batchRows) throws SQLException {
    MemorySegment statement = parse(sql);
    try {
      return EXECUTE.make(
          connection, statement, MemorySegment.NULL, MemorySegment.NULL, 0L, batchRows);
    } finally {
      DESTROY_STATEMENT.destroy(statement);
    }
  }

  private MemorySegment parse(String sql) throws SQLException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment statements = PARSE.make(connection, arena.allocateFrom(sql));
      try {
        return NEXT_STATEMENT.make(statements);
      } finally {
        DESTROY_STATEMENTS.destroy(statements);
      }
    }
  }

  /** Once. */
  @Override
  public void close() {
    DISCONNECT.destroy(connection);
  }
}
