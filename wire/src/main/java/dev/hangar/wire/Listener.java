package dev.hangar.wire;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.util.AttributeKey;
import java.io.IOException;
import java.net.InetSocketAddress;

/** A place that a server listens on. Thread-safe. */
record Listener(Location location, Channel channel) {
  /** What a connection has of its listener. */
  static final AttributeKey<Location> LOCATION = AttributeKey.valueOf(Listener.class, "location");

  private static final int BACKLOG = 1_024;

  /**
   * Listens.
   *
   * @param connections sets each new connection up
   * @throws IOException the place can't be listened on: in use, or not this machine's
   */
  static Listener bind(Location location, EventLoopGroup eventLoops, ChannelHandler connections)
      throws IOException {
    return location.scheme() == Location.Scheme.UNIX
        ? bindUnix(location, eventLoops, connections)
        : bindTcp(location, eventLoops, connections);
  }

  /** Stops listening; connections stay. */
  void close() {
    channel.close().syncUninterruptibly(); // which removes the file of a Unix domain socket
  }

  private static Listener bindTcp(
      Location location, EventLoopGroup eventLoops, ChannelHandler connections) throws IOException {
    ServerBootstrap bootstrap =
        bootstrap(location, eventLoops, connections)
            .channel(Transport.serverChannel())
            .option(ChannelOption.SO_REUSEADDR, true)
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .childOption(ChannelOption.TCP_NODELAY, true);
    String where = Location.address(location.host(), location.port());
    Channel channel = await(bootstrap.bind(location.host(), location.port()), where);
    int port = ((InetSocketAddress) channel.localAddress()).getPort();
    return new Listener(location.withPort(port), channel);
  }

  private static Listener bindUnix(
      Location location, EventLoopGroup eventLoops, ChannelHandler connections) throws IOException {
    var socket = new UnixSocket(location.socket());
    socket.makeWay();
    ServerBootstrap bootstrap =
        bootstrap(location, eventLoops, connections)
            .channel(Transport.unixServerChannel())
            .option(ChannelOption.SO_BACKLOG, BACKLOG);
    Channel channel =
        await(bootstrap.bind(Transport.unixAddress(socket.path())), socket.path().toString());
    try {
      socket.guard();
    } catch (IOException | RuntimeException failed) {
      channel.close().syncUninterruptibly();
      throw failed;
    }
    return new Listener(location, channel);
  }

  private static ServerBootstrap bootstrap(
      Location location, EventLoopGroup eventLoops, ChannelHandler connections) {
    return new ServerBootstrap()
        .group(eventLoops)
        .childAttr(LOCATION, location)
        .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, Transport.writeMarks())
        .childHandler(connections);
  }

  private static Channel await(ChannelFuture bound, String where) throws IOException {
    bound.awaitUninterruptibly();
    if (!bound.isSuccess()) {
      Throwable cause = bound.cause();
      throw cause instanceof IOException io
          ? io
          : new IOException("cannot listen on " + where + ": " + cause.getMessage(), cause);
    }
    return bound.channel();
  }
}
