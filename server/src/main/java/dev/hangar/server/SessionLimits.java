package dev.hangar.server;

import dev.hangar.wire.SessionOptionValue;
import dev.hangar.wire.SetSessionOptionsResult.Refusal;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/** What a session keeps: options of any name and type, few and small. */
final class SessionLimits {
  private SessionLimits() {}

  /** Why an option can't be set beside those there are; empty where it can. */
  static Optional<Refusal> refusal(
      String name, SessionOptionValue value, Map<String, SessionOptionValue> options) {
    if (name.isBlank() || hasControls(name) || bytes(name) > Limits.SESSION_NAME_BYTES) {
      return Optional.of(Refusal.INVALID_NAME);
    }
    if (bytes(value) > Limits.SESSION_VALUE_BYTES) {
      return Optional.of(Refusal.INVALID_VALUE);
    }
    boolean isMore = !(value instanceof SessionOptionValue.Unset) && !options.containsKey(name);
    return isMore && options.size() >= Limits.SESSION_OPTIONS
        ? Optional.of(Refusal.ERROR)
        : Optional.empty();
  }

  /** Sets an option, or removes it where the value is none. */
  static void put(String name, SessionOptionValue value, Map<String, SessionOptionValue> options) {
    if (value instanceof SessionOptionValue.Unset) {
      options.remove(name);
    } else {
      options.put(name, value);
    }
  }

  private static boolean hasControls(String name) {
    return name.chars().anyMatch(Character::isISOControl);
  }

  private static long bytes(SessionOptionValue value) {
    return switch (value) {
      case SessionOptionValue.Unset() -> 0;
      case SessionOptionValue.Text(String text) -> bytes(text);
      case SessionOptionValue.Bool(boolean flag) -> 1;
      case SessionOptionValue.Int64(long number) -> Long.BYTES;
      case SessionOptionValue.Float64(double number) -> Double.BYTES;
      // each text is an object, were it empty
      case SessionOptionValue.TextList(var texts) ->
          texts.stream().mapToLong(text -> Long.BYTES + bytes(text)).sum();
    };
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
