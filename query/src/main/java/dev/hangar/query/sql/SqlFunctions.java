package dev.hangar.query.sql;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.duckdb.DuckDBConnection;

/**
 * What is known of DuckDB's functions: which may be called, and which answer differently each time.
 * Immutable.
 */
final class SqlFunctions {
  /**
   * Of functions that stand for tables only those that make their rows up: the others read files,
   * settings, or memory at any address.
   */
  private static final Set<String> TABLE_FUNCTIONS =
      Set.of(
          "range", "generate_series", "unnest", "repeat", "repeat_row", "json_each", "json_tree");

  /**
   * The operators that DuckDB's parser has nodes of their own for: called as functions, their
   * arguments' types are not compared, and a row beside a time ends the process.
   */
  private static final Set<String> COMPARISONS =
      Set.of("=", "!=", "<", "<=", ">", ">=", "is distinct from", "is not distinct from");

  /** What DuckDB itself puts into plans, for arguments that it has looked at. */
  private static final String INTERNAL = "__";

  /** What tells about the process or changes it, trusts its arguments, or only takes time. */
  private static final Set<String> FORBIDDEN =
      Set.of(
          // this takes as much memory as its bytes claim
          "variant_bytes_to_variant",
          // and this makes types that no one reads in the statement
          "make_type",
          // these recurse for each level of a document, and end the process where it is deep
          "json_contains",
          "json_deserialize_sql",
          "json_pretty",
          "json_serialize_plan",
          "json_serialize_sql",
          "currval",
          "current_connection_id",
          "current_query",
          "current_query_id",
          "current_setting",
          "current_transaction_id",
          "get_block_size",
          "getenv",
          "getvariable",
          "nextval",
          "parse_duckdb_log_message",
          "pg_get_constraintdef",
          "pg_get_viewdef",
          "pg_sleep",
          "setseed",
          "setval",
          "sleep_ms",
          "txid_current",
          "write_log");

  /** Aggregates whose value grows with the rows. */
  private static final Set<String> GATHERING =
      Set.of(
          "approx_top_k",
          "array_agg",
          "group_concat",
          "histogram",
          "histogram_exact",
          "json_group_array",
          "json_group_object",
          "json_group_structure",
          "list",
          "listagg",
          "lttb",
          "string_agg",
          "variant_group_array",
          "variant_group_object");

  /** Those that do where they are told for how many rows, behind so many other arguments. */
  private static final Map<String, Integer> SELECTING =
      Map.ofEntries(
          Map.entry("max", 1),
          Map.entry("min", 1),
          Map.entry("arg_max", 2),
          Map.entry("arg_min", 2),
          Map.entry("argmax", 2),
          Map.entry("argmin", 2),
          Map.entry("max_by", 2),
          Map.entry("min_by", 2),
          Map.entry("arg_max_nulls_last", 2),
          Map.entry("arg_min_nulls_last", 2));

  /** What makes texts of any width. */
  private static final Set<String> FORMATS = Set.of("format", "printf");

  /** Words that are functions although they look like columns. */
  private static final Set<String> VOLATILE_WORDS =
      Set.of(
          "current_date",
          "current_time",
          "current_timestamp",
          "localtime",
          "localtimestamp",
          "get_current_timestamp");

  private static final String VOLATILE =
      "SELECT DISTINCT function_name FROM duckdb_functions() WHERE coalesce(stability, 'CONSISTENT')"
          + " <> 'CONSISTENT'";

  private final Set<String> volatileNames;

  private SqlFunctions(Set<String> volatileNames) {
    this.volatileNames = volatileNames;
  }

  /** Those of a database. */
  static SqlFunctions of(DuckDBConnection connection) throws SQLException {
    var names = new HashSet<>(VOLATILE_WORDS);
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(VOLATILE)) {
      while (rows.next()) {
        names.add(rows.getString(1));
      }
    }
    return new SqlFunctions(Set.copyOf(names));
  }

  boolean isTableFunction(String name) {
    return TABLE_FUNCTIONS.contains(lower(name));
  }

  boolean isForbidden(String name) {
    String function = lower(name);
    return FORBIDDEN.contains(function)
        || COMPARISONS.contains(function)
        || function.startsWith(INTERNAL);
  }

  /** Whether it is an aggregate that makes of many rows a value as large as they are. */
  boolean isGathering(String name, int arguments) {
    String function = lower(name);
    return GATHERING.contains(function)
        || arguments > SELECTING.getOrDefault(function, Integer.MAX_VALUE);
  }

  boolean isFormat(String name) {
    return FORMATS.contains(lower(name));
  }

  boolean isVolatile(String name) {
    return volatileNames.contains(lower(name));
  }

  boolean isVolatileWord(String word) {
    return VOLATILE_WORDS.contains(lower(word));
  }

  private static String lower(String name) {
    return name.toLowerCase(Locale.ROOT);
  }
}
