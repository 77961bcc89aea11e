package dev.hangar.wire;

import dev.hangar.wire.grpc.Metadata;
import dev.hangar.wire.grpc.StatusCode;
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
import java.time.Duration;
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

  /**
   * A connection that is up; blocks while it is made.
   *
   * @param patience how long making it may take
   */
  synchronized ConnectionHandler handler(Duration patience) {
    if (closed) {
      throw new IllegalStateException("the client of " + location.uri() + " is closed");
    }
    ConnectionHandler handler = current;
    if (handler == null
        || !handler.context().channel().isActive()
        || handler.connection().goAwayReceived()) {
      handler = connect(patience);
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

  private ConnectionHandler connect(Duration patience) {
    ConnectionHandler handler = ConnectionHandler.client(windowBytes);
    ChannelFuture connected = bootstrap(handler, patience).connect(host, port);
    await(connected);
    if (!connected.isSuccess()) {
      throw new StatusException(
          StatusCode.UNAVAILABLE,
          "cannot reach " + location.uri() + ": " + reason(connected.cause()),
          Metadata.EMPTY,
          connected.cause());
    }
    return handler;
  }

  private void await(ChannelFuture connected) {
    try {
      connected.await();
    } catch (InterruptedException e) {
      connected.channel().close();
      Thread.currentThread().interrupt();
      throw new StatusException(
          StatusCode.CANCELLED, "interrupted while connecting to " + location.uri());
    }
  }

  private Bootstrap bootstrap(ConnectionHandler handler, Duration patience) {
    return new Bootstrap()
        .group(eventLoops)
        .channel(Transport.clientChannel())
        .option(ChannelOption.TCP_NODELAY, true)
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) patience.toMillis() + 1)
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
