package dev.hangar.query.sql;

import dev.hangar.query.arrow.ForwardingReader;
import java.io.IOException;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.ipc.ArrowReader;

/**
 * A reader whose source sees what became of its messages, and which lets no value through that
 * DuckDB would take for another one. Owns the reader. One thread at a time.
 */
final class LearningReader extends ForwardingReader {
  private final TableSource source;
  private final List<Integer> columns;
  private final List<String> names;

  /**
   * @param columns the numbers of those that are read
   * @param names of all columns
   */
  LearningReader(
      ArrowReader reader,
      TableSource source,
      List<Integer> columns,
      List<String> names,
      BufferAllocator allocator) {
    super(reader, allocator);
    this.source = source;
    this.columns = columns;
    this.names = names;
  }

  @Override
  public boolean loadNextBatch() throws IOException {
    boolean isLoaded = super.loadNextBatch();
    if (isLoaded) {
      List<FieldVector> vectors = getVectorSchemaRoot().getFieldVectors();
      source.requireHeld(vectors, columns, names, this);
      source.learn(vectors, columns);
    }
    return isLoaded;
  }
}
