package dev.hangar.query.sql;

import dev.hangar.query.sql.ParsedQuery.ColumnReference;
import dev.hangar.query.sql.ParsedQuery.Parameter;
import dev.hangar.query.sql.ParsedQuery.Place;
import dev.hangar.query.sql.ParsedQuery.TableReference;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * A walk through the tree that DuckDB's parser makes of a query ({@code json_serialize_sql}), which
 * finds what the query refers to and refuses what nobody is to call. For one thread.
 */
final class SyntaxTree {
  private static final int COLUMN_WITH_TABLE = 3;

  /** In a format, a width that makes a text long, or one that stands elsewhere. */
  private static final Pattern LONG_WIDTH = Pattern.compile("\\d{3}|\\*|\\{[^}]*\\{");

  private final byte[] text;
  private final SqlFunctions functions;
  private final List<TableReference> tables = new ArrayList<>();
  private final List<ColumnReference> columns = new ArrayList<>();
  private final List<Parameter> parameters = new ArrayList<>();
  private boolean isDeterministic = true;

  SyntaxTree(String text, SqlFunctions functions) {
    this.text = text.getBytes(StandardCharsets.UTF_8);
    this.functions = functions;
  }

  /** Walks through a query. */
  void walk(JsonNode query) {
    walk(query, Set.of());
  }

  List<TableReference> tables() {
    return tables;
  }

  List<ColumnReference> columns() {
    return columns;
  }

  List<Parameter> parameters() {
    return parameters;
  }

  boolean isDeterministic() {
    return isDeterministic;
  }

  /**
   * @param names of common table expressions, which are no tables here
   */
  private void walk(JsonNode node, Set<String> names) {
    if (node.isArray()) {
      node.forEach(child -> walk(child, names));
    }
    if (!node.isObject()) {
      return;
    }
    visit(node, names);
    Set<String> inside = names;
    JsonNode expressions = node.path("cte_map").path("map");
    if (!expressions.isEmpty()) {
      inside = new HashSet<>(names);
      for (JsonNode expression : expressions) {
        walkNamed(expression, inside);
      }
    }
    for (String key : node.propertyNames()) {
      if (!key.equals("cte_map")) {
        walk(node.get(key), inside);
      }
    }
  }

  /** A common table expression knows those before it, and itself where it is recursive. */
  private void walkNamed(JsonNode expression, Set<String> names) {
    String name = expression.path("key").asString("").toLowerCase(Locale.ROOT);
    JsonNode query = expression.path("value");
    boolean isRecursive =
        query.path("query_node").path("type").asString("").equals("RECURSIVE_CTE_NODE");
    if (isRecursive) {
      names.add(name);
    }
    walk(query, Set.copyOf(names));
    names.add(name);
  }

  private void visit(JsonNode node, Set<String> names) {
    if (node.path("class").asString("").equals("WINDOW")) {
      window(node);
    }
    switch (node.path("type").asString("")) {
      case "BASE_TABLE" -> table(node, names);
      case "TABLE_FUNCTION" -> tableFunction(node);
      case "SHOW_REF" -> show(node);
      case "COLUMN_REF" -> column(node);
      case "VALUE_PARAMETER" ->
          parameters.add(new Parameter(node.path("identifier").asString(""), place(node)));
      case "FUNCTION" -> function(node);
      case "TYPE" -> type(node);
      default -> {}
    }
    JsonNode sample = node.path("sample");
    isDeterministic &= sample.isMissingNode() || sample.isNull();
  }

  private void table(JsonNode node, Set<String> names) {
    List<String> path = strings(node.path("qualified_name").path("path"));
    if (path.size() == 1 && names.contains(path.getFirst().toLowerCase(Locale.ROOT))) {
      return;
    }
    if (!node.path("at_clause").isMissingNode() && !node.path("at_clause").isNull()) {
      throw SqlException.invalid(
          "AT is not understood here; a version is part of the table's name, as in \""
              + String.join("/", path)
              + "@7\"",
          location(node));
    }
    if (location(node) < 0) {
      throw SqlException.invalid(
          "the table "
              + String.join(".", path)
              + " can't be named like this; write FROM before it");
    }
    int from = location(node);
    boolean isNamed = !node.path("alias").asString("").isEmpty();
    tables.add(new TableReference(path, new Place(from, nameEnd(from, path.size())), isNamed));
  }

  private void tableFunction(JsonNode node) {
    String name = node.path("function").path("function_name").asString("");
    if (!functions.isTableFunction(name)) {
      throw SqlException.invalid(
          "the table function "
              + name
              + " is not allowed here; files are read by their names, as tables are",
          location(node));
    }
  }

  private static void show(JsonNode node) {
    JsonNode query = node.path("query");
    if (query.isMissingNode() || query.isNull()) {
      throw SqlException.invalid(
          "SHOW is not understood here; ListFlights (hangar ls) tells which tables there are, and"
              + " DESCRIBE which columns they have");
    }
  }

