package dev.hangar.query.arrow;

import java.nio.ByteBuffer;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.ForeignAllocation;
import org.apache.arrow.memory.util.MemoryUtil;

/** A message's body as Arrow memory: the very bytes, wherever they lie. */
final class BorrowedBody extends ForeignAllocation {
  private final Runnable giveBack;

  private BorrowedBody(ByteBuffer body, Runnable giveBack) {
    super(body.remaining(), MemoryUtil.getByteBufferAddress(body) + body.position());
    this.giveBack = giveBack;
  }

  /** {@code giveBack} runs with the last reference to the buffer, and also when this throws. */
  static ArrowBuf of(ByteBuffer body, Runnable giveBack, BufferAllocator allocator) {
    if (!body.hasRemaining()) {
      giveBack.run();
      return allocator.getEmpty();
    }
    try {
      return allocator.wrapForeignAllocation(new BorrowedBody(body, giveBack));
    } catch (RuntimeException e) {
      giveBack.run();
      throw e;
    }
  }

  @Override
  protected void release0() {
    giveBack.run();
  }
}
