package dev.hangar.wire;

import dev.hangar.wire.grpc.GrpcMethod;
import dev.hangar.wire.grpc.GrpcServer;
import dev.hangar.wire.grpc.Metadata;
import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import dev.hangar.wire.http2.ConnectionHandler;
import dev.hangar.wire.http2.DirectReads;
import dev.hangar.wire.http2.LingeringClose;
import dev.hangar.wire.memory.BodyPool;
import dev.hangar.wire.memory.MemoryBudget;
import dev.hangar.wire.tls.PlainTextRefusal;
import dev.hangar.wire.tls.ServerCertificate;
import dev.hangar.wire.tls.ServerTls;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A Flight server: listens, over TCP, TLS and Unix domain sockets, and calls a {@link
 * FlightService}. Answers gRPC's health checks too. Thread-safe.
 *
 * <p>Connections are served by a few event loops, which never run the service; each call has a
 * thread of its own.
 */
public final class FlightServer implements AutoCloseable {
  private static final Duration CLOSE_TIME = Duration.ofSeconds(10);

  private final EventLoopGroup eventLoops;
  private final ChannelGroup connections;
  private final List<Listener> listeners;
  private final BodyPool pool;
  private final GrpcServer calls;
  private final LongAdder reads = new LongAdder();
  private final Health health;
  private final @Nullable ServerCertificate certificate;

  private FlightServer(Builder builder, BodyPool pool, @Nullable ServerCertificate certificate)
      throws IOException {
    this.pool = pool;
    this.certificate = certificate;
    this.health = new Health(Set.of(FlightMethods.SERVICE));
    this.calls = builder.calls(pool, health);
    this.eventLoops =
        Transport.eventLoops(Runtime.getRuntime().availableProcessors(), "hangar-server");
    this.connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
    this.listeners = new ArrayList<>();
    try {
      for (Location location : builder.locations()) {
        listeners.add(Listener.bind(location, eventLoops, setUp(builder.times)));
      }
    } catch (Throwable failed) {
      close(Duration.ZERO);
      throw failed;
    }
  }

  /** A server to be, which will call {@code service}. */
  public static Builder builder(FlightService service) {
    return new Builder(service);
  }

