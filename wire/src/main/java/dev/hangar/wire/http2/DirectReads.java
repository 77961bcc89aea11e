package dev.hangar.wire.http2;

import dev.hangar.wire.Limits;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;
import io.netty.channel.unix.IntegerUnixChannelOption;
import java.util.concurrent.atomic.LongAdder;

/**
 * Decides where a connection's socket is read into: where a body is on its way, its own memory, so
 * that nothing copies it; else a buffer as large as what has been coming.
 *
 * <p>Behind a body the next bytes are the heads of frames and messages: they are read with a small
 * buffer, for what comes with them of the next body has to be copied. One connection's; event loop
 * only.
 *
 * <p>While a body is on its way, the kernel is asked to wake us when there is something worth
 * reading: to be woken for each packet costs both sides more than to read it.
 */
public final class DirectReads extends DefaultMaxMessagesRecvByteBufAllocator {
  private static final int LEAST_BYTES = 2 << 10;
  private static final int FIRST_BYTES = 64 << 10;
  private static final int HEADS_BYTES = 8 << 10;

  /** As Linux numbers them: SOL_SOCKET, SO_RCVLOWAT. Other systems and transports ignore it. */
  private static final IntegerUnixChannelOption SO_RCVLOWAT =
      new IntegerUnixChannelOption("SO_RCVLOWAT", 1, 18);

  /** Reads of one connection before others get their turn. */
  private static final int READS_IN_TURN = 16;

  private final ConnectionHandler connection;
  private final LongAdder reads;

  /**
   * Reads of the channel of {@code connection}, which must get its bytes as they are read.
   *
   * @param reads counts them: system calls
   */
  public DirectReads(ConnectionHandler connection, LongAdder reads) {
    super(READS_IN_TURN);
    this.connection = connection;
    this.reads = reads;
  }

  @Override
  @SuppressWarnings("deprecation") // Netty's interface has it, and no other name for it
  public Handle newHandle() {
    return new Sizes();
  }

  private final class Sizes extends MaxMessageHandle {
    private int size = FIRST_BYTES;
    private int awaited = 1;
    private long lastNanos = System.nanoTime();
    private boolean direct;

    @Override
    public ByteBuf allocate(ByteBufAllocator alloc) {
      ByteBuf landing = connection.landing(Limits.SOCKET_READ_BYTES);
      boolean afterDirect = direct;
      direct = landing != null;
      if (landing != null) {
        return landing;
      }
      await(1);
      return alloc.directBuffer(afterDirect ? HEADS_BYTES : size);
    }

    @Override
    public int guess() {
      return size;
    }

    @Override
    public void lastBytesRead(int bytes) {
      super.lastBytesRead(bytes);
      reads.increment();
      if (bytes <= 0) {
        return;
      }
      if (direct) {
        awaitRest(bytes, attemptedBytesRead() - bytes);
      } else if (bytes >= size) {
        size = Math.min(2 * size, Limits.SOCKET_READ_BYTES);
      } else if (bytes < size / 4) {
        size = Math.max(size / 2, LEAST_BYTES);
      }
    }

    /**
     * Waits for what should come within {@link Limits#AWAIT_TIME}, as fast as it has been coming.
     */
    private void awaitRest(int bytes, int rest) {
      long now = System.nanoTime();
      double soon = (double) bytes * Limits.AWAIT_TIME.toNanos() / Math.max(1, now - lastNanos);
      lastNanos = now;
      await((int) Math.max(1, Math.min(rest, soon)));
    }

    /** Has the kernel wake us when so many bytes have come, and not for each packet. */
    private void await(int bytes) {
      if (bytes != awaited) {
        awaited = bytes;
        connection.context().channel().config().setOption(SO_RCVLOWAT, bytes);
      }
    }
  }
}
