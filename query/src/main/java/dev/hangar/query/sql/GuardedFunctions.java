package dev.hangar.query.sql;

import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.duckdb.DuckDBConnection;

/**
 * Functions of DuckDB's that make long texts of short ones, in whose place stand some that refuse
 * to make them too long: {@code memory_limit} does not count texts.
 */
final class GuardedFunctions {
  private static final List<String> MACROS =
      List.of(
          guarded("repeat", "s, n", "s, %s", "coalesce(len(s::VARCHAR), 0) * n", "n"),
          guarded("lpad", "s, n, c", "s, %s, c", "n", "n"),
          guarded("rpad", "s, n, c", "s, %s, c", "n", "n"),
          guarded("bitstring", "s, n", "s, %s", "n", "n"));

  private GuardedFunctions() {}

  /** Defines them in a database, and returns it. */
  static DuckDBConnection define(DuckDBConnection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String macro : MACROS) {
        statement.execute(macro);
      }
      return connection;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  /**
   * The guard stands around the number alone: what is constant is computed from the inside out.
   *
   * @param length what the result's is, at most
   * @param number which of the parameters it depends on
   */
  private static String guarded(
      String name, String parameters, String arguments, String length, String number) {
    String refusal =
        "error('%s makes texts of at most %d characters here')".formatted(name, Limits.MADE_CHARS);
    String checked =
        "CASE WHEN %s > %d THEN %s ELSE %s END"
            .formatted(length, Limits.MADE_CHARS, refusal, number);
    return "CREATE MACRO %s(%s) AS system.main.%s(%s)"
        .formatted(name, parameters, name, arguments.formatted(checked));
  }
}
