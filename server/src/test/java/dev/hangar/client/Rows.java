package dev.hangar.client;

import java.io.IOException;
import java.util.List;
import java.util.function.IntConsumer;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/** Consecutive numbers in batches of which each is written over the one before. */
final class Rows extends ArrowReader {
  static final int BATCH_ROWS = 1_000;

  private final VectorSchemaRoot root;
  private final int batches;
  private final IntConsumer before;
  private int next;

  /** {@code before} is told the number of each batch before it is read. */
  Rows(BufferAllocator allocator, int batches, IntConsumer before) {
    super(allocator);
    this.root = VectorSchemaRoot.create(readSchema(), allocator);
    this.batches = batches;
    this.before = before;
    root.getVector(0).setInitialCapacity(BATCH_ROWS);
    root.allocateNew();
  }

  static RowSource source(BufferAllocator allocator, int batches) {
    return () -> new Rows(allocator, batches, batch -> {});
  }

  /** Whether {@code reader} reads the numbers from 0, so many batches of them, in their order. */
  static boolean areAll(ArrowReader reader, int batches) throws IOException {
    long expected = 0;
    while (reader.loadNextBatch()) {
      var numbers = (BigIntVector) reader.getVectorSchemaRoot().getVector(0);
      for (int row = 0; row < numbers.getValueCount(); row++) {
        if (numbers.get(row) != expected++) {
          return false;
        }
      }
    }
    return expected == (long) batches * BATCH_ROWS;
  }

  @Override
  public VectorSchemaRoot getVectorSchemaRoot() {
    return root;
  }

  @Override
  public boolean loadNextBatch() {
    if (next == batches) {
      return false;
    }
    before.accept(next);
    var numbers = (BigIntVector) root.getVector(0);
    for (int row = 0; row < BATCH_ROWS; row++) {
      numbers.set(row, (long) next * BATCH_ROWS + row);
    }
    root.setRowCount(BATCH_ROWS);
    next++;
    return true;
  }

  @Override
  public long bytesRead() {
    return 0;
  }

  @Override
  public void close(boolean closeReadSource) {
    root.close();
  }

  @Override
  protected void closeReadSource() {}

  @Override
  protected Schema readSchema() {
    return new Schema(List.of(Field.nullable("n", new ArrowType.Int(64, true))));
  }
}
