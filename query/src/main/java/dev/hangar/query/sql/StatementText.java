package dev.hangar.query.sql;

import dev.hangar.query.sql.ParsedStatement.Target;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A statement's text, divided into what DuckDB's parser can show as a tree, a query, and what
 * stands before that.
 *
 * @param offset how many characters of the statement stand before the query
 */
record StatementText(String query, int offset, Target target) {
  /**
   * What a statement asks for, as far as its first words tell.
   *
   * @throws SqlException INVALID: it is more than DuckDB's parser should be given
   */
  static StatementText of(String sql) {
    requireBounded(sql);
    StatementText explain = explain(sql);
    StatementText write = explain == null ? write(sql) : explain;
    return write == null ? answer(sql) : write;
  }

  private static @Nullable StatementText write(String sql) {
    StatementText create = create(sql);
    return create == null ? insert(sql) : create;
  }

  private static StatementText answer(String sql) {
    StatementText describe = describe(sql);
    return describe == null ? new StatementText(sql, 0, new Target.Answer()) : describe;
  }

  private static @Nullable StatementText explain(String sql) {
    var words = new StatementWords(sql);
    if (!words.skip("EXPLAIN")) {
      return null;
    }
    Target.Explain target = ExplainOptions.read(words);
    int from = words.from();
    String rest = sql.substring(from);
    if (write(rest) != null) {
      throw SqlException.invalid(
          "EXPLAIN shows the plan of a query alone; leave out the CREATE TABLE … AS, or the INSERT"
              + " INTO, before the query",
          from);
    }
    StatementText query = answer(rest);
    return new StatementText(query.query(), from + query.offset(), target);
  }

  /**
   * DuckDB's parser and planner can't be stopped, take time by the square of some statements'
   * lengths, and stack by their depth.
   */
  private static void requireBounded(String sql) {
    if (sql.indexOf(0) >= 0) {
      throw SqlException.invalid(
          "the statement has a character 0, which SQL can't have", sql.indexOf(0));
    }
    var words = new StatementWords(sql);
    int count = 0;
    for (int depth = 0; !words.isAtEnd(); words.next()) {
      depth += depth(words.sign());
      if (depth > Limits.DEPTH) {
        throw SqlException.invalid(
            "the statement has more than %d brackets within each other".formatted(Limits.DEPTH),
            words.from());
      }
      if (++count > Limits.WORDS) {
        throw SqlException.invalid(
            "the statement has more than %d words and signs; put long lists of values into a table"
                .formatted(Limits.WORDS),
            words.from());
      }
    }
  }

  private static int depth(char sign) {
    return switch (sign) {
      case '(', '[', '{' -> 1;
      case ')', ']', '}' -> -1;
      default -> 0;
    };
  }

  private static @Nullable StatementText create(String sql) {
    var words = new StatementWords(sql);
    if (!words.skip("CREATE")) {
      return null;
    }
    boolean isReplacing = words.skip("OR", "REPLACE");
    if (!words.skip("TABLE")) {
      return null;
    }
    boolean isKeeping = words.skip("IF", "NOT", "EXISTS");
    List<String> name = words.name();
    int end = words.to();
    if (name.isEmpty() || !words.skip("AS")) {
      return null;
    }
    Target.Create.Mode mode =
        isReplacing
            ? Target.Create.Mode.REPLACE
            : isKeeping ? Target.Create.Mode.KEEP : Target.Create.Mode.REFUSE;
    return behind(end, sql, new Target.Create(name, mode));
  }

  private static @Nullable StatementText insert(String sql) {
    var words = new StatementWords(sql);
    if (!words.skip("INSERT", "INTO")) {
      return null;
    }
    List<String> name = words.name();
    if (name.isEmpty()) {
      return null;
    }
    int end = words.from();
    List<String> columns = columns(words);
    if (columns == null) {
      return behind(end, sql, new Target.Insert(name, List.of(), false)); // a query in brackets
    }
    boolean isByName = words.skip("BY", "NAME");
    return behind(words.from(), sql, new Target.Insert(name, columns, isByName));
  }

  /** The names in brackets, if such stand here; none without brackets; null for other things. */
  private static @Nullable List<String> columns(StatementWords words) {
    var columns = new ArrayList<String>();
    if (words.sign() != '(') {
      return columns;
    }
    do {
      words.next();
      List<String> name = words.name();
      if (name.size() != 1) {
        return null;
      }
      columns.addAll(name);
    } while (words.sign() == ',');
    if (words.sign() != ')') {
      return null;
    }
    words.next();
    return columns;
  }

  /** What DuckDB's tree tells no places of. */
  private static @Nullable StatementText describe(String sql) {
    var words = new StatementWords(sql);
    boolean isSummary = words.skip("SUMMARIZE");
    if (!isSummary && !words.skip("DESCRIBE") && !words.skip("DESC")) {
      return null;
    }
    int from = words.from();
    int to = words.to();
    while (words.isName()) {
      to = words.to();
      words.next();
      if (!words.skip(".")) {
        break;
      }
    }
    words.skip(";");
    if (to == from || !words.isAtEnd()) {
      return null;
    }
    String begin = (isSummary ? "SUMMARIZE" : "DESCRIBE") + " (FROM ";
    String query = begin + sql.substring(from, to) + ")";
    return new StatementText(query, from - begin.length(), new Target.Answer());
  }

  private static StatementText behind(int end, String sql, Target target) {
    return new StatementText(sql.substring(end), end, target);
  }
}
