package dev.hangar.query.sql;

import dev.hangar.query.arrow.ForwardingReader;
import java.io.IOException;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;

/**
 * A reader whose source sees what became of its messages. Owns the reader. One thread at a time.
 */
final class LearningReader extends ForwardingReader {
  private final VersionSource source;
  private final List<Integer> columns;

  LearningReader(
      ArrowReader reader, VersionSource source, List<Integer> columns, BufferAllocator allocator) {
    super(reader, allocator);
    this.source = source;
    this.columns = columns;
  }

  @Override
  public boolean loadNextBatch() throws IOException {
    boolean isLoaded = super.loadNextBatch();
    if (isLoaded) {
      source.learn(getVectorSchemaRoot().getFieldVectors(), columns);
    }
    return isLoaded;
  }
}
