package dev.hangar.query.dataset;

import dev.hangar.query.arrow.BatchEncoder;
import dev.hangar.query.arrow.BatchReader;
import dev.hangar.query.dataset.DatasetMetadata.Query;
import dev.hangar.query.dataset.DatasetRange.Piece;
import dev.hangar.query.duckdb.DuckDb;
import dev.hangar.query.duckdb.FolderDuckDb;
import dev.hangar.query.file.FileContent;
import dev.hangar.query.file.FileFormat;
import dev.hangar.query.file.SqlSource;
import dev.hangar.store.check.SchemaCheck;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;

/** Finds out what files say of themselves. Thread-safe. */
final class MetadataLook {
  private final FolderDuckDb databases;

  MetadataLook(FolderDuckDb databases) {
    this.databases = databases;
  }

  DatasetMetadata look(Dataset dataset, BufferAllocator allocator)
      throws IOException, SQLException {
    if (dataset.isPartitioned()) {
      return queried(dataset, FileFormat.PARQUET, null, allocator);
    }
    Path file = dataset.files().getFirst();
    FileContent content = FileContent.of(file);
    FileFormat format = content.format();
    return switch (format) {
      case PARQUET, CSV, JSON_LINES -> queried(dataset, format, content, allocator);
      case ARROW_FILE, ARROW_STREAM -> arrow(file, format);
    };
  }

  private DatasetMetadata queried(
      Dataset dataset,
      FileFormat format,
      @org.jspecify.annotations.Nullable FileContent content,
      BufferAllocator allocator)
      throws IOException, SQLException {
    SqlSource source;
    List<Piece> pieces;
    try (DuckDb db = databases.on(dataset.files(), false)) {
      source = content == null ? SqlSource.partitioned(db) : SqlSource.of(db, content, format);
      pieces = format == FileFormat.PARQUET ? pieces(db, dataset) : List.of();
    }
    Schema schema = schema(dataset, source, allocator);
    boolean hasPositions =
        format == FileFormat.PARQUET
            && !dataset.isPartitioned()
            && schema.getFields().stream()
                .noneMatch(field -> field.getName().equalsIgnoreCase(DatasetMetadata.ROW));
    String position = hasPositions ? DatasetMetadata.ROW : "";
    long bytes =
        pieces.isEmpty()
            ? dataset.stamps().stream().mapToLong(FileStamp::bytes).sum()
            : pieces.stream().mapToLong(Piece::bytes).sum();
    return new DatasetMetadata(
        format,
        schema,
        BatchEncoder.schema(schema),
        source.rows().orElse(-1),
        bytes,
        hasPositions ? pieces : List.of(),
        Optional.of(new Query(source.sql(), position, source.batchRows(), source.isWide())));
  }

  private Schema schema(Dataset dataset, SqlSource source, BufferAllocator allocator)
      throws IOException, SQLException {
    try (DuckDb db = databases.on(dataset.files(), source.isWide());
        ArrowReader none = db.stream(source.sql() + " LIMIT 0", source.batchRows(), allocator)) {
      Schema read = none.getVectorSchemaRoot().getSchema();
      return source.stored().map(stored -> stored.applied(read)).orElse(read);
    }
  }

  /** Sizes as Arrow has them, about: Parquet's own are those of values that are encoded. */
  private static List<Piece> pieces(DuckDb db, Dataset dataset) throws SQLException {
    String column = dataset.isPartitioned() ? "file_name" : "row_group_id";
    String sql =
        """
        SELECT any_value(row_group_num_rows)::BIGINT, sum(num_values / 8 + CASE type
          WHEN 'BOOLEAN' THEN num_values / 8
          WHEN 'INT32' THEN num_values * 4
          WHEN 'FLOAT' THEN num_values * 4
          WHEN 'INT64' THEN num_values * 8
          WHEN 'DOUBLE' THEN num_values * 8
          WHEN 'BYTE_ARRAY' THEN num_values * 4 + total_uncompressed_size
          ELSE total_uncompressed_size END)::BIGINT
        FROM parquet_metadata(%s) GROUP BY %s ORDER BY %s\
        """
            .formatted(db.pathLiteral(), column, column);
    List<long[]> sizes = db.all(sql, row -> new long[] {row.getLong(1), row.getLong(2)});
    List<Piece> pieces = new ArrayList<>();
    long end = 0;
    for (long[] size : sizes) {
      end += dataset.isPartitioned() ? 1 : size[0];
      pieces.add(new Piece(end, size[1]));
    }
    // a file without row groups is in no row, and would shift those behind it
    boolean isWhole = !dataset.isPartitioned() || pieces.size() == dataset.files().size();
    return isWhole ? List.copyOf(pieces) : List.of(new Piece(Long.MAX_VALUE, end(pieces)));
  }

  private static long end(List<Piece> pieces) {
    return pieces.stream().mapToLong(Piece::bytes).sum();
  }

  private static DatasetMetadata arrow(Path file, FileFormat format) throws IOException {
    try (var messages = new ArrowFrames(file, format)) {
      var message = messages.schema();
      SchemaCheck.layout(message.duplicate());
      long[] sizes = messages.sizes();
      return new DatasetMetadata(
          format,
          BatchReader.schema(message),
          message,
          sizes[0],
          sizes[1],
          List.of(),
          Optional.empty());
    }
  }
}
