package dev.hangar.query.file;

import dev.hangar.query.arrow.NumberedColumns;
import dev.hangar.query.arrow.RelabelledReader;
import dev.hangar.query.duckdb.DuckDb;
import dev.hangar.query.duckdb.Sandbox;
import dev.hangar.query.duckdb.Sql;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.LongConsumer;
import java.util.zip.GZIPOutputStream;
import org.apache.arrow.c.ArrowArrayStream;
import org.apache.arrow.c.Data;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.ipc.ArrowFileWriter;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;
import org.apache.arrow.vector.ipc.ArrowWriter;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.duckdb.DuckDBConnection;
import org.duckdb.DuckDBResultSet;

/**
 * Writes a stream of record batches to a file or a pipe, in constant memory. One thread at a time.
 */
public final class DataFileWriter {
  private static final String TABLE = "batches";
  private static final int CHUNK_BYTES = 256 << 10;

  /** Rows whose text is made at a time: at most 2 GiB, so up to 256 KiB a row. */
  private static final long TEXT_BATCH_ROWS = 8192;

  private final BufferAllocator allocator;
  private final LongConsumer rowsSoFar;
  private final OptionalLong memoryBytes;

  /**
   * @param rowsSoFar told how many rows have been read, batch by batch
   */
  public DataFileWriter(BufferAllocator allocator, LongConsumer rowsSoFar) {
    this(allocator, rowsSoFar, OptionalLong.empty());
  }

  /**
   * A writer that fails where a Parquet file would take more memory than that.
   *
   * @param memoryBytes for what is not written yet, beside the allocator's
   */
  public DataFileWriter(
      BufferAllocator allocator, LongConsumer rowsSoFar, OptionalLong memoryBytes) {
    this.allocator = allocator;
    this.rowsSoFar = rowsSoFar;
    this.memoryBytes = memoryBytes;
  }

  /**
   * Writes a file in the format that the ending of its name stands for. Text is compressed if the
   * name ends in {@code .gz}. The file appears under its name when it is complete, in place of one
   * that may have been there.
   *
   * @param batches read to its end, not closed
   * @return how many rows were written
   * @throws DataFileException the name has another ending, or the file can't be written
   */
  public long write(ArrowReader batches, Path file) throws IOException {
    FileFormat format =
        FileFormat.ofEnding(file)
            .orElseThrow(() ->
                new DataFileException(
                    "%s has no ending that names a format; use one of %s"
                        .formatted(file, FileFormat.endings())));
    return write(batches, file, format);
  }

