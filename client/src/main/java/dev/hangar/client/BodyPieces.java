package dev.hangar.client;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;

/**
 * A batch's buffers laid out as a body: back to back, each padded to 8 bytes (Arrow columnar
 * format, "Recordbatch message").
 *
 * <p>Large buffers are handed over as they are; small ones and paddings are copied together, since
 * many small writes cost more than a copy. The pieces are valid until this is closed, and as long
 * as the buffers are.
 */
final class BodyPieces implements AutoCloseable {
  /** Buffers below this size are copied. */
  static final int COPIED_BYTES = 1024;

  private static final int ALIGNMENT_BYTES = 8;

  private final ArrowBuf copies;
  private final List<ByteBuffer> pieces = new ArrayList<>();
  private long runStart;
  private long runEnd;

  /** Lays out {@code buffers}, which stay the caller's. */
  BodyPieces(List<ArrowBuf> buffers, BufferAllocator allocator) {
    this.copies = allocator.buffer(buffers.stream().mapToLong(BodyPieces::copiedBytes).sum());
    buffers.forEach(this::add);
    endRun();
  }

  List<ByteBuffer> pieces() {
    return pieces;
  }

  @Override
  public void close() {
    copies.close();
  }

  private void add(ArrowBuf buffer) {
    long bytes = buffer.readableBytes();
    if (bytes < COPIED_BYTES) {
      copies.setBytes(runEnd, buffer, buffer.readerIndex(), bytes);
      runEnd += bytes;
    } else {
      endRun();
      pieces.add(buffer.nioBuffer(buffer.readerIndex(), Math.toIntExact(bytes)));
    }
    long padding = padded(bytes) - bytes;
    copies.setZero(runEnd, padding);
    runEnd += padding;
  }

  private void endRun() {
    if (runEnd > runStart) {
      pieces.add(copies.nioBuffer(runStart, Math.toIntExact(runEnd - runStart)));
    }
    runStart = runEnd;
  }

  private static long copiedBytes(ArrowBuf buffer) {
    long bytes = buffer.readableBytes();
    return padded(bytes) - (bytes < COPIED_BYTES ? 0 : bytes);
  }

  private static long padded(long bytes) {
    return (bytes + ALIGNMENT_BYTES - 1) & -ALIGNMENT_BYTES;
  }
}
