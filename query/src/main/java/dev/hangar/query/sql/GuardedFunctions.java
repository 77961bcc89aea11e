package dev.hangar.query.sql;

import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.duckdb.DuckDBConnection;

/**
 * Functions of DuckDB's that make long texts and lists of little, in whose place stand some that
 * refuse to make them too long: {@code memory_limit} does not count these.
 */
final class GuardedFunctions {
  private static final List<String> MACROS =
      List.of(
          guarded("repeat", "s, n", "s, %s", "coalesce(len(s::VARCHAR), 0) * n", "n"),
          guarded("lpad", "s, n, c", "s, %s, c", "n", "n"),
          guarded("rpad", "s, n, c", "s, %s, c", "n", "n"),
          guarded("bitstring", "s, n", "s, %s", "n", "n"),
          replacing("replace", "s, p, r", "s, p, %s"),
          replacing("regexp_replace", "s, p, r", "s, p, %s")
              + replacing("regexp_replace", "s, p, r, o", "s, p, %s, o")
                  .replaceFirst("^.*?(?=\\()", ", "),
          lists("range"),
          lists("generate_series"),
          guardedList("list_resize", "l, n", "l, %s", "n", "n"),
          guardedList("array_resize", "l, n", "l, %s", "n", "n"));

  private GuardedFunctions() {}

  /** What is put in has to be short where there is much to put it into. */
  private static String replacing(String name, String parameters, String arguments) {
    String refusal =
        "error('%s makes texts of at most %d characters here')"
            .formatted(name, Limits.REPLACED_CHARS);
    String length = "CASE WHEN len(r) > 1 THEN len(s) * len(r) ELSE 0 END";
    return guarded(name, parameters, arguments, length, "r", Limits.REPLACED_CHARS, refusal);
  }

  /** Those of numbers; lists of times are made by the table function of the same name. */
  private static String lists(String name) {
    return guardedList(name, "n", "%s", "n", "n")
        + ", "
        + guardedList(name, "a, b", "a, %s", "abs(b - a)", "b").replaceFirst("^.*?(?=\\()", "")
        + ", "
        + guardedList(name, "a, b, c", "a, %s, c", "abs((b - a) / c)", "b")
            .replaceFirst("^.*?(?=\\()", "");
  }

  private static String guardedList(
      String name, String parameters, String arguments, String length, String number) {
    String refusal =
        "error('%s makes lists of at most %d values here')".formatted(name, Limits.MADE_VALUES);
    return guarded(name, parameters, arguments, length, number, Limits.MADE_VALUES, refusal);
  }

  /** Defines them in a database, and returns it. */
  static DuckDBConnection define(DuckDBConnection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String macro : MACROS) {
        statement.execute(macro);
      }
      for (String macro : GuardedTuples.macros()) {
        statement.execute(macro);
      }
      return connection;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  private static String guarded(
      String name, String parameters, String arguments, String length, String number) {
    String refusal =
        "error('%s makes texts of at most %d characters here')".formatted(name, Limits.MADE_CHARS);
    return guarded(name, parameters, arguments, length, number, Limits.MADE_CHARS, refusal);
  }

  /**
   * The guard stands around the number alone: what is constant is computed from the inside out.
   *
   * @param length what the result's is, at most
   * @param number which of the parameters it depends on
   */
  private static String guarded(
      String name,
      String parameters,
      String arguments,
      String length,
      String number,
      int most,
      String refusal) {
    String checked =
        "CASE WHEN %s > %d THEN %s ELSE %s END".formatted(length, most, refusal, number);
    return "CREATE MACRO %s(%s) AS system.main.%s(%s)"
        .formatted(name, parameters, name, arguments.formatted(checked));
  }
}
