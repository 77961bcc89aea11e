package dev.hangar.store.part;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** CRC32C (RFC 3720, appendix B.4) of some bytes. */
final class Checksum {
  /** Bytes of the smallest page there is: mapped memory comes in pages, or does not come. */
  private static final int PAGE_BYTES = 4096;

  /** Where the sums of what was read go, so that the compiler cannot leave the reading out. */
  @SuppressWarnings("unused")
  private static int touched;

  private Checksum() {}

  /** The checksum of all {@code buffers} one after the other, whose positions stay. */
  static int of(@Nullable ByteBuffer... buffers) {
    var checksum = new CRC32C();
    for (var buffer : buffers) {
      if (buffer != null) {
        checksum.update(buffer.duplicate());
      }
    }
    return (int) checksum.getValue();
  }

  /**
   * The checksum of mapped memory.
   *
   * @throws InternalError if the disk cannot give some of it
   */
  static int ofMapped(@Nullable ByteBuffer... buffers) {
    for (var buffer : buffers) {
      if (buffer != null) {
        touch(buffer);
      }
    }
    return of(buffers);
  }

  /**
   * Reads one byte of each page. Where a page does not come, because the file was cut or the disk
   * is ill, such a read ends with an error; inside the checksum's machine code it would end the
   * process.
   */
  private static void touch(ByteBuffer memory) {
    int sum = 0;
    for (long i = 0; i < memory.limit(); i += PAGE_BYTES) {
      sum += memory.get((int) i);
    }
    touched = sum + (memory.hasRemaining() ? memory.get(memory.limit() - 1) : 0);
  }
}
