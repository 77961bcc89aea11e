package dev.hangar.wire.http2;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.DefaultHttp2FrameWriter;
import io.netty.handler.codec.http2.Http2FrameSizePolicy;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OutboundDataTest {
  private static final int BODY_BYTES = 100_000;

  private final EmbeddedChannel channel = new EmbeddedChannel(new ChannelInboundHandlerAdapter());
  private final ChannelHandlerContext context = channel.pipeline().firstContext();
  private final ByteBuf body = Unpooled.directBuffer(BODY_BYTES).writeZero(BODY_BYTES);
  private final AtomicInteger done = new AtomicInteger();
  private final OutboundData data = data();

  @AfterEach
  void nothingIsLeft() {
    channel.finishAndReleaseAll();
    assertThat(body.refCnt()).isZero();
  }

  @Test
  void memoryIsKeptUntilTheSocketHasAllOfIt() {
    data.write(context, BODY_BYTES);
    assertThat(data.size()).isZero();
    assertThat(done).as("written, not flushed").hasValue(0);
    channel.flush();
    assertThat(done).hasValue(1);
  }

  @Test
  void memoryIsKeptWhileTheBeginningOfADroppedMessageIsStillBeingWritten() {
    data.write(context, BODY_BYTES / 2);
    data.error(context, new IOException("the call is over"));
    assertThat(done).as("half of it waits for the socket").hasValue(0);
    channel.flush();
    assertThat(done).hasValue(1);
  }

  @Test
  void aMessageOfWhichNothingWasWrittenIsGivenBackAtOnce() {
    data.error(context, new IOException("the call is over"));
    assertThat(done).hasValue(1);
  }

  @Test
  void smallPiecesShareFramesAndBuffersAndLongOnesStayWhereTheyAre() {
    data.error(context, new IOException("not this one"));
    var pieces = new ArrayDeque<OutboundData.Piece>();
    byte[] expected = new byte[3_000 + 5_000 + 3_000];
    for (int i = 0; i < 3_000; i++) {
      pieces.add(piece(1));
    }
    pieces.add(piece(5_000));
    for (int i = 0; i < 3_000; i++) {
      pieces.add(piece(1));
    }
    Arrays.fill(expected, (byte) 1);
    var many = new OutboundData(1, frameSize(), () -> {}, pieces);
    many.write(context, 2_500);
    many.write(context, Integer.MAX_VALUE);
    channel.flush();
    assertThat(many.size()).isZero();
    assertThat(done).hasValue(1 + 6_001);
    assertThat(channel.outboundMessages()).as("buffers for the socket").hasSize(4);
    assertThat(payload()).isEqualTo(expected);
  }

  private OutboundData.Piece piece(int bytes) {
    ByteBuf ones = Unpooled.directBuffer(bytes);
    while (ones.isWritable()) {
      ones.writeByte(1);
    }
    return new OutboundData.Piece(ones, new Completion(done::incrementAndGet));
  }

  /** What the frames that went out hold. */
  private byte[] payload() {
    ByteBuf all = Unpooled.buffer();
    for (ByteBuf part; (part = channel.readOutbound()) != null; part.release()) {
      all.writeBytes(part);
    }
    ByteBuf payload = Unpooled.buffer();
    while (all.isReadable()) {
      int length = all.readMedium();
      payload.writeBytes(all.skipBytes(6), length);
    }
    return ByteBufUtil.getBytes(payload);
  }

  private static Http2FrameSizePolicy frameSize() {
    return new DefaultHttp2FrameWriter().configuration().frameSizePolicy();
  }

  private OutboundData data() {
    var pieces = new ArrayDeque<OutboundData.Piece>();
    pieces.add(new OutboundData.Piece(body, new Completion(done::incrementAndGet)));
    return new OutboundData(1, frameSize(), () -> {}, pieces);
  }
}
