package dev.hangar.wire;

import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.ServerChannel;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;

/** The sockets of this platform: native epoll where there is one, else Java's own. */
final class Transport {
  private static final boolean EPOLL = Epoll.isAvailable();

  private Transport() {}

  /** Event loops on daemon threads named {@code name}. */
  static EventLoopGroup eventLoops(int threads, String name) {
    return new MultiThreadIoEventLoopGroup(
        threads,
        new DefaultThreadFactory(name, true),
        EPOLL ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
  }

  static Class<? extends ServerChannel> serverChannel() {
    return EPOLL ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
  }

  /** How much is read at once of what is encrypted: as much as has been coming, up to the limit. */
  static RecvByteBufAllocator readSizes() {
    return new AdaptiveRecvByteBufAllocator(2 << 10, 64 << 10, Limits.SOCKET_READ_BYTES);
  }

  /** How much may wait for a socket before streams are no longer asked for more. */
  static WriteBufferWaterMark writeMarks() {
    return new WriteBufferWaterMark(Limits.SOCKET_QUEUE_BYTES / 2, Limits.SOCKET_QUEUE_BYTES);
  }

  /**
   * Bounds what the kernel takes of {@code channel} beyond what is on its way, where it has such a
   * bound: TCP over epoll.
   */
  static void boundUnsent(Channel channel) {
    if (channel instanceof EpollSocketChannel tcp) {
      tcp.config().setTcpNotSentLowAt(Limits.UNSENT_BYTES);
    }
  }

  static Class<? extends ServerChannel> unixServerChannel() {
    return EPOLL ? EpollServerDomainSocketChannel.class : NioServerDomainSocketChannel.class;
  }

  static Class<? extends Channel> unixClientChannel() {
    return EPOLL ? EpollDomainSocketChannel.class : NioDomainSocketChannel.class;
  }

  static SocketAddress unixAddress(Path socket) {
    return EPOLL ? new DomainSocketAddress(socket.toString()) : UnixDomainSocketAddress.of(socket);
  }

  static Class<? extends Channel> clientChannel() {
    return EPOLL ? EpollSocketChannel.class : NioSocketChannel.class;
  }
}
