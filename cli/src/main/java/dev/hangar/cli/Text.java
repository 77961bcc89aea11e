package dev.hangar.cli;

import java.util.Locale;

/** Text as a terminal shows it: on one line, without anything a terminal would obey. */
final class Text {
  private static final String CUT = "…";

  /** The first character that may be wider than one column. */
  private static final int FIRST_WIDE = 0x1100;

  private Text() {}

  /** So many rows, in words. */
  static String rows(long count) {
    return rows(count, "");
  }

  /** The same of rows that are told apart by a word, which ends with a space. */
  static String rows(long count, String which) {
    return String.format(Locale.ROOT, "%,d %s%s", count, which, count == 1 ? "row" : "rows");
  }

  /** Text without control characters, cut to {@code columns}. */
  static String line(String text, int columns) {
    String clean = text.replaceAll("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]", "·");
    return width(clean) <= columns ? clean : cut(clean, columns);
  }

  /** The columns that text takes; East Asian characters and emoji take two (Unicode, annex 11). */
  static int width(String text) {
    return text.codePoints().map(Text::width).sum();
  }

  private static String cut(String text, int columns) {
    var kept = new StringBuilder();
    int used = CUT.length();
    for (int c : text.codePoints().toArray()) {
      used += width(c);
      if (used > columns) {
        break;
      }
      kept.appendCodePoint(c);
    }
    return kept + CUT;
  }

  private static int width(int c) {
    if (c < FIRST_WIDE) {
      return Character.getType(c) == Character.NON_SPACING_MARK ? 0 : 1;
    }
    return isWide(c) ? 2 : 1;
  }

  private static boolean isWide(int c) {
    return c <= 0x115F
        || (c >= 0x2E80 && c <= 0xA4CF)
        || (c >= 0xAC00 && c <= 0xD7A3)
        || (c >= 0xF900 && c <= 0xFAFF)
        || (c >= 0xFE30 && c <= 0xFE6F)
        || (c >= 0xFF00 && c <= 0xFF60)
        || (c >= 0xFFE0 && c <= 0xFFE6)
        || (c >= 0x1F300 && c <= 0x1FAFF)
        || (c >= 0x20000 && c <= 0x3FFFD);
  }
}
