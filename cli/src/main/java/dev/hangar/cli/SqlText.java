package dev.hangar.cli;

import java.util.ArrayList;
import java.util.List;

/**
 * Text with SQL statements in it, each ended by a semicolon but perhaps the last. Semicolons in
 * quotes and comments end nothing.
 *
 * @param statements those that say something
 * @param isComplete whether the last was ended, and nothing was begun behind it
 * @param openQuote where a double-quoted name begins that is not ended; -1 where there is none
 */
record SqlText(List<Statement> statements, boolean isComplete, int openQuote) {
  /**
   * One of them, without its semicolon.
   *
   * @param start where it begins in the text
   */
  record Statement(int start, String sql) {}

  static SqlText of(String text) {
    return new Scanner(text).scan();
  }

  /** Walks over a text once. */
  private static final class Scanner {
    private static final int NONE = -1;

    private final String text;
    private final List<Statement> statements = new ArrayList<>();
    private int at;
    private int begin = NONE;
    private int openQuote = NONE;

    /** Behind the last character that is neither blank nor of a comment. */
    private int end;

    private boolean isOpen;

    Scanner(String text) {
      this.text = text;
    }

    SqlText scan() {
      while (at < text.length()) {
        step();
      }
      boolean isComplete = begin == NONE && !isOpen;
      finish();
      return new SqlText(List.copyOf(statements), isComplete, openQuote);
    }

    private void step() {
      char c = text.charAt(at);
      if (c == ';') {
        finish();
        at++;
      } else if (text.startsWith("--", at)) {
        skipTo("\n", 0);
      } else if (text.startsWith("/*", at)) {
        skipComment();
      } else if (Character.isWhitespace(c)) {
        at++;
      } else {
        begin = begin == NONE ? at : begin;
        skipWord(c);
        end = at;
      }
    }

    private void skipWord(char c) {
      if (c == '\'') {
        skipString();
      } else if (c == '"') {
        skipName();
      } else if (c == '$' && !isWordBefore()) {
        skipDollars();
      } else {
        at++;
      }
    }

    private void skipName() {
      int start = at++;
      if (!skipTo("\"", 1)) {
        openQuote = start;
      }
    }

    /** Doubled quotes are two strings here, which comes to the same. */
    private void skipString() {
      boolean escapes = at > 0 && Character.toLowerCase(text.charAt(at - 1)) == 'e';
      at++;
      while (at < text.length() && text.charAt(at) != '\'') {
        at += escapes && text.charAt(at) == '\\' ? 2 : 1;
      }
      isOpen |= at >= text.length();
      at = Math.min(at + 1, text.length());
    }

    /** A string between two equal tags: {@code $$…$$}, {@code $a$…$a$}. */
    private void skipDollars() {
      int tagEnd = at + 1;
      while (tagEnd < text.length()
          && Character.isJavaIdentifierPart(text.charAt(tagEnd))
          && text.charAt(tagEnd) != '$') {
        tagEnd++;
      }
      boolean isTag = tagEnd < text.length() && text.charAt(tagEnd) == '$';
      boolean isNumbered = tagEnd > at + 1 && Character.isDigit(text.charAt(at + 1));
      if (!isTag || isNumbered) {
        at++;
        return;
      }
      String tag = text.substring(at, tagEnd + 1);
      at = tagEnd + 1;
      isOpen |= !skipTo(tag, tag.length());
    }

    private void skipComment() {
      int depth = 0;
      do {
        if (text.startsWith("/*", at)) {
          depth++;
          at += 2;
        } else if (text.startsWith("*/", at)) {
          depth--;
          at += 2;
        } else {
          at++;
        }
      } while (depth > 0 && at < text.length());
      isOpen |= depth > 0;
    }

    /** Goes behind the next {@code what}; to the end, and says so, where there is none. */
    private boolean skipTo(String what, int more) {
      int found = text.indexOf(what, at);
      at = found < 0 ? text.length() : found + more;
      return found >= 0;
    }

    private boolean isWordBefore() {
      return at > 0 && Character.isJavaIdentifierPart(text.charAt(at - 1));
    }

    private void finish() {
      if (begin != NONE) {
        statements.add(new Statement(begin, text.substring(begin, end)));
      }
      begin = NONE;
    }
  }
}
