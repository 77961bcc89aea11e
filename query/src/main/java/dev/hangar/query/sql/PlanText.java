package dev.hangar.query.sql;

import dev.hangar.query.sql.ParsedStatement.Target;
import dev.hangar.query.sql.QueryPlan.Scan;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What EXPLAIN says, in words of whoever asked. Immutable. */
final class PlanText {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String BOX = "│";

  private final PreparedQuery query;
  private final Target.Explain explain;
  private final List<String> folders;

  /**
   * @param folders where files lie, which are the server's own business
   */
  PlanText(PreparedQuery query, Target.Explain explain, List<String> folders) {
    this.query = query;
    this.explain = explain;
    this.folders = folders;
  }

  /** What DuckDB says, without names and places that nobody asked about. */
  String told(String said) {
    String told = said;
    for (String folder : folders) {
      told = without(folder + "/", told);
    }
    return explain.format().equals("json") ? withOriginal(told) : query.text().told(told);
  }

  /** Within boxes, what is left goes on being as wide as before. */
  private static String without(String folder, String text) {
    String spaces = text.contains(BOX) ? " ".repeat(folder.length()) : "";
    return Pattern.compile(Pattern.quote(folder) + "([^\n│]*)")
        .matcher(text)
        .replaceAll(found -> Matcher.quoteReplacement(found.group(1) + spaces));
  }

  /** With the statement as its author wrote it. */
  private String withOriginal(String json) {
    JsonNode tree = JSON.readTree(json);
    if (tree.path("query") instanceof ObjectNode ran && ran.has("sql")) {
      ran.put("sql", explain.prefix() + query.text().original());
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(tree);
    }
    return json;
  }

  /**
   * What is read of each table, a line for each.
   *
   * @param sources of those that come as batches, in order
   */
  String tables(List<TableSource> sources) {
    Iterator<TableSource> next = sources.iterator();
    var lines = new ArrayList<String>();
    for (int i = 0; i < query.tables().size(); i++) {
      String name = query.text().name(i);
      lines.add(
          query.plan().scans().get(i) instanceof Scan.Columns columns
              ? name + ": " + batches(columns, next.next())
              : name + ": files that DuckDB reads by itself");
    }
    return String.join("\n", lines);
  }

  private String batches(Scan.Columns scan, TableSource source) {
    var said = new StringBuilder("columns ").append(names(scan, scan.columns()));
    List<Integer> filtered = source.filtered();
    if (!filtered.isEmpty()) {
      said.append("; batches may be left out by their values of ").append(names(scan, filtered));
    }
    if (!scan.isReadOnce()) {
      said.append("; copied before the plan begins, since it is read more than once");
    }
    if (explain.isRun()) {
      said.append(read(source));
    }
    return said.toString();
  }

  private static String names(Scan.Columns scan, List<Integer> columns) {
    return columns.stream().map(scan.all().names()::get).collect(Collectors.joining(", "));
  }

  private static String read(TableSource source) {
    String of = source.rows() < 0 ? "" : String.format(Locale.ROOT, " of %,d", source.rows());
    return String.format(
        Locale.ROOT,
        "; %,d%s rows read, %,d batches left out",
        source.rowsGiven(),
        of,
        source.batchesSkipped());
  }
}
