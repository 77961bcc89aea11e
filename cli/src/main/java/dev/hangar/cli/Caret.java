package dev.hangar.cli;

/**
 * A place in a statement, shown to people.
 *
 * <pre>
 *  2 | from tripz
 *    |      ^
 * </pre>
 */
final class Caret {
  /** Columns of a line that are shown, so that a terminal does not break it. */
  private static final int COLUMNS_MAX = 100;

  /** Of those, columns before the place. */
  private static final int COLUMNS_BEFORE = 60;

  private static final String TAB = "    ";
  private static final String CUT = "…";

  private Caret() {}

  /**
   * The line and, below it, the mark.
   *
   * @param position in {@code text}, in characters from 0; that behind its last one too
   */
  static String at(String text, int position) {
    int place = Math.max(0, Math.min(position, text.length()));
    int start = text.lastIndexOf('\n', place - 1) + 1;
    int newline = text.indexOf('\n', place);
    String before = shown(text.substring(start, place));
    String after = shown(text.substring(place, newline < 0 ? text.length() : newline));
    String cut = lastColumns(before);
    String number = " " + (1 + text.substring(0, start).chars().filter(c -> c == '\n').count());
    String line = cut + Text.line(after, COLUMNS_MAX - Text.width(cut));
    return number
        + " | "
        + line
        + System.lineSeparator()
        + " ".repeat(number.length())
        + " | "
        + " ".repeat(Text.width(cut))
        + "^";
  }

  private static String shown(String part) {
    String tabbed = part.replace("\r", "").replace("\t", TAB);
    return Text.line(tabbed, Integer.MAX_VALUE);
  }

  private static String lastColumns(String before) {
    if (Text.width(before) <= COLUMNS_BEFORE) {
      return before;
    }
    int from = before.length();
    for (int columns = CUT.length(); columns < COLUMNS_BEFORE; ) {
      int previous = before.offsetByCodePoints(from, -1);
      columns += Text.width(before.substring(previous, from));
      from = previous;
    }
    return CUT + before.substring(from);
  }
}
