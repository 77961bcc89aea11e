package dev.hangar.query.sql;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A statement as a client asks for it. Immutable.
 *
 * @param sql one statement
 * @param parameters the values of {@code ?}, {@code $1} and {@code $name}, under {@code "1"} and
 *     {@code "name"}: null, Boolean, Number, String, or a List of them
 * @param timeout how long it may run; null for as long as the server lets it
 * @param cache whether an answer that is kept will do, and this one may be kept
 */
public record SqlCommand(
    String sql,
    Map<String, @Nullable Object> parameters,
    @Nullable Duration timeout,
    boolean cache) {
  public SqlCommand(
      String sql,
      Map<String, @Nullable Object> parameters,
      @Nullable Duration timeout,
      boolean cache) {
    this.sql = sql;
    this.parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
    this.timeout = timeout;
    this.cache = cache;
  }

  /** A statement without parameters. */
  public static SqlCommand of(String sql) {
    return new SqlCommand(sql, Map.of(), null, true);
  }

  /** The same with values for {@code ?} or {@code $1} and those behind it. */
  public SqlCommand withParameters(List<? extends @Nullable Object> values) {
    var numbered = new LinkedHashMap<String, @Nullable Object>();
    for (Object value : values) {
      numbered.put(Integer.toString(numbered.size() + 1), value);
    }
    return new SqlCommand(sql, numbered, timeout, cache);
  }
}
