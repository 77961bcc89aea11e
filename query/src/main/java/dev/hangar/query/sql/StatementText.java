package dev.hangar.query.sql;

import dev.hangar.query.sql.ParsedStatement.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A statement's text, divided into what DuckDB's parser can show as a tree, a query, and what
 * stands before that.
 *
 * @param offset how many characters of the statement stand before the query
 */
record StatementText(String query, int offset, Target target) {
  private static final String SPACE = "(?:\\s|--[^\\n]*\\n|/\\*(?s:.*?)\\*/)+";
  private static final String PART = "(?:\"(?:[^\"]|\"\")+\"|[\\p{L}_][\\p{L}\\p{N}_$]*)";
  private static final String NAME = PART + "(?:\\." + PART + ")*";
  private static final String START = "(?i)^(?:" + SPACE + ")?";

  private static final Pattern CREATE =
      Pattern.compile(
          START
              + "CREATE"
              + SPACE
              + "(?<replace>OR"
              + SPACE
              + "REPLACE"
              + SPACE
              + ")?TABLE"
              + SPACE
              + "(?<keep>IF"
              + SPACE
              + "NOT"
              + SPACE
              + "EXISTS"
              + SPACE
              + ")?(?<name>"
              + NAME
              + ")"
              + SPACE
              + "AS\\b");

  private static final Pattern INSERT =
      Pattern.compile(
          START
              + "INSERT"
              + SPACE
              + "INTO"
              + SPACE
              + "(?<name>"
              + NAME
              + ")(?:"
              + SPACE
              + ")?(?<columns>\\(\\s*"
              + PART
              + "(?:\\s*,\\s*"
              + PART
              + ")*\\s*\\))?(?<byname>"
              + "(?:"
              + SPACE
              + ")?BY"
              + SPACE
              + "NAME\\b)?");

  /** What DuckDB's tree tells no places of. */
  private static final Pattern DESCRIBE =
      Pattern.compile(
          START + "(?<what>DESCRIBE|DESC|SUMMARIZE)" + SPACE + "(?<name>" + NAME + ")\\s*;?\\s*$");

  private static final Pattern PARTS = Pattern.compile(PART);

  /** What a statement asks for, as far as its first words tell. */
  static StatementText of(String sql) {
    Matcher create = CREATE.matcher(sql);
    if (create.find()) {
      Target.Create.Mode mode =
          create.group("replace") != null
              ? Target.Create.Mode.REPLACE
              : create.group("keep") != null ? Target.Create.Mode.KEEP : Target.Create.Mode.REFUSE;
      return behind(create, sql, new Target.Create(names(create.group("name")), mode));
    }
    Matcher insert = INSERT.matcher(sql);
    if (insert.find()) {
      return behind(
          insert,
          sql,
          new Target.Insert(
              names(insert.group("name")),
              names(insert.group("columns")),
              insert.group("byname") != null));
    }
    Matcher describe = DESCRIBE.matcher(sql);
    if (describe.find()) {
      String what =
          describe.group("what").length() > "DESCRIBE".length() ? "SUMMARIZE" : "DESCRIBE";
      String begin = what + " (FROM ";
      int offset = describe.start("name") - begin.length();
      return new StatementText(begin + describe.group("name") + ")", offset, new Target.Answer());
    }
    return new StatementText(sql, 0, new Target.Answer());
  }

  private static StatementText behind(Matcher words, String sql, Target target) {
    return new StatementText(sql.substring(words.end()), words.end(), target);
  }

  /** The names in {@code text}, without their quotes. */
  private static List<String> names(@Nullable String text) {
    var names = new ArrayList<String>();
    Matcher parts = PARTS.matcher(text == null ? "" : text);
    while (parts.find()) {
      names.add(unquoted(parts.group()));
    }
    return names;
  }

  private static String unquoted(String part) {
    return part.startsWith("\"")
        ? part.substring(1, part.length() - 1).replace("\"\"", "\"")
        : part;
  }
}
