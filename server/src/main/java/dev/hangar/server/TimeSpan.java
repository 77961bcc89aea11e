package dev.hangar.server;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Spans of time as people write them. */
public final class TimeSpan {
  private static final Pattern TEXT = Pattern.compile("([0-9]{1,18})(ms|s|m|h|d)");

  private TimeSpan() {}

  /**
   * The time of {@code 500ms}, {@code 90s}, {@code 10m}, {@code 12h}, {@code 7d}.
   *
   * @throws IllegalArgumentException it is none of these, or not positive
   */
  public static Duration parse(String text) {
    Matcher parts = TEXT.matcher(text);
    try {
      if (parts.matches()) {
        Duration span = Duration.of(Long.parseLong(parts.group(1)), unit(parts.group(2)));
        if (!span.isZero()) {
          return span;
        }
      }
    } catch (ArithmeticException tooLong) {
      // said below
    }
    throw new IllegalArgumentException(
        "not a time: '" + text + "'; write 500ms, 90s, 10m, 12h or 7d");
  }

  private static ChronoUnit unit(String letters) {
    return switch (letters) {
      case "ms" -> ChronoUnit.MILLIS;
      case "s" -> ChronoUnit.SECONDS;
      case "m" -> ChronoUnit.MINUTES;
      case "h" -> ChronoUnit.HOURS;
      default -> ChronoUnit.DAYS;
    };
  }
}
