package dev.hangar.query.file;

import dev.hangar.query.arrow.ForwardingReader;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;

/**
 * A reader of a file's batches whose failures name the file. Takes ownership of what it reads from.
 * One thread at a time.
 */
public final class FileReader extends ForwardingReader {
  private final FileFailures failures;
  private final Deque<AutoCloseable> sources;
  private long bytesRead;

  /**
   * @param sources what is closed with it, the first first: the reader itself among them
   */
  public FileReader(
      ArrowReader reader,
      BufferAllocator allocator,
      FileFailures failures,
      Deque<AutoCloseable> sources) {
    super(reader, allocator);
    this.failures = failures;
    this.sources = new ArrayDeque<>(sources);
  }

  @Override
  public boolean loadNextBatch() throws IOException {
    try {
      boolean loaded = super.loadNextBatch();
      if (loaded) {
        VectorSchemaRoot root = getVectorSchemaRoot();
        bytesRead += root.getFieldVectors().stream().mapToLong(v -> v.getBufferSize()).sum();
      }
      return loaded;
    } catch (IOException | RuntimeException | AssertionError e) {
      throw failures.reading(e);
    }
  }

  /** Bytes of the batches so far. */
  @Override
  public long bytesRead() {
    return bytesRead;
  }

  @Override
  public void close() throws IOException {
    close(true);
  }

  @Override
  public void close(boolean closeReadSource) throws IOException {
    failures.closeAll(sources);
  }
}
