package dev.hangar.query.file;

import dev.hangar.query.duckdb.DuckDb;
import dev.hangar.query.duckdb.Sql;
import dev.hangar.query.file.CsvDialect.Column;
import java.io.IOException;
import java.nio.file.Files;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Makes the query that reads a CSV file.
 *
 * <p>An empty field is a null, and {@code ""} an empty text. Words like NA are nulls too, but only
 * in columns that are numbers, dates or times without them: in a column of text, NA may be Namibia.
 * So the file is looked at twice, with and without these words. A column whose type differs is read
 * as text, its words are made nulls, and then it is cast; a file without columns of text needs no
 * such care.
 */
final class CsvQuery {
  /** Files up to this size are looked at whole; takes about a second. */
  private static final long WHOLE_FILE_BYTES = 64L << 20;

  /** Rows that are looked at in longer files. */
  private static final int SAMPLE_ROWS = 400_000;

  private static final List<String> EMPTY = List.of("");

  private static final List<String> MISSING =
      List.of("", "NA", "N/A", "n/a", "#N/A", "<NA>", "NULL", "null", "None");

  private static final String DELIMITERS = ",;\t|";

  private final DuckDb db;
  private final FileContent content;
  private final String compression;

  CsvQuery(DuckDb db, FileContent content) {
    this.db = db;
    this.content = content;
    this.compression = content.gzip() ? "gzip" : "none";
  }

  /** Whether a text is a word for a missing value, as SQL. */
  static String isMissingWord(String text) {
    return "list_contains(" + Sql.list(MISSING) + ", " + text + ")";
  }

  String sql() throws SQLException, IOException {
    CsvDialect strict = dialect();
    CsvDialect lenient = withoutFalseBooleans(sniff(MISSING, strict.delimiter(), true));
    strict = strict.withText(column -> isTextIn(lenient, column));
    if (!lenient.hasText()) {
      return select(lenient, MISSING, true, List.of("*"), lenient.columns());
    }
    List<Column> read = new ArrayList<>();
    List<String> expressions = new ArrayList<>();
    for (int i = 0; i < strict.columns().size(); i++) {
      Column column = strict.columns().get(i);
      Column wanted = i < lenient.columns().size() ? lenient.columns().get(i) : column;
      boolean differs = !column.type().equals(wanted.type());
      read.add(differs ? new Column(column.name(), Column.TEXT) : column);
      expressions.add(differs ? withoutWords(wanted, lenient) : Sql.identifier(column.name()));
    }
    return select(strict, EMPTY, false, expressions, read);
  }

  /** How the file is written, and its columns' types where NA is a text like others. */
  private CsvDialect dialect() throws SQLException, IOException {
    String delimiter = FileFormat.isTabSeparated(content.file()) ? "\t" : "";
    try {
      CsvDialect found = sniff(EMPTY, delimiter, false);
      if (found.columns().size() == 1 && !delimiterOfFirstLine().isEmpty()) {
        failOnLineOfOtherLength();
      }
      return found;
    } catch (SQLException e) {
      failOnLineOfOtherLength();
      throw e;
    }
  }

  private CsvDialect sniff(List<String> nulls, String delimiter, boolean quotedNulls)
      throws SQLException, IOException {
    String options =
        """
        %s, nullstr = %s, allow_quoted_nulls = %b, comment = '', skip = 0, compression = '%s', \
        sample_size = %d\
        """
            .formatted(db.pathLiteral(), Sql.list(nulls), quotedNulls, compression, sampleRows());
    if (!delimiter.isEmpty()) {
      options += ", delim = " + Sql.literal(delimiter);
    }
    return db.one(CsvDialect.SELECT.formatted(options), CsvDialect::of);
  }

  /** No delimiter is found where lines differ in length: the first line's shows which line does. */
  private void failOnLineOfOtherLength() throws SQLException {
    String delimiter = delimiterOfFirstLine();
    if (delimiter.isEmpty()) {
      return;
    }
    List<Column> columns = new ArrayList<>();
    for (String name : content.firstLine().split(Pattern.quote(delimiter), -1)) {
      columns.add(new Column(columns.size() + " " + name, Column.TEXT));
    }
    var asFirstLine = new CsvDialect(delimiter, "\"", "\"", "", 0, true, columns, "", "");
    db.execute(select(asFirstLine, EMPTY, false, List.of("count(*)"), columns));
  }

  private String delimiterOfFirstLine() {
    String line = content.firstLine();
    if (line.startsWith("\"")) {
      return "";
    }
    return DELIMITERS
        .chars()
        .filter(c -> line.indexOf(c) >= 0)
        .mapToObj(Character::toString)
        .findFirst()
        .orElse("");
  }

  /** DuckDB takes t, f, yes and no for booleans; here they stay text. */
  private CsvDialect withoutFalseBooleans(CsvDialect found) throws SQLException {
    List<Column> booleans = found.columns().stream().filter(Column::isBoolean).toList();
    if (booleans.isEmpty()) {
      return found;
    }
    String checks =
        booleans.stream()
            .map(column ->
                "bool_and(lower(%s) IN ('true', 'false'))".formatted(Sql.identifier(column.name())))
            .collect(Collectors.joining(", ", "[", "]"));
    List<Column> texts =
        found.columns().stream().map(column -> new Column(column.name(), Column.TEXT)).toList();
    String sample = select(found, MISSING, true, List.of("*"), texts) + " LIMIT " + SAMPLE_ROWS;
    Object[] areBoolean =
        db.one(
            "SELECT " + checks + " FROM (" + sample + ")",
            row -> (Object[]) row.getArray(1).getArray());
    return found.withText(column -> {
      int index = booleans.indexOf(column);
      return index >= 0 && !Boolean.TRUE.equals(areBoolean[index]);
    });
  }

  private static boolean isTextIn(CsvDialect dialect, Column column) {
    return dialect.columns().contains(new Column(column.name(), Column.TEXT));
  }

  private int sampleRows() throws IOException {
    return !content.gzip() && Files.size(content.file()) <= WHOLE_FILE_BYTES ? -1 : SAMPLE_ROWS;
  }

  private static String withoutWords(Column column, CsvDialect dialect) {
    String name = Sql.identifier(column.name());
    String text = "CASE WHEN " + isMissingWord(name) + " THEN NULL ELSE " + name + " END";
    return "CAST(%s AS %s) AS %s".formatted(parsed(text, column, dialect), column.type(), name);
  }

  private static String parsed(String text, Column column, CsvDialect dialect) {
    String format =
        switch (column.type()) {
          case "DATE" -> dialect.dateFormat();
          case "TIMESTAMP" -> dialect.timestampFormat();
          default -> "";
        };
    return format.isEmpty() ? text : "strptime(" + text + ", " + Sql.literal(format) + ")";
  }

  private String select(
      CsvDialect dialect,
      List<String> nulls,
      boolean quotedNulls,
      List<String> expressions,
      List<Column> columns) {
    String types =
        columns.stream()
            .map(column -> Sql.literal(column.name()) + ": " + Sql.literal(column.type()))
            .collect(Collectors.joining(", ", "{", "}"));
    return """
    SELECT %s FROM read_csv(%s, auto_detect = false, %s, columns = %s, nullstr = %s, \
    allow_quoted_nulls = %b, compression = '%s', hive_partitioning = false)\
    """
        .formatted(
            String.join(", ", expressions),
            db.pathLiteral(),
            dialect.options(),
            types,
            Sql.list(nulls),
            quotedNulls,
            compression);
  }
}
