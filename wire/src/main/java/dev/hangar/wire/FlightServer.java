package dev.hangar.wire;

import dev.hangar.wire.grpc.GrpcServer;
import dev.hangar.wire.grpc.Metadata;
import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import dev.hangar.wire.http2.ConnectionHandler;
import dev.hangar.wire.http2.DirectReads;
import dev.hangar.wire.http2.LingeringClose;
import dev.hangar.wire.memory.BodyPool;
import dev.hangar.wire.memory.MemoryBudget;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A Flight server: listens on one port and calls a {@link FlightService}. Thread-safe.
 *
 * <p>Connections are served by a few event loops, which never run the service; each call has a
 * thread of its own.
 */
public final class FlightServer implements AutoCloseable {
  private static final Duration CLOSE_TIME = Duration.ofSeconds(10);

  private final EventLoopGroup eventLoops;
  private final ChannelGroup connections;
  private final Channel listener;
  private final BodyPool pool;
  private final GrpcServer calls;
  private final LongAdder reads;

  private FlightServer(
      EventLoopGroup eventLoops,
      ChannelGroup connections,
      Channel listener,
      BodyPool pool,
      GrpcServer calls,
      LongAdder reads) {
    this.eventLoops = eventLoops;
    this.connections = connections;
    this.listener = listener;
    this.pool = pool;
    this.calls = calls;
    this.reads = reads;
  }

  /** A server to be, which will call {@code service}. */
  public static Builder builder(FlightService service) {
    return new Builder(service);
  }

  /** The port it listens on. */
  public int port() {
    return ((InetSocketAddress) listener.localAddress()).getPort();
  }

  /** Bytes of bodies that calls, or whoever took them over, hold. */
  public long bodyBytes() {
    return pool.liveBytes();
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
    listener.closeFuture().await();
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
    listener.close().syncUninterruptibly();
    // a connection's handler says GOAWAY and closes when its last stream has ended
    boolean ended =
        connections.close().awaitUninterruptibly(grace.toMillis(), TimeUnit.MILLISECONDS);
    connections.forEach(FlightServer::closeNow);
    eventLoops.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
    pool.close();
    return ended && calls.running() == 0;
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
    private @Nullable Executor threads;
    private MemoryBudget budget = MemoryBudget.unlimited();
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

    /**
     * Runs one task for each call; tasks block. Virtual threads where Java has them, unless said.
     */
    public Builder threads(Executor threads) {
      this.threads = threads;
      return this;
    }

    /** Bounds the memory of bodies; unlimited unless said. */
    public Builder budget(MemoryBudget budget) {
      this.budget = budget;
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
     * @throws IOException the address can't be listened on: in use, or not this machine's
     */
    public FlightServer start() throws IOException {
      var pool = new BodyPool(budget);
      var calls =
          new GrpcServer(
              FlightMethods.of(service, pool),
              threads == null ? CallThreads.start() : threads,
              statuses);
      var eventLoops =
          Transport.eventLoops(Runtime.getRuntime().availableProcessors(), "hangar-server");
      var reads = new LongAdder();
      var connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
      try {
        Channel listener =
            bootstrap(eventLoops, connections, calls, reads).bind(host, port).sync().channel();
        return new FlightServer(eventLoops, connections, listener, pool, calls, reads);
      } catch (Throwable failed) {
        eventLoops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        pool.close();
        throw failed instanceof IOException io
            ? io
            : new IOException(
                "cannot listen on " + host + ":" + port + ": " + failed.getMessage(), failed);
      }
    }

    private static ServerBootstrap bootstrap(
        EventLoopGroup eventLoops, ChannelGroup connections, GrpcServer calls, LongAdder reads) {
      return new ServerBootstrap()
          .group(eventLoops)
          .channel(Transport.serverChannel())
          .option(ChannelOption.SO_REUSEADDR, true)
          .option(ChannelOption.SO_BACKLOG, 1024)
          .childOption(ChannelOption.TCP_NODELAY, true)
          .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, Transport.writeMarks())
          .childHandler(
              new ChannelInitializer<>() {
                @Override
                protected void initChannel(Channel channel) {
                  connections.add(channel);
                  ConnectionHandler handler = ConnectionHandler.server(calls);
                  channel.config().setRecvByteBufAllocator(new DirectReads(handler, reads));
                  channel.pipeline().addLast(new LingeringClose(), handler);
                }
              });
    }
  }
}
