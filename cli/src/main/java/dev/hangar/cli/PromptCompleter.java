package dev.hangar.cli;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jline.reader.Candidate;
import org.jline.reader.Completer;
import org.jline.reader.LineReader;
import org.jline.reader.ParsedLine;

/** What a word of a statement can become: a table, a column of those it names, a keyword. */
final class PromptCompleter implements Completer {
  private static final List<String> KEYWORDS =
      List.of(
          "select",
          "from",
          "where",
          "group by",
          "order by",
          "limit",
          "offset",
          "having",
          "join",
          "left join",
          "right join",
          "full join",
          "cross join",
          "asof join",
          "on",
          "using",
          "as",
          "and",
          "or",
          "not",
          "in",
          "is null",
          "is not null",
          "between",
          "like",
          "ilike",
          "case",
          "when",
          "then",
          "else",
          "end",
          "distinct",
          "union all",
          "union",
          "except",
          "intersect",
          "with",
          "asc",
          "desc",
          "nulls last",
          "nulls first",
          "cast",
          "count",
          "sum",
          "avg",
          "min",
          "max",
          "over",
          "partition by",
          "qualify",
          "sample",
          "exclude",
          "replace",
          "values",
          "create table",
          "create or replace table",
          "insert into",
          "describe",
          "explain",
          "summarize",
          "true",
          "false",
          "null",
          "interval",
          "date",
          "timestamp");

  /** A name behind a word that tables follow. */
  private static final Pattern TABLE =
      Pattern.compile(
          "\\b(?:from|join|into|table|update|describe|summarize)\\s+(?:\"((?:[^\"]|\"\")+)\"|(\\w+))",
          Pattern.CASE_INSENSITIVE);

  /** Where only a table can follow. */
  private static final Pattern BEFORE_TABLE =
      Pattern.compile("\\b(?:from|join|into|describe|summarize)\\s+$", Pattern.CASE_INSENSITIVE);

  private final ServerNames names;

  PromptCompleter(ServerNames names) {
    this.names = names;
  }

  @Override
  public void complete(LineReader reader, ParsedLine line, List<Candidate> candidates) {
    String before = line.line().substring(0, line.cursor() - line.wordCursor());
    boolean isQuoted = line.word().startsWith("\"");
    if (PromptParser.isCommand(line.line())) {
      addCommands(before, candidates);
      return;
    }
    names.tables().forEach(table -> candidates.add(name(table, isQuoted, "tables")));
    if (!BEFORE_TABLE.matcher(before).find()) {
      columns(line.line()).forEach(column -> candidates.add(name(column, isQuoted, "columns")));
      if (!isQuoted) {
        KEYWORDS.forEach(word -> candidates.add(candidate(cased(word, line.word()), "keywords")));
      }
    }
  }

  private void addCommands(String before, List<Candidate> candidates) {
    if (before.isBlank()) {
      PromptCommands.NAMES.forEach(name -> candidates.add(candidate(name, "commands")));
    } else if (before.strip().equals(PromptCommands.SCHEMA)) {
      names.tables().forEach(table -> candidates.add(candidate(table, "tables")));
    }
  }

  /** Those of every table that the statement names so far. */
  private Set<String> columns(String statement) {
    var columns = new TreeSet<String>();
    Matcher table = TABLE.matcher(statement);
    while (table.find()) {
      String name = table.group(1) == null ? table.group(2) : table.group(1).replace("\"\"", "\"");
      columns.addAll(names.columns(name));
    }
    return columns;
  }

  private static Candidate name(String name, boolean isQuoted, String group) {
    return candidate(isQuoted ? SqlNames.quoted(name) : SqlNames.written(name), group);
  }

  private static Candidate candidate(String value, String group) {
    return new Candidate(value, value, group, null, null, null, true);
  }

  /** Keywords are written as the word was begun. */
  private static String cased(String keyword, String word) {
    boolean isUpper = !word.isEmpty() && word.equals(word.toUpperCase(Locale.ROOT));
    return isUpper ? keyword.toUpperCase(Locale.ROOT) : keyword;
  }
}
