package dev.hangar.cli;

/**
 * What the launcher says of the terminal: Java alone can't tell a pipe from a terminal for each
 * stream. Immutable.
 *
 * @param columns the width of the terminal that standard output is; 0 where it is none
 * @param progress whether standard error is a terminal
 * @param colour whether colours are welcome on standard output
 * @param input whether standard input is a terminal
 */
record Terminal(int columns, boolean progress, boolean colour, boolean input) {
  /** No terminal at all: a pipe, a file. */
  static final Terminal NONE = new Terminal(0, false, false);

  /** One that nothing is typed on. */
  Terminal(int columns, boolean progress, boolean colour) {
    this(columns, progress, colour, false);
  }

  /** As the launcher says, and the variable NO_COLOR (no-color.org). */
  static Terminal current() {
    int columns = Integer.getInteger("hangar.columns", 0);
    boolean colour =
        columns > 0 && System.getenv("NO_COLOR") == null && !"dumb".equals(System.getenv("TERM"));
    return new Terminal(
        columns, Boolean.getBoolean("hangar.progress"), colour, Boolean.getBoolean("hangar.input"));
  }

  /** Whether somebody reads standard output. */
  boolean isOutput() {
    return columns > 0;
  }

  String bold(String text) {
    return colour ? "\u001b[1m" + text + "\u001b[0m" : text;
  }

  String dim(String text) {
    return colour ? "\u001b[2m" + text + "\u001b[0m" : text;
  }
}
