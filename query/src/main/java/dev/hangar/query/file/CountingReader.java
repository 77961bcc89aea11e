package dev.hangar.query.file;

import dev.hangar.query.arrow.ForwardingReader;
import java.io.IOException;
import java.util.function.LongConsumer;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.jspecify.annotations.Nullable;

/**
 * A reader that counts rows and remembers its failure, which DuckDB, reading it from C++, would
 * turn into text. Does not own what it reads from. One thread at a time.
 */
final class CountingReader extends ForwardingReader {
  private final LongConsumer rowsSoFar;
  private long rows;
  private @Nullable Exception failure;

  CountingReader(ArrowReader reader, BufferAllocator allocator, LongConsumer rowsSoFar) {
    super(reader, allocator);
    this.rowsSoFar = rowsSoFar;
  }

  @Override
  public boolean loadNextBatch() throws IOException {
    try {
      boolean loaded = super.loadNextBatch();
      if (loaded) {
        rows += getVectorSchemaRoot().getRowCount();
        rowsSoFar.accept(rows);
      }
      return loaded;
    } catch (IOException | RuntimeException e) {
      failure = e;
      throw e;
    }
  }

  /** Rows so far. */
  long rows() {
    return rows;
  }

  /** Throws what reading failed with, if it did. */
  void rethrowFailure() throws IOException {
    switch (failure) {
      case null -> {}
      case IOException e -> throw e;
      case RuntimeException e -> throw e;
      default -> throw new IllegalStateException(failure);
    }
  }

  @Override
  public void close() {}

  @Override
  public void close(boolean closeReadSource) {}
}
