package dev.hangar.query.file;

import dev.hangar.query.duckdb.DuckDb;
import dev.hangar.query.duckdb.Sql;
import dev.hangar.query.file.CsvDialect.Column;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A query that reads a file.
 *
 * @param sql the query
 * @param rows how many rows there are, where the file says so
 * @param rowBytes about how many bytes a row takes
 * @param stored the schema the file was written from, if it says so
 */
public record SqlSource(
    String sql, OptionalLong rows, long rowBytes, Optional<StoredSchema> stored) {
  /** JSON objects that are looked at to find the columns. */
  private static final int JSON_SAMPLE_ROWS = 400_000;

  /** The query that reads a file of that format, which is none of Arrow's own. */
  public static SqlSource of(DuckDb db, FileContent content, FileFormat format)
      throws SQLException, IOException {
    return switch (format) {
      case PARQUET -> parquet(db, "hive_partitioning = false");
      case CSV -> text(new CsvQuery(db, content).sql(), content);
      case JSON_LINES -> json(db, content);
      case ARROW_FILE, ARROW_STREAM -> throw new IllegalArgumentException(format.label());
    };
  }

  private static SqlSource json(DuckDb db, FileContent content) {
    String sql =
        """
        SELECT * FROM read_json(%s, format = 'auto', compression = '%s', sample_size = %d, \
        hive_partitioning = false)\
        """
            .formatted(db.pathLiteral(), content.gzip() ? "gzip" : "none", JSON_SAMPLE_ROWS);
    return text(sql, content);
  }

  private static SqlSource text(String sql, FileContent content) {
    return new SqlSource(sql, OptionalLong.empty(), content.lineBytes(), Optional.empty());
  }

  /**
   * The query that reads the Parquet files of folders named {@code key=value}, whose keys are
   * columns too.
   */
  public static SqlSource partitioned(DuckDb db) throws SQLException {
    return parquet(db, "hive_partitioning = true, union_by_name = true");
  }

  /** Whether rows are so long that text needs 64-bit offsets. */
  public boolean isWide() {
    return rowBytes > BatchSize.WIDE_ROW_BYTES;
  }

  /** How many rows a batch gets. */
  public long batchRows() {
    return BatchSize.rows(rowBytes);
  }

  private static SqlSource parquet(DuckDb db, String options) throws SQLException {
    String file = db.pathLiteral();
    long rows = db.count("SELECT sum(num_rows)::BIGINT FROM parquet_file_metadata(" + file + ")");
    long bytes =
        db.count(
            "SELECT coalesce(sum(total_uncompressed_size), 0)::BIGINT FROM parquet_metadata("
                + file
                + ")");
    String table = "read_parquet(" + file + ", " + options + ")";
    Optional<StoredSchema> stored = StoredSchema.of(db);
    List<Column> columns =
        db.all(
            "SELECT column_name, column_type FROM (DESCRIBE FROM " + table + ")",
            row -> new Column(row.getString(1), row.getString(2)));
    List<String> expressions = new ArrayList<>();
    for (Column column : columns) {
      int index = expressions.size();
      Optional<String> cast =
          stored.flatMap(schema -> schema.cast(index, column.name(), column.type()));
      String name = Sql.identifier(column.name());
      expressions.add(
          cast.map(type -> name + "::" + type + " AS " + name)
              .orElseGet(() -> exported(name, column.type())));
    }
    String sql = "SELECT " + String.join(", ", expressions) + " FROM " + table;
    return new SqlSource(sql, OptionalLong.of(rows), bytes / Math.max(1, rows), stored);
  }

  /** A column as Arrow can have it: some of DuckDB's types would lose their meaning. */
  private static String exported(String column, String type) {
    return switch (type) {
      case "TIME WITH TIME ZONE" -> column + "::TIME AS " + column;
      case "BIT" -> column + "::VARCHAR AS " + column;
      default -> column;
    };
  }
}
