package dev.hangar.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hangar.wire.grpc.GrpcServer;
import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import dev.hangar.wire.http2.ConnectionHandler;
import dev.hangar.wire.http2.DirectReads;
import dev.hangar.wire.memory.BodyPool;
import dev.hangar.wire.memory.MemoryBudget;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How much a connection reads from its socket at once, and hands to it at once. */
@Timeout(60)
@SuppressWarnings("deprecation") // a part of Netty's interface that has no other name
class SocketSizesTest {
  private static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  /** INITIAL_WINDOW_SIZE and MAX_FRAME_SIZE, both as wide as they get. */
  private static final byte[] WIDE = {0, 4, 0x7f, -1, -1, -1, 0, 5, 0, -1, -1, -1};

  private static final byte[] WIDER = {0x7f, -1, 0, 0};
  private static final int BATCH_BYTES = 300_000;

  /** Heads of frames are not in the count that stops streams. */
  private static final int HEADS_BYTES = 1 << 10;

  private static final int BODY_BYTES = 2 << 20;
  private static final int FIRST_BODY_BYTES = 256 << 10;

  private final BodyPool pool = new BodyPool(MemoryBudget.unlimited());
  private final List<Runnable> handlers = new ArrayList<>();
  private final HandedOver handedOver = new HandedOver();
  private ConnectionHandler connection;
  private EmbeddedChannel channel;

  @BeforeEach
  void connect() {
    var calls =
        new GrpcServer(
            FlightMethods.of(new Batches(), pool),
            handlers::add,
            thrown -> new StatusException(StatusCode.INTERNAL, String.valueOf(thrown)));
    connection = ConnectionHandler.server(calls, ConnectionTimes.SERVER);
    channel = new EmbeddedChannel(handedOver, connection);
    channel.config().setWriteBufferWaterMark(Transport.writeMarks());
    write(PREFACE);
    frame(RawPeer.SETTINGS, 0, 0, WIDE);
    frame(RawPeer.SETTINGS, RawPeer.ACK, 0, new byte[0]);
    frame(RawPeer.WINDOW_UPDATE, 0, 0, WIDER);
  }

  @AfterEach
  void nothingIsLeft() {
    connection.closeNow();
    channel.finishAndReleaseAll();
    assertThat(pool.liveBytes()).isZero();
    pool.close();
  }

  @Test
  void theSocketIsHandedNoMoreThanItsQueueHolds() {
    request("DoGet");
    frame(RawPeer.DATA, RawPeer.END_STREAM, 1, new byte[5]);
    handlers.forEach(Runnable::run);
    channel.runPendingTasks();
    assertThat(handedOver.allBytes).isGreaterThan((long) Batches.COUNT * BATCH_BYTES);
    assertThat(handedOver.mostBytes)
        .isBetween(Limits.SOCKET_QUEUE_BYTES, Limits.SOCKET_QUEUE_BYTES + HEADS_BYTES);
  }

  @Test
  void readsGrowWithWhatComesUpToTheLimit() {
    var reads = new DirectReads(connection, new LongAdder()).newHandle();
    int before = 0;
    for (int size = read(reads, true); size > before; size = read(reads, true)) {
      before = size;
    }
    assertThat(before).isEqualTo(Limits.SOCKET_READ_BYTES);
    assertThat(read(reads, false)).isEqualTo(Limits.SOCKET_READ_BYTES);
    assertThat(read(reads, true)).isEqualTo(Limits.SOCKET_READ_BYTES / 2);
  }

  @Test
  void bodiesAreReadInPlaceUpToTheLimit() {
    var reads = new DirectReads(connection, new LongAdder()).newHandle();
    request("DoPut");
    write(new byte[] {0x20, 0, 0x0B, RawPeer.DATA, 0, 0, 0, 0, 1}); // a frame's head,
    write(new byte[] {0, 0, 0x20, 0, 6}); // gRPC's prefix,
    write(new byte[] {(byte) 0xC2, 0x3E, (byte) 0x80, (byte) 0x80, (byte) 0x80, 1}); // data_body
    write(new byte[FIRST_BODY_BYTES + 1]); // and so much that memory is taken for all of it
    assertThat(pool.liveBytes()).isGreaterThanOrEqualTo(BODY_BYTES);
    assertThat(read(reads, true)).isEqualTo(Limits.SOCKET_READ_BYTES);
    write(new byte[BODY_BYTES - Limits.SOCKET_READ_BYTES - FIRST_BODY_BYTES - 1]);
    assertThat(read(reads, true)).isEqualTo(Limits.SOCKET_READ_BYTES);
    write(new byte[1]);
    assertThat(read(reads, true)).isEqualTo(Limits.SOCKET_READ_BYTES - 1);
  }

  /** The size of a read that fills its buffer, or hardly. */
  private static int read(io.netty.channel.RecvByteBufAllocator.Handle reads, boolean full) {
    ByteBuf buffer = reads.allocate(UnpooledByteBufAllocator.DEFAULT);
    int size = buffer.writableBytes();
    reads.attemptedBytesRead(size);
    reads.lastBytesRead(full ? size : 1);
    buffer.release();
    return size;
  }

  private void request(String method) {
    Map<String, String> headers = RawPeer.requestHeaders(method, "10H");
    frame(RawPeer.HEADERS, RawPeer.END_HEADERS, 1, RawPeer.headerBlock(headers));
  }

  private void frame(int type, int flags, int streamId, byte[] payload) {
    write(RawPeer.bytes(type, flags, streamId, payload));
  }

  private void write(byte[] bytes) {
    channel.writeInbound(Unpooled.wrappedBuffer(bytes));
  }

  /** Gives some mebibytes; takes nothing. */
  private static final class Batches implements FlightService {
    static final int COUNT = 20;

    @Override
    public void doGet(CallContext call, Ticket ticket, FlightSink out) {
      ByteBuffer body = ByteBuffer.allocateDirect(BATCH_BYTES);
      for (int i = 0; i < COUNT; i++) {
        out.send(
            FlightData.batch(ByteBuffer.allocate(8), null, List.of(body.duplicate()), () -> {}));
      }
    }
  }

  /** Counts what is written before each flush, and drops it: the socket. */
  private static final class HandedOver extends ChannelOutboundHandlerAdapter {
    private long allBytes;
    private int mostBytes;
    private int bytes;

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
      bytes += ((ByteBuf) message).readableBytes();
      mostBytes = Math.max(mostBytes, bytes);
      ctx.write(message, promise);
    }

    @Override
    public void flush(ChannelHandlerContext ctx) {
      allBytes += bytes;
      bytes = 0;
      ctx.flush();
    }
  }
}
