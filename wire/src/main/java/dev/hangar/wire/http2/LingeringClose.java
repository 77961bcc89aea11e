package dev.hangar.wire.http2;

import dev.hangar.wire.Limits;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.TimeUnit;

/**
 * Closes a connection so that the peer gets all that was sent to it: first our side alone, then,
 * when the peer has closed its side or {@link Limits#LINGER_TIME} has passed, the rest.
 *
 * <p>A socket that is closed while the peer still sends answers with a reset, and a reset may
 * overtake what the peer has not read (RFC 9112, 9.6). A peer that reads slowly sends window
 * updates, pings and acknowledgements to the last. One connection's; stands next to the socket.
 */
public final class LingeringClose extends ChannelDuplexHandler {
  private boolean closing;

  @Override
  public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
    Channel channel = ctx.channel();
    channel.closeFuture().addListener(closed -> promise.trySuccess());
    if (closing) {
      return;
    }
    closing = true;
    ctx.writeAndFlush(Unpooled.EMPTY_BUFFER)
        .addListener(written -> endOutput(ctx, written.isSuccess()));
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (closing) {
      ReferenceCountUtil.release(message);
    } else {
      ctx.fireChannelRead(message);
    }
  }

  private static void endOutput(ChannelHandlerContext ctx, boolean written) {
    if (!written || !ctx.channel().isActive() || !(ctx.channel() instanceof DuplexChannel duplex)) {
      ctx.close();
      return;
    }
    duplex.shutdownOutput();
    var late =
        ctx.executor()
            .schedule(() -> ctx.close(), Limits.LINGER_TIME.toMillis(), TimeUnit.MILLISECONDS);
    ctx.channel().closeFuture().addListener(closed -> late.cancel(false));
  }
}
