package dev.hangar.client;

import dev.hangar.wire.FlightData;
import java.nio.ByteBuffer;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.ForeignAllocation;
import org.apache.arrow.memory.util.MemoryUtil;

/** A received body as Arrow memory: the very bytes the socket was read into. */
final class IncomingBody extends ForeignAllocation {
  private final FlightData data;

  private IncomingBody(FlightData data, ByteBuffer body) {
    super(body.remaining(), MemoryUtil.getByteBufferAddress(body) + body.position());
    this.data = data;
  }

  /**
   * The body of {@code data}, counted by {@code allocator}. Takes ownership of {@code data}, also
   * when it throws; it is closed with the last reference to the buffer.
   */
  static ArrowBuf of(FlightData data, BufferAllocator allocator) {
    if (data.bodyBytes() == 0) {
      data.close();
      return allocator.getEmpty();
    }
    try {
      return allocator.wrapForeignAllocation(new IncomingBody(data, data.body().get(0)));
    } catch (RuntimeException e) {
      data.close();
      throw e;
    }
  }

  @Override
  protected void release0() {
    data.close();
  }
}
