package dev.hangar.store.catalog;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The statements of a connection, each prepared once. For one thread at a time.
 *
 * <p>Statements of one kind that follow each other go to the database together. Before one of
 * another kind runs those that wait are sent, so that all happens in order.
 */
final class Statements {
  private final Connection connection;
  private final Map<String, PreparedStatement> prepared = new HashMap<>();
  private @Nullable String waiting;

  Statements(Connection connection) {
    this.connection = connection;
  }

  /** A statement to be run at once. */
  PreparedStatement now(String sql) throws SQLException {
    flush();
    return prepare(sql);
  }

  /** A statement whose parameters are to be set, and then {@code addBatch} called. */
  PreparedStatement later(String sql) throws SQLException {
    if (!sql.equals(waiting)) {
      flush();
      waiting = sql;
    }
    return prepare(sql);
  }

  /** Runs what waits. */
  void flush() throws SQLException {
    String sql = waiting;
    waiting = null;
    if (sql != null) {
      prepare(sql).executeBatch();
    }
  }

  /** Drops what waits. */
  void forget() throws SQLException {
    String sql = waiting;
    waiting = null;
    if (sql != null) {
      prepare(sql).clearBatch();
    }
  }

  private PreparedStatement prepare(String sql) throws SQLException {
    PreparedStatement statement = prepared.get(sql);
    if (statement == null) {
      statement = connection.prepareStatement(sql);
      prepared.put(sql, statement);
    }
    return statement;
  }
}
