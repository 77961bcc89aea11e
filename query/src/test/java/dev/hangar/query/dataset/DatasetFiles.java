package dev.hangar.query.dataset;

import dev.hangar.query.file.DataFile;
import dev.hangar.query.file.DataFileWriter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.apache.arrow.vector.ipc.WriteChannel;

/** Files of tests, made by DuckDB and by Arrow, and what datasets give of them. */
final class DatasetFiles {
  private DatasetFiles() {}

  /** A Parquet file of a query's rows. */
  static Path parquet(Path file, String query, int groupRows) throws SQLException, IOException {
    Files.createDirectories(file.getParent());
    try (Connection db = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = db.createStatement()) {
      statement.execute(
          "COPY (%s) TO '%s' (FORMAT parquet, ROW_GROUP_SIZE %d)"
              .formatted(query, file.toString().replace("'", "''"), groupRows));
    }
    return file;
  }

  /** A file of the numbers below {@code rows}, in the format of its ending. */
  static Path numbers(Path file, int rows) throws SQLException, IOException {
    Path made = parquet(file.resolveSibling(".numbers"), numbers(rows), 2048);
    try (var allocator = new RootAllocator();
        var data = DataFile.open(made, allocator)) {
      new DataFileWriter(allocator, count -> {}).write(data.reader(), file);
    } finally {
      Files.delete(made);
    }
    return file;
  }

  static String numbers(int rows) {
    return "SELECT range AS n, 'text ' || range AS t FROM range(" + rows + ")";
  }

  /** All values of all messages, read as any Arrow client would. */
  static List<List<Object>> rows(DatasetMessages messages) throws IOException {
    var stream = new ByteArrayOutputStream();
    try (messages) {
      var out = new WriteChannel(Channels.newChannel(stream));
      write(out, messages.schema(), List.of());
      for (DatasetMessages.Message message; (message = messages.next()) != null; ) {
        write(out, message.metadata(), message.body());
        message.release().run();
      }
    }
    try (var allocator = new RootAllocator();
        ArrowReader reader =
            new ArrowStreamReader(
                new ByteArrayInputStream(stream.toByteArray()),
                allocator,
                org.apache.arrow.compression.CommonsCompressionFactory.INSTANCE)) {
      return rows(reader);
    }
  }

  private static void write(WriteChannel out, ByteBuffer metadata, List<ByteBuffer> body)
      throws IOException {
    int padded = (metadata.remaining() + 7) & -8;
    out.writeIntLittleEndian(-1);
    out.writeIntLittleEndian(padded);
    out.write(metadata.duplicate());
    out.align();
    for (ByteBuffer piece : body) {
      out.write(piece.duplicate());
    }
  }

  static List<List<Object>> rows(ArrowReader reader) throws IOException {
    List<List<Object>> rows = new ArrayList<>();
    while (reader.loadNextBatch()) {
      VectorSchemaRoot root = reader.getVectorSchemaRoot();
      for (int row = 0; row < root.getRowCount(); row++) {
        List<Object> values = new ArrayList<>();
        for (var vector : root.getFieldVectors()) {
          Object value = vector.getObject(row);
          values.add(value instanceof org.apache.arrow.vector.util.Text t ? t.toString() : value);
        }
        rows.add(values);
      }
    }
    return rows;
  }
}
