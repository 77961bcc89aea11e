package dev.hangar.store;

/** A stranger's text made fit for a message: in quotes, cut, with nothing that moves a cursor. */
public final class Quoted {
  private Quoted() {}

  public static String of(String text) {
    var quoted = new StringBuilder("\"");
    int end = Math.min(text.length(), Limits.QUOTED_CHARS);
    text.substring(0, end).chars().forEach(c -> append(quoted, (char) c));
    return quoted.append(end < text.length() ? "…\"" : "\"").toString();
  }

  private static void append(StringBuilder quoted, char c) {
    if (isPlain(c)) {
      quoted.append(c);
    } else {
      quoted.append(String.format("\\u%04x", (int) c));
    }
  }

  /** Format characters are escaped too: some of them reverse the text that follows. */
  private static boolean isPlain(char c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> c != '"' && c != '\\';
    };
  }
}
