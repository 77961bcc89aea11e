package dev.hangar.client;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.IntConsumer;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A reader as an application might write one: each batch is written over the one before, in the
 * same memory.
 */
final class Batches extends ArrowReader {
  private final VectorSchemaRoot root;
  private final int count;
  private final IntConsumer fill;
  private int next;

  /** {@code fill} is told the batch's number and writes {@code root}. */
  Batches(VectorSchemaRoot root, int count, IntConsumer fill) {
    super(root.getFieldVectors().get(0).getAllocator());
    this.root = root;
    this.count = count;
    this.fill = fill;
  }

  /** Writes {@code values} over what {@code vector} holds; null is null. */
  static void write(VarCharVector vector, List<@Nullable String> values) {
    vector.reset();
    for (int i = 0; i < values.size(); i++) {
      var value = values.get(i);
      if (value != null) {
        vector.setSafe(i, value.getBytes(StandardCharsets.UTF_8));
      }
    }
    vector.setValueCount(values.size());
  }

  @Override
  public VectorSchemaRoot getVectorSchemaRoot() {
    return root;
  }

  @Override
  public boolean loadNextBatch() {
    if (next == count) {
      return false;
    }
    fill.accept(next++);
    return true;
  }

  @Override
  public long bytesRead() {
    return 0;
  }

  @Override
  protected void closeReadSource() {
    root.close();
  }

  @Override
  protected Schema readSchema() {
    return root.getSchema();
  }
}
