package dev.hangar.query.sql;

import dev.hangar.query.sql.ParsedStatement.Target;
import java.util.List;
import java.util.Locale;

/** What stands between EXPLAIN and its query: {@code ANALYZE}, and options in brackets. */
final class ExplainOptions {
  private static final String TEXT = "text";

  /**
   * The formats that tell a plan and nothing else. DuckDB's page of HTML quotes the text that ran,
   * which nobody wrote.
   */
  private static final List<String> FORMATS =
      List.of(TEXT, "json", "yaml", "graphviz", "mermaid", "compact");

  private final StatementWords words;
  private boolean isRun;
  private String format = TEXT;

  private ExplainOptions(StatementWords words) {
    this.words = words;
  }

  /** What {@code words}, which stand behind EXPLAIN, ask for; goes to the query. */
  static Target.Explain read(StatementWords words) {
    var options = new ExplainOptions(words);
    options.isRun = options.isAnalyze();
    if (words.sign() == '(' && !words.isBeforeQuery()) {
      options.readList();
    }
    return new Target.Explain(options.isRun, options.format);
  }

  private boolean isAnalyze() {
    return words.skip("ANALYZE") || words.skip("ANALYSE");
  }

  private void readList() {
    do {
      words.next();
      readOption();
    } while (words.sign() == ',');
    if (words.sign() != ')') {
      throw SqlException.invalid(
          "the options of EXPLAIN end with ) before the query, as in (ANALYZE, FORMAT json)",
          words.from());
    }
    words.next();
  }

  private void readOption() {
    if (isAnalyze()) {
      isRun = words.skip("TRUE") || words.skip("ON") || !(words.skip("FALSE") || words.skip("OFF"));
    } else if (words.skip("FORMAT")) {
      readFormat();
    } else {
      throw SqlException.invalid(
          "EXPLAIN has no option " + words.word() + " here; there are ANALYZE and FORMAT",
          words.from());
    }
  }

  private void readFormat() {
    String asked = words.word();
    format = asked.replaceAll("^['\"]|['\"]$", "").toLowerCase(Locale.ROOT);
    if (!FORMATS.contains(format)) {
      throw SqlException.invalid(
          "EXPLAIN has no FORMAT " + asked + " here; there are " + String.join(", ", FORMATS),
          words.from());
    }
    words.next();
  }
}
