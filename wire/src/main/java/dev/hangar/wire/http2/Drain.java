package dev.hangar.wire.http2;

import dev.hangar.wire.Limits;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Error;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The end of a server's connection that loses no call (RFC 9113, 6.8): a first GOAWAY tells the
 * client to open no more streams, and a PING follows. What the client had sent before it read that
 * has come when it answers; only then a second GOAWAY says which stream is the last. One
 * connection's, event loop only.
 */
final class Drain {
  /** What our PING carries, to know its answer by. */
  private static final long PING = 0x68616e6761720001L;

  private final ConnectionHandler connection;
  private final List<Runnable> waiting = new ArrayList<>();
  private boolean begun;
  private boolean heard;

  Drain(ConnectionHandler connection) {
    this.connection = connection;
  }

  /** Runs {@code then} when the client has heard the first GOAWAY, or had its time to. */
  void whenHeard(ChannelHandlerContext ctx, String why, Runnable then) {
    if (heard) {
      then.run();
      return;
    }
    waiting.add(then);
    if (!begun) {
      begun = true;
      begin(ctx, why);
    }
  }

  void onPingAck(ChannelHandlerContext ctx, long content) {
    if (begun && content == PING) {
      heard(ctx);
    }
  }

  private void begin(ChannelHandlerContext ctx, String why) {
    goAway(ctx, Integer.MAX_VALUE, why);
    connection.encoder().writePing(ctx, false, PING, ctx.newPromise());
    connection.flush();
    ctx.executor().schedule(() -> heard(ctx), Limits.DRAIN_TIME.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void heard(ChannelHandlerContext ctx) {
    if (heard || !ctx.channel().isActive()) {
      return;
    }
    heard = true;
    goAway(ctx, connection.connection().remote().lastStreamCreated(), "");
    connection.flush();
    waiting.forEach(Runnable::run);
  }

  private void goAway(ChannelHandlerContext ctx, int lastStream, String why) {
    connection.goAway(
        ctx,
        lastStream,
        Http2Error.NO_ERROR.code(),
        ByteBufUtil.writeUtf8(ctx.alloc(), why),
        ctx.newPromise());
  }
}
