package dev.hangar.server;

import dev.hangar.query.sql.SqlCommand;
import dev.hangar.store.Quoted;
import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A statement as clients write it in JSON.
 *
 * <pre>
 *  {"sql": "select * from t where a = ?",   the statement
 *   "parameters": [5],                      or {"name": 5} for $name
 *   "timeout": "30s",                       how long it may run
 *   "cache": "no"}                          not an answer that was kept, and don't keep this one
 * </pre>
 */
final class SqlWords {
  /** The keys there are. */
  static final List<String> KEYS = List.of("sql", "parameters", "timeout", "cache");

  private SqlWords() {}

  /**
   * The statement that {@code body} asks for.
   *
   * @throws StatusException INVALID_ARGUMENT: it has a value that is not understood
   */
  static SqlCommand command(JsonBody body) {
    Map<String, Object> values = body.values();
    for (String key : values.keySet()) {
      if (!KEYS.contains(key)) {
        throw invalid(body.what() + " with \"sql\" has no place for " + Quoted.of(key));
      }
    }
    if (!(values.get("sql") instanceof String sql)) {
      throw invalid("\"sql\" has to be a statement in quotes");
    }
    if (sql.length() > Limits.SQL_CHARS) {
      throw invalid(
          "the statement has " + sql.length() + " characters; it may have " + Limits.SQL_CHARS);
    }
    return new SqlCommand(
        sql,
        parameters(values.get("parameters")),
        timeout(values.get("timeout")),
        cache(values.get("cache")));
  }

  /** The same in JSON again. */
  static Map<String, Object> words(SqlCommand command) {
    var words = new LinkedHashMap<String, Object>();
    words.put("sql", command.sql());
    words.put("parameters", command.parameters());
    if (command.timeout() != null) {
      words.put("timeout", command.timeout().toMillis() + "ms");
    }
    words.put("cache", command.cache() ? "yes" : "no");
    return words;
  }

  private static Map<String, @Nullable Object> parameters(@Nullable Object value) {
    var parameters = new LinkedHashMap<String, @Nullable Object>();
    switch (value) {
      case null -> {}
      case List<?> list -> list.forEach(item -> parameters.put("" + (parameters.size() + 1), item));
      case Map<?, ?> map -> map.forEach((name, item) -> parameters.put("" + name, item));
      default -> throw invalid("\"parameters\" has to be a list, or an object of names and values");
    }
    return parameters;
  }

  private static @Nullable Duration timeout(@Nullable Object value) {
    if (value == null) {
      return null;
    }
    try {
      return TimeSpan.parse("" + value);
    } catch (IllegalArgumentException e) {
      throw invalid("\"timeout\": " + e.getMessage());
    }
  }

  private static boolean cache(@Nullable Object value) {
    if (value == null || value.equals("yes")) {
      return true;
    }
    if (value.equals("no")) {
      return false;
    }
    throw invalid("\"cache\" has to be \"yes\" or \"no\", not " + Quoted.of("" + value));
  }

  private static StatusException invalid(String message) {
    return new StatusException(StatusCode.INVALID_ARGUMENT, message);
  }
}
