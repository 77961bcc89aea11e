package dev.hangar.wire.memory;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The memory of one record batch body: contiguous, off the heap, aligned to 64 bytes where the
 * platform tells addresses.
 *
 * <p>Counted: made with one reference, freed with the last. A body is filled by one thread and may
 * be read by many afterwards.
 */
public final class Body implements AutoCloseable {
  private final BodyPool pool;
  private final ByteBuf memory;
  private final int offsetBytes;
  private final int capacityBytes;
  private final AtomicInteger references = new AtomicInteger(1);

  Body(BodyPool pool, ByteBuf memory, int offsetBytes, int capacityBytes) {
    this.pool = pool;
    this.memory = memory;
    this.offsetBytes = offsetBytes;
    this.capacityBytes = capacityBytes;
  }

  /** Bytes this body can hold; at least what was asked for. */
  public int capacityBytes() {
    return capacityBytes;
  }

  /**
   * Writable memory of this body, for a socket to read into; valid, whatever becomes of the body,
   * until it is released.
   */
  public ByteBuf landing(int atBytes, int lengthBytes) {
    return memory.retainedSlice(offsetBytes + atBytes, lengthBytes).clear();
  }

  /**
   * Takes over the readable bytes of {@code source} at {@code atBytes}, and reads them: copies them
   * there, unless that is where they are.
   */
  public void write(int atBytes, ByteBuf source) {
    int bytes = source.readableBytes();
    if (isAt(atBytes, source)) {
      source.skipBytes(bytes);
    } else {
      memory.setBytes(offsetBytes + atBytes, source, bytes);
      pool.copied(bytes);
    }
  }

  private boolean isAt(int atBytes, ByteBuf source) {
    return source.hasMemoryAddress()
        && memory.hasMemoryAddress()
        && source.memoryAddress() + source.readerIndex()
            == memory.memoryAddress() + offsetBytes + atBytes;
  }

  /** Copies the first {@code lengthBytes} of {@code source} to the start of this body. */
  public void copyFrom(Body source, int lengthBytes) {
    memory.setBytes(offsetBytes, source.memory, source.offsetBytes, lengthBytes);
  }

  /** A view of the first {@code lengthBytes}, little-endian; valid while a reference is held. */
  public ByteBuffer bytes(int lengthBytes) {
    return memory.nioBuffer(offsetBytes, lengthBytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Adds a reference. */
  public Body retain() {
    if (references.getAndIncrement() <= 0) {
      throw new IllegalStateException("a body that was freed can't be retained");
    }
    return this;
  }

  /** Drops a reference; the memory goes back to its pool with the last. */
  @Override
  public void close() {
    int left = references.decrementAndGet();
    if (left < 0) {
      throw new IllegalStateException("a body was freed twice");
    }
    if (left == 0) {
      pool.recycle(memory, offsetBytes, capacityBytes);
    }
  }
}
