package dev.hangar.query.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The words of a statement from its start on: names, texts, numbers and signs, without the spaces
 * and comments between them. Needs no stack, however long a statement is. For one thread.
 */
final class StatementWords {
  private static final Set<String> QUERY_WORDS =
      Set.of(
          "SELECT",
          "FROM",
          "WITH",
          "VALUES",
          "TABLE",
          "DESCRIBE",
          "DESC",
          "SUMMARIZE",
          "SHOW",
          "PIVOT",
          "PIVOT_WIDER",
          "UNPIVOT",
          "PIVOT_LONGER");

  private final String sql;
  private int from;
  private int to;

  /** Stands at the first word. */
  StatementWords(String sql) {
    this.sql = sql;
    next();
  }

  /** Goes to the next word. */
  void next() {
    from = spaceEnd(to);
    to = wordEnd(from);
  }

  /** Whether there are no more. */
  boolean isAtEnd() {
    return from >= sql.length();
  }

  /** Where the word begins. */
  int from() {
    return from;
  }

  /** Where the word ends. */
  int to() {
    return to;
  }

  /** The first character of the word; 0 at the end. */
  char sign() {
    return isAtEnd() ? 0 : sql.charAt(from);
  }

  /** The word; empty at the end. */
  String word() {
    return sql.substring(from, to);
  }

  /** Whether a word stands behind this one that a query can begin with. */
  boolean isBeforeQuery() {
    var behind = new StatementWords(sql.substring(to));
    return behind.sign() == '(' || QUERY_WORDS.contains(behind.word().toUpperCase(Locale.ROOT));
  }

  /** Whether the next words are these, in capitals or not; goes behind them if they are. */
  boolean skip(String... words) {
    int before = from;
    for (String word : words) {
      if (to - from != word.length() || !sql.regionMatches(true, from, word, 0, word.length())) {
        to = before;
        next();
        return false;
      }
      next();
    }
    return true;
  }

  /** The parts of a name that are separated by dots, and goes behind it; empty if there is none. */
  List<String> name() {
    var parts = new ArrayList<String>();
    while (isName()) {
      parts.add(unquoted(sql.substring(from, to)));
      next();
      if (sign() != '.') {
        break;
      }
      next();
    }
    return parts;
  }

  /** Whether the word is a name, with or without quotes. */
  boolean isName() {
    return sign() == '"' ? to - from > 2 : Character.isLetter(sign()) || sign() == '_';
  }

  private static String unquoted(String part) {
    return part.startsWith("\"")
        ? part.substring(1, part.length() - 1).replace("\"\"", "\"")
        : part;
  }

  private int spaceEnd(int start) {
    int at = start;
    while (at < sql.length()) {
      if (sql.startsWith("--", at)) {
        at = lineEnd(at);
      } else if (sql.startsWith("/*", at)) {
        at = commentEnd(at);
      } else if (Character.isWhitespace(sql.charAt(at))) {
        at++;
      } else {
        break;
      }
    }
    return at;
  }

  private int wordEnd(int start) {
    if (start >= sql.length()) {
      return start;
    }
    char first = sql.charAt(start);
    if (first == '\'' || first == '"') {
      return quotedEnd(first, start + 1, false);
    }
    if ((first == 'e' || first == 'E') && sql.startsWith("'", start + 1)) {
      return quotedEnd('\'', start + 2, true);
    }
    if (first == '$') {
      return dollarEnd(start);
    }
    int at = start;
    while (at < sql.length() && isPart(sql.charAt(at))) {
      at++;
    }
    return Math.max(at, start + 1);
  }

  /** Behind the closing quote; two of them are one within the quotes. */
  private int quotedEnd(char quote, int start, boolean hasEscapes) {
    int at = start;
    while (at < sql.length()) {
      char c = sql.charAt(at);
      if (hasEscapes && c == '\\') {
        at += 2;
      } else if (c != quote) {
        at++;
      } else if (at + 1 < sql.length() && sql.charAt(at + 1) == quote) {
        at += 2;
      } else {
        return at + 1;
      }
    }
    return sql.length();
  }

  /** Behind {@code $tag$ … $tag$}, or behind the name of a parameter. */
  private int dollarEnd(int start) {
    int at = start + 1;
    while (at < sql.length() && sql.charAt(at) != '$' && isPart(sql.charAt(at))) {
      at++;
    }
    boolean isText = at < sql.length() && sql.charAt(at) == '$';
    int end = isText ? sql.indexOf(sql.substring(start, at + 1), at + 1) : -1;
    return end < 0 ? at : end + at + 1 - start;
  }

  private int lineEnd(int start) {
    int at = start;
    while (at < sql.length() && sql.charAt(at) != '\n' && sql.charAt(at) != '\r') {
      at++;
    }
    return at;
  }

  /** Comments may have others within. */
  private int commentEnd(int start) {
    int at = start + 2;
    for (int depth = 1; at < sql.length() && depth > 0; ) {
      boolean begins = sql.startsWith("/*", at);
      boolean ends = sql.startsWith("*/", at);
      depth += begins ? 1 : ends ? -1 : 0;
      at += begins || ends ? 2 : 1;
    }
    return at;
  }

  private static boolean isPart(char c) {
    return Character.isLetterOrDigit(c)
        || Character.isSurrogate(c)
        || c == '_'
        || c == '$'
        || c > 127;
  }
}