  private void column(JsonNode node) {
    List<String> path = strings(node.path("column_names"));
    if (path.size() == 1 && functions.isVolatileWord(path.getFirst())) {
      isDeterministic = false;
    }
    int from = location(node);
    if (path.size() >= COLUMN_WITH_TABLE && from >= 0) {
      columns.add(new ColumnReference(path, place(node)));
    }
  }

  private void function(JsonNode node) {
    String name = node.path("function_name").asString("");
    if (functions.isForbidden(name)) {
      throw SqlException.invalid("the function " + name + " is not allowed here", location(node));
    }
    if (node.path("qualified_name").path("path").size() > 1) {
      throw SqlException.invalid(
          "the function " + name + " has to be called without a schema", location(node));
    }
    if (functions.isFormat(name) && !isShort(node)) {
      throw SqlException.invalid(
          "the function "
              + name
              + " takes only a text in quotes here, without widths of more than two digits",
          location(node));
    }
    isDeterministic &= !functions.isVolatile(name);
  }

  /**
   * DuckDB makes the values of 2,048 rows at once, does not count them, and can't be stopped
   * meanwhile. Ranks without an order are counted in memory that DuckDB 2.0.0 has not made.
   */
  private void window(JsonNode node) {
    function(node);
    String name = node.path("function_name").asString("");
    if (name.equalsIgnoreCase("dense_rank")
        && node.path("partitions").isEmpty()
        && node.path("orders").isEmpty()) {
      throw SqlException.invalid(
          "dense_rank needs ORDER BY here; without, it is 1 in each row", location(node));
    }
    boolean isBounded = isBounded(node, "start") && isBounded(node, "end");
    if (functions.isGathering(name, node.path("arguments").size()) && !isBounded) {
      throw SqlException.invalid(
          "%s over a window would gather its whole frame for each row; bound it by numbers of rows,"
                  .formatted(name)
              + " as in ROWS BETWEEN 10 PRECEDING AND CURRENT ROW, by %,d at most; or GROUP BY, and"
                  .formatted(Limits.FRAME_ROWS)
              + " join with that",
          location(node));
    }
  }

  /** Whether one end of a window's frame is not far from the row it belongs to. */
  private static boolean isBounded(JsonNode window, String end) {
    String kind = window.path(end).asString("");
    JsonNode rows = window.path(end + "_expr").path("literal");
    return kind.equals("CURRENT_ROW_ROWS")
        || (kind.endsWith("_ROWS")
            && rows.path("kind").asString("").equals("INTEGER")
            && Math.abs(rows.path("text").asDouble(Double.MAX_VALUE)) <= Limits.FRAME_ROWS);
  }

  /** Whether the format in a call says itself that what comes of it is short. */
  private static boolean isShort(JsonNode call) {
    JsonNode format = call.path("arguments").path(0).path("expression").path("literal");
    String text = format.path("text").asString("");
    return format.path("kind").asString("").equals("STRING") && !LONG_WIDTH.matcher(text).find();
  }

  /**
   * DuckDB makes a VARIANT of a document by recursion, which ends the process where it is deep; of
   * the others, {@link GuardedTuples} tells.
   */
  private static void type(JsonNode node) {
    if (isType(node, "VARIANT")) {
      throw SqlException.invalid("the type VARIANT is not allowed here; use JSON", location(node));
    }
    if (isType(node, "TUPLE") && hasArray(node)) {
      throw SqlException.invalid(
          "a TUPLE holds no arrays of a fixed size here; use STRUCT, whose fields have names",
          location(node));
    }
  }

  private static boolean isType(JsonNode node, String name) {
    return node.path("type_name").asString("").equalsIgnoreCase(name);
  }

  private static boolean hasArray(JsonNode type) {
    return isType(type, "ARRAY") || type.valueStream().anyMatch(SyntaxTree::hasArray);
  }

  /** The end of a name of so many parts; what follows it may belong to the same reference. */
  private int nameEnd(int from, int parts) {
    int at = from;
    for (int part = 0; part < parts; part++) {
      while (part > 0 && (text[at] == '.' || Character.isWhitespace(text[at]))) {
        at++;
      }
      at = partEnd(at);
    }
    return at;
  }

  private int partEnd(int from) {
    byte quote = text[from];
    int at = from + 1;
    if (quote == '"' || quote == '\'') {
      while (text[at] != quote || (at + 1 < text.length && text[at + 1] == quote)) {
        at += text[at] == quote ? 2 : 1;
      }
      return at + 1;
    }
    while (at < text.length && isNamePart(text[at])) {
      at++;
    }
    return at;
  }

  /** Bytes of characters beyond ASCII are negative, and belong to names. */
  private static boolean isNamePart(byte b) {
    return b < 0 || b == '_' || b == '$' || Character.isLetterOrDigit(b);
  }

  private static Place place(JsonNode node) {
    int from = location(node);
    return new Place(from, from + node.path("query_location_length").asInt(0));
  }

  /** Where it stands; -1 where nobody knows. */
  private static int location(JsonNode node) {
    JsonNode location = node.path("query_location");
    return location.canConvertToInt() ? location.asInt() : -1;
  }

  private static List<String> strings(JsonNode array) {
    var strings = new ArrayList<String>();
    array.forEach(item -> strings.add(item.asString("")));
    return strings;
  }
}
