package dev.hangar.bench;

import java.io.IOException;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorLoader;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.VectorUnloader;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.types.pojo.Schema;

/** A stream of one batch many times over, without copying it. */
final class RepeatedBatch extends ArrowReader {

  private final Schema schema;
  private final ArrowRecordBatch batch;
  private int left;

  /** Keeps the buffers of {@code root} until closed. */
  RepeatedBatch(BufferAllocator allocator, VectorSchemaRoot root, int times) {
    super(allocator);
    schema = root.getSchema();
    batch = new VectorUnloader(root).getRecordBatch();
    left = times;
  }

  @Override
  public boolean loadNextBatch() throws IOException {
    prepareLoadNextBatch();
    if (left == 0) {
      return false;
    }
    left--;
    new VectorLoader(getVectorSchemaRoot()).load(batch);
    return true;
  }

  @Override
  public long bytesRead() {
    return 0;
  }

  @Override
  protected void closeReadSource() {
    batch.close();
  }

  @Override
  protected Schema readSchema() {
    return schema;
  }
}
