package dev.hangar.query.arrow;

import java.io.IOException;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorLoader;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.VectorUnloader;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * A reader's batches under another schema of the same layout; nothing is copied. Does not own the
 * reader. One thread at a time.
 */
public final class RelabelledReader extends ForwardingReader {
  private final VectorSchemaRoot root;
  private final VectorUnloader unloader;
  private final VectorLoader loader;

  public RelabelledReader(ArrowReader reader, Schema schema, BufferAllocator allocator)
      throws IOException {
    super(reader, allocator);
    this.root = VectorSchemaRoot.create(schema, allocator);
    this.unloader = new VectorUnloader(reader.getVectorSchemaRoot());
    this.loader = new VectorLoader(root);
  }

  @Override
  public VectorSchemaRoot getVectorSchemaRoot() {
    return root;
  }

  @Override
  public boolean loadNextBatch() throws IOException {
    if (!super.loadNextBatch()) {
      root.clear();
      return false;
    }
    try (ArrowRecordBatch batch = unloader.getRecordBatch()) {
      loader.load(batch);
    }
    return true;
  }

  @Override
  public void close() {
    root.close();
  }

  @Override
  public void close(boolean closeReadSource) {
    root.close();
  }
}