  /** Writes a file in the given format, whatever its name. */
  public long write(ArrowReader batches, Path file, FileFormat format) throws IOException {
    var failures = new FileFailures(file, format);
    if (Files.isDirectory(file)) {
      throw new DataFileException(file + " is a directory; name a file in it");
    }
    Path aside = file.resolveSibling(".hangar-" + UUID.randomUUID() + ".part");
    var counted = new CountingReader(batches, format, allocator, rowsSoFar);
    try {
      Files.createFile(aside);
      writeAside(counted, aside, file, format);
      Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE);
      return counted.rows();
    } catch (IOException | SQLException | RuntimeException e) {
      counted.rethrowFailure();
      throw failures.writing(e);
    } finally {
      Files.deleteIfExists(aside);
    }
  }

  /**
   * Writes to a pipe.
   *
   * @param batches read to its end, not closed
   * @param out flushed, not closed
   * @return how many rows were written
   */
  public long write(ArrowReader batches, OutputStream out, FileFormat format) throws IOException {
    var counted = new CountingReader(batches, format, allocator, rowsSoFar);
    try {
      switch (format) {
        case PARQUET -> copyParquet(counted, out);
        case CSV, JSON_LINES, ARROW_FILE, ARROW_STREAM -> writeStream(counted, out, format);
      }
      out.flush();
      return counted.rows();
    } catch (SQLException e) {
      counted.rethrowFailure();
      throw new FileFailures(Path.of("output"), format).writing(e);
    }
  }

  private void writeAside(CountingReader batches, Path aside, Path file, FileFormat format)
      throws IOException, SQLException {
    if (format == FileFormat.PARQUET) {
      writeParquet(batches, aside);
      return;
    }
    try (OutputStream plain = Files.newOutputStream(aside, StandardOpenOption.WRITE);
        OutputStream out =
            format.isText() && FileFormat.isGzip(file) ? new GZIPOutputStream(plain) : plain) {
      if (format == FileFormat.CSV && FileFormat.isTabSeparated(file)) {
        writeText(batches, TextLines.tabSeparated(columns(batches)), out);
      } else {
        writeStream(batches, out, format);
      }
    }
  }

  private void writeStream(CountingReader batches, OutputStream out, FileFormat format)
      throws IOException, SQLException {
    switch (format) {
      case CSV -> writeText(batches, TextLines.csv(columns(batches)), out);
      case JSON_LINES -> writeText(batches, TextLines.json(columns(batches)), out);
      case ARROW_FILE -> {
        var channel = new StreamChannel(out);
        copy(batches, new ArrowFileWriter(batches.getVectorSchemaRoot(), batches, channel));
      }
      case ARROW_STREAM -> {
        var channel = new StreamChannel(out);
        copy(batches, new ArrowStreamWriter(batches.getVectorSchemaRoot(), batches, channel));
      }
      case PARQUET -> throw new IllegalArgumentException("Parquet can't be streamed");
    }
  }

  /** Closes the writer, which has copies of dictionaries; root and stream stay the caller's. */
  private static void copy(CountingReader batches, ArrowWriter writer) throws IOException {
    try (writer) {
      writer.start();
      while (batches.loadNextBatch()) {
        writer.writeBatch();
      }
      writer.end();
    }
  }

  private void writeText(CountingReader batches, TextLines lines, OutputStream out)
      throws IOException, SQLException {
    out.write(lines.header().getBytes(StandardCharsets.UTF_8));
    Schema numbered = NumberedColumns.of(batches.getVectorSchemaRoot().getSchema());
    try (DuckDBConnection db = Sandbox.connect(true, DuckDb.ORDERED);
        var columns = new RelabelledReader(batches, numbered, allocator);
        ArrowArrayStream stream = ArrowArrayStream.allocateNew(allocator)) {
      Data.exportArrayStream(allocator, columns, stream);
      db.registerArrowStream(TABLE, stream);
      String sql = "SELECT " + lines.expression() + " FROM " + TABLE;
      try (Statement statement = db.createStatement();
          var answer = (DuckDBResultSet) statement.executeQuery(sql);
          var text = (ArrowReader) answer.arrowExportStream(allocator, TEXT_BATCH_ROWS)) {
        byte[] chunk = new byte[CHUNK_BYTES];
        while (text.loadNextBatch()) {
          copy((VarCharVector) text.getVectorSchemaRoot().getVector(0), chunk, out);
        }
      }
    }
  }

  /** Lines with their ends lie one behind the other in a vector's buffer. */
  private static void copy(VarCharVector lines, byte[] chunk, OutputStream out) throws IOException {
    int rows = lines.getValueCount();
    long start = rows == 0 ? 0 : lines.getStartOffset(0);
    long end = rows == 0 ? 0 : lines.getEndOffset(rows - 1);
    ArrowBuf data = lines.getDataBuffer();
    while (start < end) {
      int length = (int) Math.min(chunk.length, end - start);
      data.getBytes(start, chunk, 0, length);
      out.write(chunk, 0, length);
      start += length;
    }
  }

  private void copyParquet(CountingReader batches, OutputStream out)
      throws IOException, SQLException {
    // its index comes last, and DuckDB writes it to files only
    Path aside = Files.createTempFile("hangar-", ".parquet");
    try {
      writeParquet(batches, aside);
      Files.copy(aside, out);
    } finally {
      Files.delete(aside);
    }
  }

  private void writeParquet(CountingReader batches, Path file) throws IOException, SQLException {
    List<Field> fields = columns(batches);
    List<String> expressions = new ArrayList<>();
    for (Field field : fields) {
      expressions.add(parquetColumn(field, NumberedColumns.at(expressions.size())));
    }
    Schema schema = batches.getVectorSchemaRoot().getSchema();
    Schema plain = NumberedColumns.of(StoredSchema.plain(schema));
    try (DuckDb db =
            memoryBytes.isPresent() ? DuckDb.on(file, memoryBytes.getAsLong()) : DuckDb.on(file);
        var columns = new RelabelledReader(batches, plain, allocator);
        ArrowArrayStream stream = ArrowArrayStream.allocateNew(allocator)) {
      Data.exportArrayStream(allocator, columns, stream);
      String sql =
          "COPY (SELECT %s FROM %s) TO %s (FORMAT parquet, USE_TMP_FILE false, %s)"
              .formatted(
                  String.join(", ", expressions),
                  TABLE,
                  db.pathLiteral(),
                  StoredSchema.of(batches).copyOption());
      db.execute(sql, TABLE, stream);
    }
  }

  /** Null lists of fixed size come out of DuckDB as lists others can't read: a slice is a list. */
  private static String parquetColumn(Field field, String column) {
    boolean isFixed = field.getType() instanceof ArrowType.FixedSizeList;
    return column + (isFixed ? "[:]" : "") + " AS " + Sql.identifier(field.getName());
  }

  private static List<Field> columns(ArrowReader batches) throws IOException {
    List<Field> columns = batches.getVectorSchemaRoot().getSchema().getFields();
    if (columns.isEmpty()) {
      throw new DataFileException(
          "a table without columns can only be written to Arrow files; name it .arrow");
    }
    return columns;
  }
}
