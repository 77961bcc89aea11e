package dev.hangar.client;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/** Tables of one column of consecutive numbers, of which it is seen at once what is missing. */
final class Numbers {
  static final Schema SCHEMA =
      new Schema(List.of(Field.nullable("n", new ArrowType.Int(64, true))));

  private Numbers() {}

  /** Puts {@code batches} of {@code rows} numbers each, the first of which is {@code first}. */
  static void put(
      Hangar hangar, BufferAllocator allocator, String name, long first, int batches, int rows) {
    try (var root = VectorSchemaRoot.create(SCHEMA, allocator)) {
      hangar.put(
          name, new Batches(root, batches, batch -> fill(root, first + (long) batch * rows, rows)));
    }
  }

  static void fill(VectorSchemaRoot root, long first, int rows) {
    var numbers = (BigIntVector) root.getVector(0);
    numbers.allocateNew(rows);
    for (int row = 0; row < rows; row++) {
      numbers.set(row, first + row);
    }
    root.setRowCount(rows);
  }

  /** The numbers that come, in their order. */
  static List<Long> read(ArrowReader reader) throws IOException {
    var all = new ArrayList<Long>();
    while (reader.loadNextBatch()) {
      all.addAll(batch(reader));
    }
    return all;
  }

  /** The numbers of the batch that is loaded. */
  static List<Long> batch(ArrowReader reader) throws IOException {
    var numbers = (BigIntVector) reader.getVectorSchemaRoot().getVector(0);
    var batch = new ArrayList<Long>();
    for (int row = 0; row < numbers.getValueCount(); row++) {
      batch.add(numbers.get(row));
    }
    return batch;
  }
}
