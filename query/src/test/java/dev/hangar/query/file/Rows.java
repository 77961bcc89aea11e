package dev.hangar.query.file;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.DictionaryEncoder;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/** Tables of tests: made, written and read back as Java's values. */
final class Rows {
  private Rows() {}

  /** A reader of batches of that schema, each filled by a consumer that sets its row count too. */
  @SafeVarargs
  static ArrowReader reader(
      Schema schema, BufferAllocator allocator, Consumer<VectorSchemaRoot>... batches) {
    var bytes = new ByteArrayOutputStream();
    try (VectorSchemaRoot root = VectorSchemaRoot.create(schema, allocator);
        var writer = new ArrowStreamWriter(root, null, bytes)) {
      writer.start();
      for (Consumer<VectorSchemaRoot> batch : batches) {
        root.allocateNew();
        batch.accept(root);
        writer.writeBatch();
      }
      writer.end();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new ArrowStreamReader(new ByteArrayInputStream(bytes.toByteArray()), allocator);
  }

  /** All values of a file, row by row, dictionaries decoded. */
  static List<List<Object>> of(Path file, BufferAllocator allocator) throws IOException {
    try (DataFile data = DataFile.open(file, allocator)) {
      return of(data.reader());
    }
  }

  static List<List<Object>> of(ArrowReader reader) throws IOException {
    List<List<Object>> rows = new ArrayList<>();
    while (reader.loadNextBatch()) {
      VectorSchemaRoot root = reader.getVectorSchemaRoot();
      for (int row = 0; row < root.getRowCount(); row++) {
        List<Object> values = new ArrayList<>();
        for (FieldVector vector : root.getFieldVectors()) {
          values.add(value(vector, row, reader));
        }
        rows.add(values);
      }
    }
    return rows;
  }

  private static Object value(FieldVector vector, int row, ArrowReader reader) {
    if (vector.getField().getDictionary() == null) {
      return plain(vector.getObject(row));
    }
    var dictionary = reader.lookup(vector.getField().getDictionary().getId());
    try (var decoded = DictionaryEncoder.decode(vector, dictionary)) {
      return plain(decoded.getObject(row));
    }
  }

  private static Object plain(Object value) {
    return switch (value) {
      case byte[] bytes -> Arrays.toString(bytes);
      case org.apache.arrow.vector.util.Text text -> text.toString();
      case List<?> list -> list.stream().map(Rows::plain).toList();
      case java.util.Map<?, ?> map -> map.toString();
      case null -> null;
      default -> value;
    };
  }

  static List<Field> fields(Path file, BufferAllocator allocator) throws IOException {
    try (DataFile data = DataFile.open(file, allocator)) {
      return data.reader().getVectorSchemaRoot().getSchema().getFields();
    }
  }

  /** {@code name: type} of each column. */
  static List<String> types(Path file, BufferAllocator allocator) throws IOException {
    return fields(file, allocator).stream().map(f -> f.getName() + ": " + f.getType()).toList();
  }
}
