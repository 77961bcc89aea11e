package dev.hangar.wire;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/** Connections to a listener that accepts none: so many that the next one has to wait. */
final class FullBacklog implements AutoCloseable {
  private static final int CONNECTIONS_MAX = 100;
  private static final int WAIT_MILLIS = 500;

  private final List<SocketChannel> channels = new ArrayList<>();
  private final boolean isFull;

  FullBacklog(int port) throws IOException, InterruptedException {
    boolean isConnected = true;
    while (isConnected && channels.size() < CONNECTIONS_MAX) {
      isConnected = connect(port);
    }
    isFull = !isConnected;
  }

  /** False where the platform lets everybody connect. */
  boolean isFull() {
    return isFull;
  }

  @Override
  public void close() throws IOException {
    for (var channel : channels) {
      channel.close();
    }
  }

  private boolean connect(int port) throws IOException, InterruptedException {
    var channel = SocketChannel.open();
    channels.add(channel);
    channel.configureBlocking(false);
    channel.connect(new InetSocketAddress("127.0.0.1", port));
    for (int waited = 0; waited < WAIT_MILLIS && !channel.finishConnect(); waited += 10) {
      Thread.sleep(10);
    }
    return channel.isConnected();
  }
}
