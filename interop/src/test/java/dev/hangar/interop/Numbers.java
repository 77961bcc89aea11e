package dev.hangar.interop;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BaseIntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/** The scenarios' small tables: one column of whole numbers. */
final class Numbers {
  private static final int ECHO_ROWS = 10;

  static final Schema INT32 = schema(Field.nullable("number", new ArrowType.Int(32, true)));
  static final Schema UINT32 = schema(Field.notNullable("number", new ArrowType.Int(32, false)));
  static final Schema ECHO = schema(Field.notNullable("x", new ArrowType.Int(32, true)));

  private Numbers() {}

  /** The numbers of an echo's batch. */
  static int[] echo(int batch) {
    return java.util.stream.IntStream.range(batch, batch + ECHO_ROWS).toArray();
  }

  /** Fills a table's one column. */
  static void fill(VectorSchemaRoot root, int... numbers) {
    root.allocateNew();
    for (var row = 0; row < numbers.length; row++) {
      ((BaseIntVector) root.getVector(0)).setWithPossibleTruncate(row, numbers[row]);
    }
    root.setRowCount(numbers.length);
  }

  /** What a table's one column has. */
  static List<Integer> of(VectorSchemaRoot root) {
    var numbers = new ArrayList<Integer>();
    for (var row = 0; row < root.getRowCount(); row++) {
      numbers.add(Math.toIntExact(((BaseIntVector) root.getVector(0)).getValueAsLong(row)));
    }
    return numbers;
  }

  /** What the batches that a reader still has have in their one column. */
  static List<Integer> of(ArrowReader reader) {
    var numbers = new ArrayList<Integer>();
    try {
      while (reader.loadNextBatch()) {
        numbers.addAll(of(reader.getVectorSchemaRoot()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return numbers;
  }

  /** What a stream has in its one column. */
  static List<Integer> of(byte[] stream) {
    try (var allocator = new RootAllocator();
        var reader = new ArrowStreamReader(new ByteArrayInputStream(stream), allocator)) {
      return of(reader);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A stream of one batch. */
  static byte[] stream(Schema schema, int... numbers) {
    try (var allocator = new RootAllocator()) {
      return stream(schema, allocator, numbers);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] stream(Schema schema, BufferAllocator allocator, int... numbers)
      throws IOException {
    var stream = new ByteArrayOutputStream();
    try (var root = VectorSchemaRoot.create(schema, allocator);
        var writer = new ArrowStreamWriter(root, null, stream)) {
      writer.start();
      fill(root, numbers);
      writer.writeBatch();
      writer.end();
    }
    return stream.toByteArray();
  }

  private static Schema schema(Field field) {
    return new Schema(List.of(field));
  }
}
