package dev.hangar.wire.http2;

import dev.hangar.wire.Limits;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.DefaultHttp2FrameWriter;
import io.netty.handler.codec.http2.Http2FrameSizePolicy;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Frames cut on their way in, and made on their way out, without a socket. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class FrameBenchmark {
  private static final int SMALL_MESSAGES = 256;
  private static final int SMALL_BYTES = 100;
  private static final int MESSAGE_BYTES = 2 << 20;

  /** What a socket gives at once. */
  @Param({"65536", "1048576"})
  public int readBytes;

  private EmbeddedChannel channel;
  private ChannelHandlerContext context;
  private FrameSplitter splitter;
  private ByteBuf frame;
  private ByteBuf large;
  private ByteBuf small;
  private long passedBytes;
  private final Http2FrameSizePolicy policy =
      new DefaultHttp2FrameWriter().configuration().frameSizePolicy();

  /** Makes a DATA frame as it would arrive. */
  @Setup
  public void make() throws Exception {
    channel = new EmbeddedChannel(new ChannelInboundHandlerAdapter());
    context = channel.pipeline().firstContext();
    splitter =
        new FrameSplitter(
            false,
            1 << 20,
            new ControlFrameLimit(System::nanoTime),
            portion -> passedBytes += portion.readableBytes());
    splitter.read(Unpooled.wrappedBuffer(new byte[] {0, 0, 0, 4, 0, 0, 0, 0, 0})); // SETTINGS first
    policy.maxFrameSize(Limits.FRAME_BYTES);
    frame = Unpooled.directBuffer(9 + MESSAGE_BYTES);
    frame.writeMedium(MESSAGE_BYTES).writeZero(2).writeInt(1).writeZero(MESSAGE_BYTES);
    large = Unpooled.directBuffer(MESSAGE_BYTES).writeZero(MESSAGE_BYTES);
    small = Unpooled.directBuffer(SMALL_BYTES).writeZero(SMALL_BYTES);
  }

  /** Frees it. */
  @TearDown
  public void free() {
    channel.finishAndReleaseAll();
    frame.release();
    large.release();
    small.release();
  }

  /** A frame of 2 MiB, cut to what a read brings. */
  @Benchmark
  public long split() throws Exception {
    ByteBuf arriving = frame.duplicate();
    while (arriving.isReadable()) {
      splitter.read(arriving.readSlice(Math.min(readBytes, arriving.readableBytes())));
    }
    return passedBytes;
  }

  /** A body of 2 MiB, by reference. */
  @Benchmark
  public void writeLarge() {
    write(large, 1);
  }

  /** 256 messages of 100 bytes, in one frame. */
  @Benchmark
  public void writeSmall() {
    write(small, SMALL_MESSAGES);
  }

  private void write(ByteBuf bytes, int times) {
    var pieces = new ArrayDeque<OutboundData.Piece>();
    for (int i = 0; i < times; i++) {
      pieces.add(new OutboundData.Piece(bytes.retainedDuplicate(), new Completion(() -> {})));
    }
    new OutboundData(1, policy, () -> {}, pieces).write(context, Integer.MAX_VALUE);
    channel.flush();
    channel.releaseOutbound();
  }
}
