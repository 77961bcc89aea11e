package dev.hangar.query.file;

import dev.hangar.query.arrow.ForwardingReader;
import dev.hangar.query.arrow.HeldValues;
import dev.hangar.query.arrow.HeldValues.Holder;
import java.io.IOException;
import java.util.function.LongConsumer;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.jspecify.annotations.Nullable;

/**
 * A reader that counts rows, lets no value through that a file would hold as another one, and
 * remembers its failure, which DuckDB, reading it from C++, would turn into text. Does not own what
 * it reads from. One thread at a time.
 */
final class CountingReader extends ForwardingReader {
  private final @Nullable Holder holder;
  private final LongConsumer rowsSoFar;
  private long rows;
  private @Nullable Exception failure;

  CountingReader(
      ArrowReader reader, FileFormat format, BufferAllocator allocator, LongConsumer rowsSoFar) {
    super(reader, allocator);
    this.holder = holder(format);
    this.rowsSoFar = rowsSoFar;
  }

  /** Arrow's own files hold what there is. */
  private static @Nullable Holder holder(FileFormat format) {
    return switch (format) {
      case PARQUET -> Holder.PARQUET_FILE;
      case CSV, JSON_LINES -> Holder.TEXT_FILE;
      case ARROW_FILE, ARROW_STREAM -> null;
    };
  }

  @Override
  public boolean loadNextBatch() throws IOException {
    try {
      boolean loaded = super.loadNextBatch();
      if (loaded) {
        requireHeld();
        rows += getVectorSchemaRoot().getRowCount();
        rowsSoFar.accept(rows);
      }
      return loaded;
    } catch (IOException | RuntimeException e) {
      failure = e;
      throw e;
    }
  }

  private void requireHeld() throws IOException {
    if (holder == null) {
      return;
    }
    for (FieldVector vector : getVectorSchemaRoot().getFieldVectors()) {
      String problem = HeldValues.problem(holder, vector.getName(), vector, this);
      if (problem != null) {
        throw new DataFileException(problem + "; an Arrow file holds every value");
      }
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
