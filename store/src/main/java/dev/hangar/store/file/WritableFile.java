package dev.hangar.store.file;

import java.io.IOException;
import java.nio.ByteBuffer;

/** A file that grows at its end. For one thread, but for {@link #force}. */
public interface WritableFile extends AutoCloseable {
  /** Appends all that remains in {@code buffers}, and leaves their positions at their limits. */
  void write(ByteBuffer... buffers) throws IOException;

  /** Bytes written. */
  long size();

  /**
   * Returns when what was written before is on disk. A file for which this failed once must not be
   * trusted again, whatever a second call says.
   */
  void force() throws IOException;

  @Override
  void close() throws IOException;
}
