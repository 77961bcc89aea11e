package dev.hangar.wire.http2;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.DefaultHttp2FrameWriter;
import java.io.IOException;
import java.util.ArrayDeque;
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

  private OutboundData data() {
    var pieces = new ArrayDeque<OutboundData.Piece>();
    pieces.add(new OutboundData.Piece(body, new Completion(done::incrementAndGet)));
    return new OutboundData(
        1, new DefaultHttp2FrameWriter().configuration().frameSizePolicy(), pieces);
  }
}
