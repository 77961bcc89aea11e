package dev.hangar.server;

import com.google.protobuf.ByteString;
import dev.hangar.store.Quoted;
import dev.hangar.store.TableName;
import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * A JSON object that a caller sent, of known keys only. Immutable.
 *
 * @param what it is, for messages
 */
record JsonBody(String what, Map<String, Object> values) {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  /**
   * The object in an action's body.
   *
   * @throws StatusException INVALID_ARGUMENT: it is none, or has other keys than {@code known}
   */
  static JsonBody of(String action, ByteString body, String... known) {
    String what = "the body of " + action;
    return parse(what, text(what, body), known);
  }

  /** The object in {@code json}, as {@link #of} has it. */
  static JsonBody parse(String what, String json, String... known) {
    try {
      Map<String, Object> values = JSON.readValue(json, new TypeReference<>() {});
      if (values == null) {
        throw invalid(what + " has to be a JSON object, not null");
      }
      return new JsonBody(what, values).checked(known);
    } catch (JacksonException e) {
      throw invalid(what + " has to be a JSON object, and is none: " + e.getOriginalMessage());
    }
  }

  /** An answer, as bytes. */
  static ByteString write(Object answer) {
    return ByteString.copyFrom(JSON.writeValueAsBytes(answer));
  }

  static String text(String what, ByteString bytes) {
    if (!bytes.isValidUtf8()) {
      throw invalid(what + ", of " + bytes.size() + " bytes, is not UTF-8");
    }
    return bytes.toStringUtf8();
  }

  private JsonBody checked(String... known) {
    for (String key : values.keySet()) {
      if (!Arrays.asList(known).contains(key)) {
        throw invalid(
            what
                + " has an unknown key "
                + Quoted.of(key)
                + "; known are "
                + String.join(", ", known));
      }
    }
    return this;
  }

  boolean has(String key) {
    return values.containsKey(key);
  }

  /** A text that has to be there. */
  String text(String key) {
    if (values.get(key) instanceof String text) {
      return text;
    }
    throw wrong(key, "a text");
  }

  /** A table's name that has to be there, and names no version. */
  TableName table(String key) {
    return Dialect.plain(TableName.parse(text(key)));
  }

  /** A whole number of at least 0, or nothing. */
  OptionalLong number(String key) {
    if (!has(key)) {
      return OptionalLong.empty();
    }
    if (values.get(key) instanceof Number number) {
      return OptionalLong.of(
          WriteWords.number(
              number.toString(), Long.MAX_VALUE, what + ", key " + key, "a whole number from 0"));
    }
    throw wrong(key, "a number");
  }

  /** A text or number, as text; null for nothing. */
  @Nullable String scalar(String key) {
    if (!has(key)) {
      return null;
    }
    if (values.get(key) instanceof String || values.get(key) instanceof Number) {
      return String.valueOf(values.get(key));
    }
    throw wrong(key, "a text or a number");
  }

  /** A list that has to be there. */
  List<?> list(String key) {
    if (values.get(key) instanceof List<?> list) {
      return list;
    }
    throw wrong(key, "a list");
  }

  /** An object that has to be there. */
  JsonBody object(String key, String... known) {
    return object(what + ", key " + key, values.get(key), known);
  }

  /** {@code value} as an object. */
  @SuppressWarnings("unchecked") // JSON's keys are text
  static JsonBody object(String what, @Nullable Object value, String... known) {
    if (value instanceof Map<?, ?> map) {
      return new JsonBody(what, (Map<String, Object>) map).checked(known);
    }
    throw invalid(what + " has to be an object with the keys " + String.join(", ", known));
  }

  private StatusException wrong(String key, String expected) {
    return invalid(
        has(key)
            ? what + ", key " + key + " has to be " + expected
            : what + " has no " + key + ", which has to be " + expected);
  }

  static StatusException invalid(String message) {
    return new StatusException(StatusCode.INVALID_ARGUMENT, message);
  }
}
