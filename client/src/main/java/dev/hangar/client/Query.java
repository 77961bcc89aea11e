package dev.hangar.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import dev.hangar.wire.FlightDescriptor;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A statement to be answered, of Hangar alone. Immutable; each method makes a copy that differs in
 * one thing.
 *
 * <pre>{@code
 * Query.of("select * from trips where city = ? and km > ?", "Oslo", 12)
 * Query.of("select * from trips where city = $city").parameter("city", "Oslo").timeout(TEN_SECONDS)
 * }</pre>
 *
 * @param sql one statement; tables have their names, in double quotes where there is a {@code /}
 * @param parameters the values of {@code ?} and {@code $1}, under {@code "1"} and so on, and of
 *     {@code $name}, under {@code "name"}: null, Boolean, Number, String, or a List of them
 * @param timeout how long it may run; null for as long as the server lets it
 * @param cache whether an answer that the server has kept will do, and it may keep this one
 */
public record Query(
    String sql,
    Map<String, @Nullable Object> parameters,
    @Nullable Duration timeout,
    boolean cache) {
  private static final ObjectMapper JSON = new ObjectMapper();

  public Query(
      String sql,
      Map<String, @Nullable Object> parameters,
      @Nullable Duration timeout,
      boolean cache) {
    parameters.forEach((name, value) -> requireSendable(sql, name, value));
    if (timeout != null && timeout.toMillis() < 1) {
      throw new IllegalArgumentException("a timeout is a millisecond at least, not " + timeout);
    }
    this.sql = sql;
    this.parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
    this.timeout = timeout;
    this.cache = cache;
  }

  /** A statement, and the values of {@code ?} or {@code $1} and those behind it. */
  public static Query of(String sql, @Nullable Object... parameters) {
    return new Query(sql, Map.of(), null, true).parameters(Arrays.asList(parameters));
  }

  /** Another statement with the same parameters, and to be answered the same way. */
  public Query sql(String sql) {
    return new Query(sql, parameters, timeout, cache);
  }

  /** The same with values for {@code ?} or {@code $1} and those behind it, in place of any. */
  public Query parameters(List<? extends @Nullable Object> values) {
    var numbered = new LinkedHashMap<String, @Nullable Object>();
    for (Object value : values) {
      numbered.put(Integer.toString(numbered.size() + 1), value);
    }
    return new Query(sql, numbered, timeout, cache);
  }

  /** The same with a value for {@code $name}. */
  public Query parameter(String name, @Nullable Object value) {
    var more = new LinkedHashMap<String, @Nullable Object>(parameters);
    more.put(name, value);
    return new Query(sql, more, timeout, cache);
  }

  /** The same that may run so long; null for as long as the server lets it. */
  public Query timeout(@Nullable Duration timeout) {
    return new Query(sql, parameters, timeout, cache);
  }

  /** The same that may be answered by what the server has kept, or is run in any case. */
  public Query cache(boolean cache) {
    return new Query(sql, parameters, timeout, cache);
  }

  /** The command that asks for it. */
  FlightDescriptor descriptor() {
    var words = new LinkedHashMap<String, Object>();
    words.put("sql", sql);
    if (!parameters.isEmpty()) {
      words.put("parameters", parameters);
    }
    if (timeout != null) {
      words.put("timeout", timeout.toMillis() + "ms");
    }
    if (!cache) {
      words.put("cache", "no");
    }
    try {
      return new FlightDescriptor.Command(ByteString.copyFrom(JSON.writeValueAsBytes(words)));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("the statement cannot be written as JSON: " + sql, e);
    }
  }

  private static void requireSendable(String sql, String name, @Nullable Object value) {
    if (value instanceof List<?> list) {
      list.forEach(item -> requireSendable(sql, name, item));
    } else if (!isSendable(value)) {
      throw new IllegalArgumentException(
          "parameter "
              + name
              + " of '"
              + sql
              + "' is "
              + value
              + "; it has to be null, a Boolean, a finite Number, a String, or a List of them"
              + " (text can be cast: ?::date)");
    }
  }

  private static boolean isSendable(@Nullable Object value) {
    return value == null
        || value instanceof Boolean
        || value instanceof String
        || (value instanceof Number number && Double.isFinite(number.doubleValue()))
        || (value instanceof java.math.BigDecimal || value instanceof java.math.BigInteger);
  }
}
