package dev.hangar.wire;

import dev.hangar.wire.grpc.StatusException;
import dev.hangar.wire.http2.ConnectionHandler;
import dev.hangar.wire.http2.DirectReads;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** A client's connection: made when it is needed, and anew when it was lost. Thread-safe. */
final class ClientConnection implements AutoCloseable {
  private final Location location;
  private final String host;
  private final int port;
  private final int windowBytes;
  private final EventLoopGroup eventLoops = Transport.eventLoops(1, "hangar-client");
  private final LongAdder reads = new LongAdder();
  private @Nullable ConnectionHandler current;
  private boolean closed;

  /**
   * @param windowBytes what each stream may be sent ahead, unless it says more
   */
  ClientConnection(Location location, int windowBytes) {
    this.location = location;
    this.windowBytes = windowBytes;
    this.host = location.host();
    this.port = location.port();
  }

  Location location() {
    return location;
  }

  /** Reads from the socket, this connection's and those of the connections before it. */
  long socketReads() {
    return reads.sum();
  }

  /** The server's name in requests. */
  String authority() {
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
  }

  /** A connection that is up; blocks while it is made. */
  synchronized ConnectionHandler handler() {
    if (closed) {
      throw new IllegalStateException("the client of " + location.uri() + " is closed");
    }
    ConnectionHandler handler = current;
    if (handler == null
        || !handler.context().channel().isActive()
        || handler.connection().goAwayReceived()) {
      handler = connect();
      current = handler;
    }
    return handler;
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (current != null) {
      current.closeNow().awaitUninterruptibly();
    }
    eventLoops.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  private ConnectionHandler connect() {
    ConnectionHandler handler = ConnectionHandler.client(windowBytes);
    ChannelFuture connected = bootstrap(handler).connect(host, port).awaitUninterruptibly();
    if (!connected.isSuccess()) {
      throw StatusException.unprocessed(
          "cannot reach " + location.uri() + ": " + reason(connected.cause()), connected.cause());
    }
    return handler;
  }

  private Bootstrap bootstrap(ConnectionHandler handler) {
    return new Bootstrap()
        .group(eventLoops)
        .channel(Transport.clientChannel())
        .option(ChannelOption.TCP_NODELAY, true)
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) Limits.CONNECT_TIME.toMillis())
        .option(ChannelOption.WRITE_BUFFER_WATER_MARK, Transport.writeMarks())
        .handler(
            new ChannelInitializer<>() {
              @Override
              protected void initChannel(Channel channel) {
                channel.config().setRecvByteBufAllocator(new DirectReads(handler, reads));
                channel.pipeline().addLast(handler);
              }
            });
  }

  private static String reason(Throwable cause) {
    if (cause instanceof UnknownHostException) {
      return "no such host";
    }
    return cause instanceof ConnectException
            && String.valueOf(cause.getMessage()).contains("refused")
        ? "connection refused"
        : String.valueOf(cause.getMessage());
  }
}
