package dev.hangar.server;

import dev.hangar.store.Durability;
import dev.hangar.store.Quoted;
import dev.hangar.store.WriteOptions;
import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What can be said of a write, by word and value, whether it comes in headers or in JSON.
 *
 * <pre>
 *  durability       disk | memory
 *  mode             replace | append | create
 *  if-version       the number the table's version must have; 0: there must be no table
 *  ttl              500ms, 90s, 10m, 12h, 7d: the table is dropped after it, unless written again
 *  idempotency-key  1 to {@value Limits#IDEMPOTENCY_KEY_CHARS} printable ASCII characters
 *  keep-versions    0 to {@value Limits#KEEP_VERSIONS} replaced versions that stay
 * </pre>
 */
final class WriteWords {
  /** Every word, in the order they are told. */
  static final List<String> ALL =
      List.of("durability", "mode", "if-version", "ttl", "idempotency-key", "keep-versions");

  private WriteWords() {}

  /**
   * {@code options} with what one word says.
   *
   * @param where the word as the caller wrote it, for messages
   * @throws StatusException INVALID_ARGUMENT, naming where, value and what there is
   */
  static WriteOptions apply(WriteOptions options, String word, String value, String where) {
    return switch (word) {
      case "durability" ->
          options.withDurability(choice(Durability.class, Durability.values(), value, where));
      case "mode" ->
          options.withMode(
              choice(WriteOptions.Mode.class, WriteOptions.Mode.values(), value, where));
      case "if-version" ->
          options.withIfVersion(
              number(
                  value, Long.MAX_VALUE, where, "a version, or 0 for a table that is not there"));
      case "ttl" -> options.withTimeToLive(timeToLive(value, where));
      case "idempotency-key" -> options.withIdempotencyKey(key(value, where));
      case "keep-versions" ->
          options.withKeepVersions(
              (int)
                  number(value, Limits.KEEP_VERSIONS, where, "from 0 to " + Limits.KEEP_VERSIONS));
      default -> throw new IllegalArgumentException(word);
    };
  }

  /** A whole number of at least 0, in ASCII digits. */
  static long number(String value, long most, String where, String expected) {
    try {
      long number = value.matches("[0-9]+") ? Long.parseLong(value) : -1;
      if (number >= 0 && number <= most) {
        return number;
      }
    } catch (NumberFormatException tooLarge) {
      // said below
    }
    throw invalid(where, value, expected);
  }

  private static <E extends Enum<E>> E choice(
      Class<E> type, E[] values, String value, String where) {
    for (E choice : values) {
      if (word(choice).equals(value)) {
        return Enum.valueOf(type, choice.name());
      }
    }
    String all = Arrays.stream(values).map(WriteWords::word).collect(Collectors.joining(" or "));
    throw invalid(where, value, all);
  }

  /** An enum's constant as it is written. */
  static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  private static Duration timeToLive(String value, String where) {
    Duration span;
    try {
      span = TimeSpan.parse(value);
    } catch (IllegalArgumentException e) {
      throw invalid(where, value, "a time such as 500ms, 90s, 10m, 12h or 7d");
    }
    if (span.compareTo(Limits.TIME_TO_LIVE) > 0) {
      throw invalid(where, value, "at most " + Limits.TIME_TO_LIVE.toDays() + "d");
    }
    return span;
  }

  private static String key(String value, String where) {
    if (value.isEmpty()
        || value.length() > Limits.IDEMPOTENCY_KEY_CHARS
        || !value.chars().allMatch(c -> c >= ' ' && c <= '~')) {
      throw invalid(
          where, value, "1 to " + Limits.IDEMPOTENCY_KEY_CHARS + " printable ASCII characters");
    }
    return value;
  }

  private static StatusException invalid(String where, String value, String expected) {
    return new StatusException(
        StatusCode.INVALID_ARGUMENT,
        where + ": " + Quoted.of(value) + " is not understood; it has to be " + expected);
  }
}
