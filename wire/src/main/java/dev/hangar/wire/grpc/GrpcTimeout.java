package dev.hangar.wire.grpc;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The {@code grpc-timeout} header: up to eight digits and a unit, one of {@code H M S m u n}. */
final class GrpcTimeout {
  private static final int DIGITS_MAX = 8;
  private static final long VALUE_MAX = 99_999_999;

  private GrpcTimeout() {}

  /** The shortest form that is not shorter than the time. */
  static String encode(Duration timeout) {
    long nanos = Math.max(0, saturatedNanos(timeout));
    if (nanos <= VALUE_MAX) {
      return nanos + "n";
    }
    if (nanos / 1_000 < VALUE_MAX) {
      return nanos / 1_000 + 1 + "u";
    }
    if (nanos / 1_000_000 < VALUE_MAX) {
      return nanos / 1_000_000 + 1 + "m";
    }
    return Math.min(VALUE_MAX, nanos / 1_000_000_000 + 1) + "S";
  }

  /** The time of a header; null where it is malformed. */
  static @Nullable Duration decode(CharSequence header) {
    int digits = header.length() - 1;
    if (digits < 1 || digits > DIGITS_MAX) {
      return null;
    }
    long value = 0;
    for (int i = 0; i < digits; i++) {
      char c = header.charAt(i);
      if (c < '0' || c > '9') {
        return null;
      }
      value = value * 10 + (c - '0');
    }
    TimeUnit unit = unit(header.charAt(digits));
    return unit == null ? null : Duration.of(value, unit.toChronoUnit());
  }

  private static @Nullable TimeUnit unit(char letter) {
    return switch (letter) {
      case 'H' -> TimeUnit.HOURS;
      case 'M' -> TimeUnit.MINUTES;
      case 'S' -> TimeUnit.SECONDS;
      case 'm' -> TimeUnit.MILLISECONDS;
      case 'u' -> TimeUnit.MICROSECONDS;
      case 'n' -> TimeUnit.NANOSECONDS;
      default -> null;
    };
  }

  private static long saturatedNanos(Duration timeout) {
    return timeout.toSeconds() > Long.MAX_VALUE / 1_000_000_000L - 1
        ? Long.MAX_VALUE
        : timeout.toNanos();
  }
}
