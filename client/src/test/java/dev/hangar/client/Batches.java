package dev.hangar.client;

import java.util.function.IntConsumer;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;

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
