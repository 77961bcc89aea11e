package dev.hangar.cli;

import java.util.List;
import org.jline.reader.CompletingParsedLine;
import org.jline.reader.EOFError;
import org.jline.reader.ParsedLine;
import org.jline.reader.Parser;

/** Tells the prompt when a statement is whole, and what word the cursor stands in. Immutable. */
final class PromptParser implements Parser {
  private static final String COMMAND = ".";

  /** Whether a line is for the prompt itself, and not for the server. */
  static boolean isCommand(String line) {
    return line.stripLeading().startsWith(COMMAND);
  }

  @Override
  public ParsedLine parse(String line, int cursor, ParseContext context) {
    boolean isAsked =
        context == ParseContext.ACCEPT_LINE || context == ParseContext.SECONDARY_PROMPT;
    if (isAsked && !isCommand(line) && !line.isBlank() && !SqlText.of(line).isComplete()) {
      throw new EOFError(-1, -1, "goes on until a semicolon", "");
    }
    return new Line(line, cursor, wordStart(line.substring(0, cursor)));
  }

  /** Words are names, as a whole where they are in quotes. */
  private static int wordStart(String before) {
    int quote = isCommand(before) ? -1 : SqlText.of(before).openQuote();
    if (quote >= 0) {
      return quote;
    }
    int start = before.length();
    while (start > 0 && isPartOfWord(before.charAt(start - 1), isCommand(before))) {
      start--;
    }
    return start;
  }

  private static boolean isPartOfWord(char c, boolean isCommand) {
    return isCommand ? !Character.isWhitespace(c) : Character.isLetterOrDigit(c) || c == '_';
  }

  /** A line with the cursor in it; the word ends at the cursor. */
  private record Line(String line, int cursor, int start) implements CompletingParsedLine {
    @Override
    public String word() {
      return line.substring(start, cursor);
    }

    @Override
    public int wordCursor() {
      return cursor - start;
    }

    @Override
    public int wordIndex() {
      return line.substring(0, start).isBlank() ? 0 : 1;
    }

    @Override
    public List<String> words() {
      return wordIndex() == 0 ? List.of(word()) : List.of(line.substring(0, start), word());
    }

    /** Candidates are written as they have to stand. */
    @Override
    public CharSequence escape(CharSequence candidate, boolean complete) {
      return candidate;
    }

    @Override
    public int rawWordCursor() {
      return wordCursor();
    }

    @Override
    public int rawWordLength() {
      return wordCursor();
    }
  }
}
