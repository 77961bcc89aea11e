package dev.hangar.query.sql;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What DuckDB's {@code EXPLAIN (FORMAT json)} tells of the tables a query scans. Their columns are
 * numbered, so that names can't be taken for other words. Immutable.
 */
final class ExplainedPlan {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** A table of the planner's. */
  private static final Pattern TABLE = Pattern.compile("\\bhangar_t(\\d+)\"?$");

  private static final Pattern COLUMN = Pattern.compile("\\bc(\\d+)\\b");

  /** Begins a filter that only helps, and may not hold for all rows that count. */
  private static final String OPTIONAL = "optional:";

  /** What is scanned of one table. */
  static final class TableScan {
    private final TreeSet<Integer> columns = new TreeSet<>();
    private final List<String> filters = new ArrayList<>();
    private int count;

    /** How often it is scanned. */
    int count() {
      return count;
    }

    /** Numbers of the columns, or more than them. */
    List<Integer> columns() {
      return List.copyOf(columns);
    }

    /** What rows have to fulfil. */
    List<String> filters() {
      return filters;
    }
  }

  /**
   * Begins the names of what is recursive; scans beside that read all columns, and don't say so.
   */
  private static final String RECURSIVE = "REC_CTE";

  private final Map<Integer, TableScan> scans = new HashMap<>();
  private boolean isRecursive;

  private ExplainedPlan() {}

  /** What the plan tells. */
  static ExplainedPlan of(String json) {
    var plan = new ExplainedPlan();
    plan.walk(JSON.readTree(json));
    return plan;
  }

  /** What is scanned of the table with that number; of one that is not, nothing, 0 times. */
  TableScan scan(int table) {
    return scans.getOrDefault(table, new TableScan());
  }

  /** Whether a scan that names no columns may still read them. */
  boolean isRecursive() {
    return isRecursive;
  }

  private void walk(JsonNode node) {
    if (node.isArray()) {
      node.forEach(this::walk);
      return;
    }
    isRecursive |= node.path("name").asString("").startsWith(RECURSIVE);
    JsonNode info = node.path("extra_info");
    Matcher table = TABLE.matcher(info.path("Table").asString(""));
    if (table.find()) {
      add(scans.computeIfAbsent(Integer.valueOf(table.group(1)), number -> new TableScan()), info);
    }
    walk(node.path("children"));
  }

  private static void add(TableScan scan, JsonNode info) {
    scan.count++;
    each(info.path("Projections"), text -> addColumns(scan, text));
    each(
        info.path("Filters"),
        text -> {
          addColumns(scan, text);
          if (!text.startsWith(OPTIONAL)) {
            scan.filters.add(text);
          }
        });
  }

  private static void addColumns(TableScan scan, String text) {
    Matcher columns = COLUMN.matcher(text);
    while (columns.find()) {
      scan.columns.add(Integer.valueOf(columns.group(1)));
    }
  }

  /** A text alone, or several. */
  private static void each(JsonNode texts, Consumer<String> action) {
    if (texts.isArray()) {
      texts.forEach(text -> action.accept(text.asString("")));
    } else if (texts.isString()) {
      action.accept(texts.asString());
    }
  }
}
