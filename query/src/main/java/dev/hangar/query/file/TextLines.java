package dev.hangar.query.file;

import dev.hangar.query.arrow.NumberedColumns;
import dev.hangar.query.duckdb.Sql;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.vector.types.pojo.Field;

/**
 * The lines of a text file, as SQL makes them of rows.
 *
 * @param header what goes before the first row
 * @param expression a row's line with its end, as a SQL expression over numbered columns
 */
record TextLines(String header, String expression) {
  private static final String LINE_END = " || chr(10)";

  /** RFC 4180 with a header; a null is an empty field, an empty text is {@code ""}. */
  static TextLines csv(List<Field> columns) {
    return separated(columns, ",");
  }

  /** As {@link #csv}, with tabs. */
  static TextLines tabSeparated(List<Field> columns) {
    return separated(columns, "\t");
  }

  /** One JSON object a line. */
  static TextLines json(List<Field> columns) {
    List<String> fields = new ArrayList<>();
    for (Field column : columns) {
      String value = NumberedColumns.at(fields.size());
      fields.add(Sql.identifier(column.getName()) + " := " + value);
    }
    String object = "to_json(struct_pack(" + String.join(", ", fields) + "))";
    return new TextLines("", object + "::VARCHAR" + LINE_END);
  }

  private static TextLines separated(List<Field> columns, String delimiter) {
    List<String> names = new ArrayList<>();
    List<String> fields = new ArrayList<>();
    for (Field column : columns) {
      names.add(quoted(column.getName(), delimiter));
      fields.add(field(column, NumberedColumns.at(fields.size()), delimiter));
    }
    String between = " || " + Sql.literal(delimiter) + " || ";
    return new TextLines(
        String.join(delimiter, names) + "\n", String.join(between, fields) + LINE_END);
  }

  private static String field(Field column, String name, String delimiter) {
    String text = "CAST(" + name + " AS VARCHAR)";
    if (isPlain(column)) {
      return "coalesce(" + text + ", '')";
    }
    String special = Sql.literal("[\"\r\n" + delimiter + "]");
    return """
    CASE WHEN %1$s IS NULL THEN ''
    WHEN regexp_matches(%2$s, %3$s) OR %4$s
    THEN '"' || replace(%2$s, '"', '""') || '"' ELSE %2$s END\
    """
        .formatted(name, text, special, CsvQuery.isMissingWord(text));
  }

  /** Whether a column's values have neither delimiters nor quotes as text. */
  private static boolean isPlain(Field column) {
    return column.getDictionary() == null
        && switch (column.getType().getTypeID()) {
          case Int, FloatingPoint, Bool, Date, Time, Timestamp -> true;
          default -> false;
        };
  }

  private static String quoted(String name, String delimiter) {
    boolean plain = !name.isEmpty() && !name.matches("(?s).*[\"\r\n" + delimiter + "].*");
    return plain ? name : '"' + name.replace("\"", "\"\"") + '"';
  }
}
