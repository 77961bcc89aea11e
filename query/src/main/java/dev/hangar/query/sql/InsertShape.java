package dev.hangar.query.sql;

import dev.hangar.query.duckdb.Sql;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * The table that a query's rows are added to, and which of its columns they are. Immutable.
 *
 * @param table its name, for messages
 * @param columns the table's
 * @param names of the columns that rows have values for; empty: all of them
 * @param isByName whether a value belongs to the column of its own name
 */
record InsertShape(String table, TableColumns columns, List<String> names, boolean isByName) {
  /**
   * What selects rows as the table has them from a query whose columns are called k1 and so on.
   *
   * @param given the names of the query's columns
   */
  String selection(List<String> given) {
    List<String> targets = isByName ? given : names.isEmpty() ? columns.names() : names;
    if (targets.size() != given.size()) {
      throw SqlException.invalid(
          "table %s takes %d values a row here, %s, and the statement has %d"
              .formatted(table, targets.size(), targets, given.size()));
    }
    List<Integer> places = new ArrayList<>();
    for (String target : targets) {
      places.add(place(target));
    }
    List<String> values = new ArrayList<>();
    for (int column = 0; column < columns.names().size(); column++) {
      int value = places.indexOf(column);
      String name = columns.names().get(column);
      String type = columns.type(column);
      String cast = (value < 0 ? "NULL" : "k" + (value + 1)) + "::" + type;
      values.add(AnswerTypes.guarded(cast, type, name) + " AS " + Sql.identifier(name));
    }
    return String.join(", ", values);
  }

  private int place(String name) {
    for (int column = 0; column < columns.names().size(); column++) {
      if (columns
          .names()
          .get(column)
          .toLowerCase(Locale.ROOT)
          .equals(name.toLowerCase(Locale.ROOT))) {
        return column;
      }
    }
    throw SqlException.invalid(
        "table %s has no column %s; it has %s".formatted(table, name, columns.names()));
  }

  /** Refuses a table with columns whose batches SQL would write in another layout. */
  void requireSameLayout(Schema answer) {
    List<Field> fields = columns.schema().getFields();
    String others =
        fields.stream()
            .filter(field -> !isSameLayout(field, answer.getFields().get(fields.indexOf(field))))
            .map(field -> field.getName() + " of the Arrow type " + field.getType())
            .collect(Collectors.joining(", "));
    if (!others.isEmpty()) {
      throw SqlException.invalid(
          "SQL can't add rows to table " + table + ", which has " + others + "; put them instead");
    }
  }

  private static boolean isSameLayout(Field a, Field b) {
    if (a.getDictionary() != null || a.getChildren().size() != b.getChildren().size()) {
      return false;
    }
    for (int i = 0; i < a.getChildren().size(); i++) {
      if (!isSameLayout(a.getChildren().get(i), b.getChildren().get(i))) {
        return false;
      }
    }
    if (a.getType() instanceof ArrowType.Timestamp stamp
        && b.getType() instanceof ArrowType.Timestamp other) {
      boolean areBothZoned = (stamp.getTimezone() == null) == (other.getTimezone() == null);
      return stamp.getUnit() == other.getUnit() && areBothZoned;
    }
    return a.getType().equals(b.getType());
  }
}
