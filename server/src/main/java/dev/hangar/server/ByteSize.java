package dev.hangar.server;

import java.util.Locale;

/** Counts of bytes as people read and write them. */
public final class ByteSize {
  private static final String UNITS = "kMGTP";
  private static final int KILO = 1_000;

  private ByteSize() {}

  /** {@code 512 B}, {@code 6.1 KB}, {@code 2.0 GB}: decimal units. */
  public static String text(long bytes) {
    if (bytes < KILO) {
      return bytes + " B";
    }
    double value = bytes;
    int unit = -1;
    while (value >= KILO - 0.05 && unit < UNITS.length() - 1) {
      value /= KILO;
      unit++;
    }
    long tenths = Math.round(value * 10);
    return tenths / 10 + "." + tenths % 10 + " " + Character.toUpperCase(UNITS.charAt(unit)) + "B";
  }

  /**
   * The bytes of {@code 4g}, {@code 512m}, {@code 64k}, {@code 1000}: binary units, as Java's own
   * options have them.
   *
   * @throws IllegalArgumentException it is none of these, or not positive
   */
  public static long parse(String text) {
    String lower = text.strip().toLowerCase(Locale.ROOT).replaceFirst("i?b$", "");
    int unit = lower.isEmpty() ? -1 : "kmgt".indexOf(lower.charAt(lower.length() - 1));
    String digits = unit < 0 ? lower : lower.substring(0, lower.length() - 1).strip();
    try {
      long bytes = Math.multiplyExact(Long.parseLong(digits), 1L << (10 * (unit + 1)));
      if (bytes > 0) {
        return bytes;
      }
    } catch (ArithmeticException | NumberFormatException e) {
      // said below
    }
    throw new IllegalArgumentException("not a size: '" + text + "'; write 512m or 4g");
  }
}
