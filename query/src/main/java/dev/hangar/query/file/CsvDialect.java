package dev.hangar.query.file;

import dev.hangar.query.duckdb.Sql;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * How one CSV file is written, and the types its columns have, as found by looking at it.
 *
 * @param delimiter what separates fields
 * @param quote what encloses fields that hold a delimiter
 * @param escape what goes before a quote within such a field
 * @param newLine what ends a line, as DuckDB writes it; empty if unknown
 * @param skipLines lines before the first that belongs to the table
 * @param header whether the first line has the columns' names
 * @param columns in order
 * @param dateFormat as strptime has it; empty for ISO 8601
 * @param timestampFormat as strptime has it; empty for ISO 8601
 */
record CsvDialect(
    String delimiter,
    String quote,
    String escape,
    String newLine,
    int skipLines,
    boolean header,
    List<Column> columns,
    String dateFormat,
    String timestampFormat) {
  private static final String NONE = "(empty)";
  private static final String QUOTE = "\"";

  /**
   * A column.
   *
   * @param type as SQL has it
   */
  record Column(String name, String type) {
    static final String TEXT = "VARCHAR";

    boolean isBoolean() {
      return type.equals("BOOLEAN");
    }

    boolean isText() {
      return type.equals(TEXT);
    }
  }

  static final String SELECT =
      """
      SELECT Delimiter, Quote, Escape, NewLineDelimiter, SkipRows, HasHeader, DateFormat,
        TimestampFormat, [c.name FOR c IN Columns], [c.type FOR c IN Columns]
      FROM sniff_csv(%s)\
      """;

  /** A row of {@link #SELECT}. */
  static CsvDialect of(ResultSet row) throws SQLException {
    Object[] names = (Object[]) row.getArray(9).getArray();
    Object[] types = (Object[]) row.getArray(10).getArray();
    List<Column> columns = new ArrayList<>(names.length);
    for (int i = 0; i < names.length; i++) {
      columns.add(new Column(names[i].toString(), types[i].toString()));
    }
    return new CsvDialect(
        row.getString(1),
        orQuote(row.getString(2)),
        orQuote(row.getString(3)),
        row.getString(4),
        row.getInt(5),
        row.getBoolean(6),
        List.copyOf(columns),
        orEmpty(row.getString(7)),
        orEmpty(row.getString(8)));
  }

  /** The options of read_csv that say all this but the columns. */
  String options() {
    String options =
        "delim = %s, quote = %s, escape = %s, skip = %d, header = %b, comment = ''"
            .formatted(
                Sql.literal(delimiter), Sql.literal(quote), Sql.literal(escape), skipLines, header);
    if (!newLine.isEmpty()) {
      options += ", new_line = " + Sql.literal(newLine);
    }
    if (!dateFormat.isEmpty()) {
      options += ", dateformat = " + Sql.literal(dateFormat);
    }
    if (!timestampFormat.isEmpty()) {
      options += ", timestampformat = " + Sql.literal(timestampFormat);
    }
    return options;
  }

  /** The same with some columns read as text. */
  CsvDialect withText(Predicate<Column> isText) {
    List<Column> changed =
        columns.stream()
            .map(column -> isText.test(column) ? new Column(column.name(), Column.TEXT) : column)
            .toList();
    return new CsvDialect(
        delimiter, quote, escape, newLine, skipLines, header, changed, dateFormat, timestampFormat);
  }

  boolean hasText() {
    return columns.stream().anyMatch(Column::isText);
  }

  /** The beginning of the file may have no quotes where the rest has. */
  private static String orQuote(String character) {
    return character.equals(NONE) ? QUOTE : character;
  }

  @SuppressWarnings("NullAway") // JDBC's null is a NULL
  private static String orEmpty(String format) {
    return format == null ? "" : format;
  }
}
