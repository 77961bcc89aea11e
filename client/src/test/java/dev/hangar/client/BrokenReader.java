package dev.hangar.client;

import java.io.IOException;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;

/** A reader whose second batch cannot be read. */
final class BrokenReader extends ArrowReader {
  private final VectorSchemaRoot root;
  private boolean isStarted;

  BrokenReader(VectorSchemaRoot root) {
    super(root.getVector(0).getAllocator());
    this.root = root;
  }

  @Override
  public VectorSchemaRoot getVectorSchemaRoot() {
    return root;
  }

  @Override
  public boolean loadNextBatch() throws IOException {
    if (isStarted) {
      throw new IOException("disk gone");
    }
    isStarted = true;
    root.allocateNew();
    root.setRowCount(0);
    return true;
  }

  @Override
  public long bytesRead() {
    return 0;
  }

  @Override
  protected void closeReadSource() {}

  @Override
  protected Schema readSchema() {
    return root.getSchema();
  }
}
