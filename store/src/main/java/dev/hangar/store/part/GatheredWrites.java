package dev.hangar.store.part;

import dev.hangar.store.Limits;
import dev.hangar.store.file.WritableFile;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Writes to a file, small ones collected until they are worth a system call. For one thread. */
final class GatheredWrites {
  private final WritableFile file;
  private final ByteBuffer waiting = ByteBuffer.allocate(Limits.GATHERED_BYTES);

  GatheredWrites(WritableFile file) {
    this.file = file;
  }

  /** Appends all that remains in {@code buffers}; what is small is copied, what is large is not. */
  void write(ByteBuffer... buffers) throws IOException {
    long bytes = 0;
    for (var buffer : buffers) {
      bytes += buffer.remaining();
    }
    if (bytes > waiting.remaining()) {
      writeThrough(buffers);
    } else {
      for (var buffer : buffers) {
        waiting.put(buffer);
      }
    }
  }

  private void writeThrough(ByteBuffer... buffers) throws IOException {
    var all = new ByteBuffer[buffers.length + 1];
    all[0] = waiting.flip();
    System.arraycopy(buffers, 0, all, 1, buffers.length);
    file.write(all);
    waiting.clear();
  }

  /** Bytes written, and those that wait. */
  long size() {
    return file.size() + waiting.position();
  }

  /** Hands everything to the file. */
  void flush() throws IOException {
    writeThrough();
  }
}
