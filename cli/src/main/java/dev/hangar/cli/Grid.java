package dev.hangar.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * Rows and columns of text, drawn with lines. Columns that don't fit the terminal are left out, and
 * counted.
 *
 * @param rightAligned of each column
 * @param rows each as long as {@code names}
 */
record Grid(List<String> names, List<Boolean> rightAligned, List<List<String>> rows) {
  private static final int CELL_COLUMNS_MAX = 40;
  private static final int BORDER_COLUMNS = 3;

  void print(Terminal terminal, PrintWriter out) {
    List<Integer> widths = widths();
    int shown = fitting(widths, terminal.columns());
    List<Integer> visible = widths.subList(0, shown);
    out.println(rule(visible, "┌", "┬", "┐"));
    out.println(line(names, visible, terminal));
    out.println(rule(visible, "├", "┼", "┤"));
    rows.forEach(row -> out.println(line(row, visible, null)));
    out.println(rule(visible, "└", "┴", "┘"));
    if (shown < names.size()) {
      List<String> hidden = names.subList(shown, names.size());
      out.println(
          Text.line(
              "… and " + hidden.size() + " more columns: " + String.join(", ", hidden),
              terminal.columns()));
    }
  }

  private List<Integer> widths() {
    var widths = new ArrayList<Integer>();
    for (int column = 0; column < names.size(); column++) {
      int width = Text.width(names.get(column));
      for (List<String> row : rows) {
        width = Math.max(width, Text.width(row.get(column)));
      }
      widths.add(Math.max(1, Math.min(width, CELL_COLUMNS_MAX)));
    }
    return widths;
  }

  /** How many columns fit; the first always does. */
  private static int fitting(List<Integer> widths, int terminalColumns) {
    int used = 1;
    for (int column = 0; column < widths.size(); column++) {
      used += widths.get(column) + BORDER_COLUMNS;
      if (used > terminalColumns && column > 0) {
        return column;
      }
    }
    return widths.size();
  }

  private static String rule(List<Integer> widths, String left, String middle, String right) {
    List<String> parts = widths.stream().map(width -> "─".repeat(width + 2)).toList();
    return left + String.join(middle, parts) + right;
  }

  private String line(
      List<String> cells, List<Integer> widths, @org.jspecify.annotations.Nullable Terminal bold) {
    var line = new StringBuilder("│");
    for (int column = 0; column < widths.size(); column++) {
      int width = widths.get(column);
      String cell = Text.line(cells.get(column), width);
      String padding = " ".repeat(width - Text.width(cell));
      String shown = bold == null ? cell : bold.bold(cell);
      line.append(' ')
          .append(rightAligned.get(column) ? padding + shown : shown + padding)
          .append(" │");
    }
    return line.toString();
  }
}