  /**
   * The port it listens on: the first, where there are several.
   *
   * @throws IllegalStateException it listens on none
   */
  public int port() {
    return locations().stream()
        .filter(location -> location.scheme() != Location.Scheme.UNIX)
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("the server listens on no port"))
        .port();
  }

  /** Where it listens, with the ports it got. */
  public List<Location> locations() {
    return listeners.stream().map(Listener::location).toList();
  }

  /**
   * Reads the certificate's files anew, for connections to come; does nothing without TLS.
   *
   * @throws IOException they are no good; the certificate stays as it was
   */
  public void reloadCertificate() throws IOException {
    if (certificate != null) {
      certificate.reload();
    }
  }

  /** Bytes of bodies that calls, or whoever took them over, hold. */
  public long bodyBytes() {
    return pool.liveBytes();
  }

  /** Bytes of bodies that have been closed and wait for reuse, within the budget. */
  public long waitingBytes() {
    return pool.waitingBytes();
  }

  /** Bytes of received bodies that were copied on their way in, not read where they stay. */
  public long copiedBytes() {
    return pool.copiedBytes();
  }

  /** System calls that read from sockets so far. */
  public long socketReads() {
    return reads.sum();
  }

  /** Waits until the server has been closed. */
  public void awaitTermination() throws InterruptedException {
    for (Listener listener : listeners) {
      listener.channel().closeFuture().await();
    }
  }

  /** Closes within ten seconds. */
  @Override
  public void close() {
    close(CLOSE_TIME);
  }

  /**
   * Stops listening, lets the calls in flight end for up to {@code grace}, then ends them.
   *
   * @return whether all calls ended by themselves; true where the server was closed before
   */
  public synchronized boolean close(Duration grace) {
    if (eventLoops.isShuttingDown()) {
      return true;
    }
    health.drain();
    listeners.forEach(Listener::close);
    long end = System.nanoTime() + grace.toNanos();
    // a connection's handler says GOAWAY and closes when its last stream has ended
    boolean ended =
        connections.close().awaitUninterruptibly(grace.toMillis(), TimeUnit.MILLISECONDS);
    connections.forEach(FlightServer::closeNow);
    ended &= calls.awaitIdle(Duration.ofNanos(end - System.nanoTime()));
    eventLoops.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
    pool.close();
    if (certificate != null) {
      certificate.close();
    }
    return ended;
  }

  /** Sets a new connection up. */
  private ChannelHandler setUp(ConnectionTimes times) {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(Channel channel) {
        connections.add(channel);
        if (connections.size() > Limits.ROOMY_CONNECTIONS) {
          Transport.boundUnsent(channel);
        }
        ConnectionHandler handler = ConnectionHandler.server(calls, times);
        channel.pipeline().addLast(new LingeringClose());
        if (certificate != null
            && channel.attr(Listener.LOCATION).get().scheme() == Location.Scheme.TLS) {
          SslHandler tls = certificate.newHandler(channel.alloc());
          tls.setHandshakeTimeoutMillis(Limits.HANDSHAKE_TIME.toMillis());
          channel.pipeline().addLast(new PlainTextRefusal(), tls);
          channel.config().setRecvByteBufAllocator(Transport.readSizes());
        } else {
          channel.config().setRecvByteBufAllocator(new DirectReads(handler, reads));
        }
        channel.pipeline().addLast(handler);
      }
    };
  }

  private static void closeNow(Channel connection) {
    ConnectionHandler handler = connection.pipeline().get(ConnectionHandler.class);
    if (handler != null) {
      handler.closeNow().awaitUninterruptibly();
    }
  }

  /** What a server is made of. */
  public static final class Builder {
    private final FlightService service;
    private String host = "127.0.0.1";
    private int port;
    private final List<Location> locations = new ArrayList<>();
    private @Nullable ServerTls tls;
    private Consumer<String> reports = line -> {};
    private ConnectionTimes times = ConnectionTimes.SERVER;
    private @Nullable Executor threads;
    private BodyPool bodies = new BodyPool(MemoryBudget.unlimited());
    private Function<Throwable, StatusException> statuses =
        thrown ->
            new StatusException(
                StatusCode.INTERNAL, "the service failed: " + thrown, Metadata.EMPTY, thrown);

    private Builder(FlightService service) {
      this.service = service;
    }

    /** The address to listen on; 127.0.0.1 unless said. */
    public Builder host(String host) {
      this.host = host;
      return this;
    }

    /** The port to listen on; 0, as unless said, is any that is free. */
    public Builder port(int port) {
      this.port = port;
      return this;
    }

    /** One more place to listen on, instead of host and port: {@code grpc+unix:///path}, say. */
    public Builder listen(Location location) {
      this.locations.add(location);
      return this;
    }

    /** What TLS needs; host and port then mean TLS. */
    public Builder tls(ServerTls tls) {
      this.tls = tls;
      return this;
    }

    /** Takes a line for each change of the certificate's files. */
    public Builder reports(Consumer<String> reports) {
      this.reports = reports;
      return this;
    }

    /** How long connections may be silent, unused, and old. */
    public Builder times(ConnectionTimes times) {
      this.times = times;
      return this;
    }

    /**
     * Runs one task for each call; tasks block. Virtual threads where Java has them, unless said.
     */
    public Builder threads(Executor threads) {
      this.threads = threads;
      return this;
    }

    /** Bounds the memory of bodies; unlimited unless said. */
    public Builder budget(MemoryBudget budget) {
      return bodies(new BodyPool(budget));
    }

    /** Where bodies come from, for who needs some of their own; closed with the server. */
    public Builder bodies(BodyPool bodies) {
      this.bodies = bodies;
      return this;
    }

    /**
     * What a failure of the service becomes that is not a {@link StatusException}; INTERNAL unless
     * said.
     */
    public Builder statuses(Function<Throwable, StatusException> statuses) {
      this.statuses = statuses;
      return this;
    }

    /**
     * Listens.
     *
     * @throws IOException an address can't be listened on: in use, or not this machine's; or a file
     *     that TLS needs is not what it should be
     */
    public FlightServer start() throws IOException {
      ServerCertificate certificate = tls == null ? null : new ServerCertificate(tls, reports);
      if (certificate == null) {
        requireNoTls();
      }
      return new FlightServer(this, bodies, certificate);
    }

    private void requireNoTls() {
      for (Location location : locations) {
        if (location.scheme() == Location.Scheme.TLS) {
          throw new IllegalArgumentException(
              location.uri() + " needs a certificate and its key; Builder.tls takes them");
        }
      }
    }

    private List<Location> locations() {
      if (!locations.isEmpty()) {
        return locations;
      }
      return List.of(tls == null ? Location.grpc(host, port) : Location.tls(host, port));
    }

    private GrpcServer calls(BodyPool pool, Health health) {
      var methods = new ArrayList<GrpcMethod<?>>(FlightMethods.of(service, pool));
      methods.addAll(health.methods());
      return new GrpcServer(methods, threads == null ? CallThreads.start() : threads, statuses);
    }
  }
}
