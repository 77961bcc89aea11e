package dev.hangar.client;

import java.io.IOException;
import org.apache.arrow.vector.ipc.ArrowReader;

/**
 * Rows that can be read from their beginning as often as it takes: a file, a query, a list of
 * batches.
 *
 * <pre>{@code
 * hangar.put("trips", () -> new ArrowFileReader(FileChannel.open(path), allocator));
 * }</pre>
 */
@FunctionalInterface
public interface RowSource {
  /** A reader in front of the first row, the same rows each time; whoever asked closes it. */
  ArrowReader open() throws IOException;

  /**
   * Whether {@code reader}, which {@link #open} has made, may write its next batch over the one
   * before: what it may is copied. Arrow's readers and this client's are known not to.
   */
  default BatchMemory memory(ArrowReader reader) {
    return BatchMemory.of(reader);
  }
}
