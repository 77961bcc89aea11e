package dev.hangar.wire;

import dev.hangar.wire.grpc.Metadata;
import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import dev.hangar.wire.http2.ConnectionHandler;
import dev.hangar.wire.http2.DirectReads;
import dev.hangar.wire.tls.ClientTls;
import dev.hangar.wire.tls.TlsFailures;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** A client's connection: made when it is needed, and anew when it was lost. Thread-safe. */
final class ClientConnection implements AutoCloseable {
  private final Location location;
  private final int windowBytes;
  private final ClientTls tls;
  private final ConnectionTimes times;
  private final boolean isUnix;
  private final String authority;
  private final EventLoopGroup eventLoops = Transport.eventLoops(1, "hangar-client");
  private final LongAdder reads = new LongAdder();
  private @Nullable ConnectionHandler current;
  private boolean closed;

  /**
   * @param windowBytes what each stream may be sent ahead, unless it says more
   */
  ClientConnection(Location location, ClientTls tls, ConnectionTimes times, int windowBytes) {
    this.location = location;
    this.windowBytes = windowBytes;
    this.tls = tls;
    this.times = times;
    this.isUnix = location.scheme() == Location.Scheme.UNIX;
    this.authority = isUnix ? "localhost" : Location.address(location.host(), location.port());
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
    return authority;
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
    if (handler == null || !handler.context().channel().isActive() || handler.peer().isLeaving()) {
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
    SslContext context = null;
    try {
      context = location.scheme() == Location.Scheme.TLS ? tls.open() : null;
      return connect(context, patience);
    } catch (IOException e) {
      throw new StatusException(
          StatusCode.FAILED_PRECONDITION, String.valueOf(e.getMessage()), Metadata.EMPTY, e);
    } finally {
      ReferenceCountUtil.release(context);
    }
  }

  private ConnectionHandler connect(@Nullable SslContext context, Duration patience) {
    long begun = System.nanoTime();
    ConnectionHandler handler = ConnectionHandler.client(times, windowBytes);
    SocketAddress address = isUnix ? Transport.unixAddress(location.socket()) : null;
    Bootstrap bootstrap = bootstrap(handler, context, patience);
    ChannelFuture connected =
        address == null
            ? bootstrap.connect(location.host(), location.port())
            : bootstrap.connect(address);
    await(connected);
    if (!connected.isSuccess()) {
      throw unreachable(connected.cause());
    }
    awaitGreeting(handler, forGreeting(patience.minusNanos(System.nanoTime() - begun), patience));
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

  /** Who is in no hurry gives a handshake the time it may take. */
  private static Duration forGreeting(Duration left, Duration patience) {
    return patience.equals(Limits.CONNECT_TIME) ? Limits.HANDSHAKE_TIME : left;
  }

  /** Whatever is wrong between the two, TLS or who speaks what, has shown by then. */
  private void awaitGreeting(ConnectionHandler handler, Duration patience) {
    try {
      handler.peer().greeted().get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw unreachable(e.getCause() == null ? e : e.getCause());
    } catch (TimeoutException e) {
      handler.closeNow();
      throw unreachable(
          new ConnectTimeoutException(
              "it accepted the connection and said nothing for " + patience));
    } catch (InterruptedException e) {
      handler.closeNow();
      Thread.currentThread().interrupt();
      throw new StatusException(
          StatusCode.CANCELLED, "interrupted while connecting to " + location.uri());
    }
  }

  private StatusException unreachable(Throwable cause) {
    return new StatusException(
        TlsFailures.sentence(cause).isPresent()
            ? StatusCode.UNAUTHENTICATED
            : StatusCode.UNAVAILABLE,
        "cannot reach " + location.uri() + ": " + reason(cause),
        Metadata.EMPTY,
        cause);
  }

  private Bootstrap bootstrap(
      ConnectionHandler handler, @Nullable SslContext context, Duration patience) {
    Bootstrap bootstrap =
        new Bootstrap()
            .group(eventLoops)
            .channel(isUnix ? Transport.unixClientChannel() : Transport.clientChannel())
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) patience.toMillis() + 1)
            .option(ChannelOption.WRITE_BUFFER_WATER_MARK, Transport.writeMarks())
            .handler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    if (context == null) {
                      channel.config().setRecvByteBufAllocator(new DirectReads(handler, reads));
                    } else {
                      channel.config().setRecvByteBufAllocator(Transport.readSizes());
                      channel.pipeline().addLast(encryption(context, channel));
                    }
                    channel.pipeline().addLast(handler);
                  }
                });
    return isUnix ? bootstrap : bootstrap.option(ChannelOption.TCP_NODELAY, true);
  }

  private SslHandler encryption(SslContext context, Channel channel) {
    String name = tls.overrideHostname();
    SslHandler handler =
        context.newHandler(channel.alloc(), name == null ? location.host() : name, location.port());
    handler.setHandshakeTimeoutMillis(Limits.HANDSHAKE_TIME.toMillis());
    return handler;
  }

  private static String reason(Throwable cause) {
    return TlsFailures.sentence(cause).orElseGet(() -> reasonWithoutTls(cause));
  }

  private static String reasonWithoutTls(Throwable cause) {
    if (cause instanceof UnknownHostException) {
      return "no such host";
    }
    if (cause instanceof FileNotFoundException
        || String.valueOf(cause.getMessage()).startsWith("No such file")) {
      return "there is no such socket";
    }
    if (cause instanceof EOFException || cause instanceof ClosedChannelException) {
      return cause.getMessage()
          + " before the server said anything; if it wants TLS, its location begins with grpc+tls://";
    }
    return cause instanceof ConnectException
            && String.valueOf(cause.getMessage()).contains("refused")
        ? "connection refused"
        : String.valueOf(cause.getMessage());
  }
}
