package dev.hangar.wire.http2;

import dev.hangar.wire.ConnectionTimes;
import dev.hangar.wire.Limits;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/**
 * What a connection needs besides its calls: clocks, answers to PINGs, and orderly ends. Stands
 * behind its {@link ConnectionHandler}, so that it sees a close before that does. Event loop only.
 */
final class ConnectionKeeper extends ChannelDuplexHandler {
  private static final int DEBUG_BYTES_MAX = 2_000;

  private final ConnectionHandler connection;
  private final PeerState peer;
  private final ConnectionLife life;
  private final Drain drain;
  private boolean living;
  private boolean measured;

  ConnectionKeeper(ConnectionHandler connection, PeerState peer, ConnectionTimes times) {
    this.connection = connection;
    this.peer = peer;
    this.life = new ConnectionLife(connection, this, times);
    this.drain = new Drain(connection);
    connection.connection().addListener(life);
    connection.connection().addListener(new Endings());
  }

  /** The peer has sent something. */
  void heard() {
    life.heard();
  }

  void onSettings() {
    connection.eventLoop().execute(peer::greets); // behind a GOAWAY that came along
  }

  void onPing(ChannelHandlerContext ctx, long content) {
    if (!connection.connection().isServer()) { // a server's are answered by Netty
      answer(ctx, content);
    } else if (!measured && ctx.channel() instanceof SocketChannel tcp) {
      measured = true;
      boundLocal(tcp);
    }
  }

  /**
   * Bounds what lies between both ends where they are on this machine. Clients that ask by PING how
   * much comes within a round trip, as those on gRPC's core do, open their windows by the answer:
   * as far as the kernel's buffers grow, which is some megabytes that they hold then, and that have
   * left the processor's caches when they read them.
   */
  private static void boundLocal(SocketChannel channel) {
    InetSocketAddress peer = channel.remoteAddress();
    InetSocketAddress own = channel.localAddress();
    boolean isLocal =
        peer != null
            && own != null
            && (peer.getAddress().isLoopbackAddress()
                || peer.getAddress().equals(own.getAddress()));
    if (isLocal) {
      channel.config().setSendBufferSize(Limits.LOCAL_SEND_BYTES);
    }
  }

  void onPingAck(ChannelHandlerContext ctx, long content) {
    drain.onPingAck(ctx, content);
    life.onPingAck(content);
  }

  /** Ends the connection when its calls have ended; it takes no more. */
  void end(String why) {
    ChannelHandlerContext ctx = connection.context();
    if (connection.connection().isServer()) {
      drain.whenHeard(ctx, why, () -> ctx.channel().close());
    } else {
      ctx.channel().close();
    }
  }

  /** Closes the connection at once: there is nobody left to talk to. */
  void lost(String why) {
    peer.breaks(new IOException(why));
    connection.closeNow();
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    if (ctx.channel().isActive()) {
      begin();
    }
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    begin();
    ctx.fireChannelActive();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    life.end();
    ctx.fireChannelInactive();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof SslHandshakeCompletionEvent handshake) {
      onHandshake(ctx, handshake);
    }
    ctx.fireUserEventTriggered(event);
  }

  @Override
  public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
    boolean canDrain =
        connection.connection().isServer()
            && connection.decoder().prefaceReceived()
            && ctx.channel().isActive();
    if (!canDrain) {
      ctx.close(promise);
      return;
    }
    ctx.channel().closeFuture().addListener(closed -> promise.trySuccess());
    drain.whenHeard(connection.context(), "the server is shutting down", () -> ctx.close());
  }

  private void begin() {
    if (!living) {
      living = true;
      life.begin();
    }
  }

  /** Whoever speaks TLS and not HTTP/2 is sent away (RFC 9113, 3.2). */
  private void onHandshake(ChannelHandlerContext ctx, SslHandshakeCompletionEvent handshake) {
    if (!handshake.isSuccess()) {
      peer.breaks(handshake.cause());
      return;
    }
    peer.secured();
    SslHandler tls = ctx.pipeline().get(SslHandler.class);
    if (tls != null && !ApplicationProtocolNames.HTTP_2.equals(tls.applicationProtocol())) {
      lost(
          "the peer speaks TLS, but not HTTP/2 over it (ALPN chose "
              + tls.applicationProtocol()
              + ")");
    }
  }

  private void answer(ChannelHandlerContext ctx, long content) {
    if (peer.hasPromises()) {
      ctx.executor().execute(() -> answer(ctx, content));
    } else {
      connection.encoder().writePing(ctx, true, content, ctx.newPromise());
      connection.flush();
    }
  }

  /** A client's connection that takes no more calls is of no use behind its last. */
  private void closeIfLeft() {
    if (!connection.connection().isServer()
        && peer.isLeaving()
        && !peer.hasPromises()
        && connection.connection().numActiveStreams() == 0) {
      connection.context().close();
    }
  }

  private final class Endings extends Http2ConnectionAdapter {
    @Override
    public void onGoAwayReceived(int lastStreamId, long errorCode, ByteBuf debugData) {
      int length = Math.min(DEBUG_BYTES_MAX, debugData.readableBytes());
      peer.leaves(debugData.toString(debugData.readerIndex(), length, StandardCharsets.UTF_8));
      connection.eventLoop().execute(ConnectionKeeper.this::closeIfLeft);
    }

    @Override
    public void onStreamClosed(Http2Stream stream) {
      connection.onClosed(stream);
      closeIfLeft();
    }
  }
}
