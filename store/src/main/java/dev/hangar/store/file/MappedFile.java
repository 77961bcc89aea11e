package dev.hangar.store.file;

import java.nio.ByteBuffer;

/** A file as memory. Thread-safe; its buffers must not be used after it is closed. */
public interface MappedFile extends AutoCloseable {
  /** Bytes of the file when it was mapped. */
  long size();

  /**
   * A view of some of it: direct, read-only, little endian.
   *
   * @param length up to 2 GiB less nine bytes, the JDK's largest buffer of mapped memory
   */
  ByteBuffer slice(long offset, int length);

  /** Ends the mapping. Once for all: nobody may be reading. */
  @Override
  void close();
}
