package dev.hangar.query.sql;

import dev.hangar.query.duckdb.DuckDb;
import dev.hangar.query.duckdb.Sandbox;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.duckdb.DuckDBConnection;

/** A database of a {@link Workplace}. One thread at a time. */
final class StatementDatabase implements AutoCloseable {
  private final DuckDBConnection database;
  private final Map<String, String> views = new HashMap<>();

  /**
   * @param isStreaming whether answers come while they are computed
   */
  StatementDatabase(boolean isStreaming, List<String> settings) throws SQLException {
    this.database = GuardedFunctions.define(Sandbox.connect(isStreaming, settings));
  }

  /** Another connection; the caller's to close. */
  DuckDBConnection connect() throws SQLException {
    return database.duplicate();
  }

  /**
   * Makes a view, unless a statement before made the same: most do, and it takes as long as many a
   * statement.
   *
   * @param query of what each connection has under names of its own
   * @param connection of this database that has it
   */
  void define(String view, String query, DuckDBConnection connection) throws SQLException {
    if (!query.equals(views.get(view))) {
      DuckDb.execute(connection, "CREATE OR REPLACE VIEW " + view + " AS " + query);
      views.put(view, query);
    }
  }

  @Override
  public void close() throws SQLException {
    database.close();
  }
}
