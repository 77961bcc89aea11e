package dev.hangar.client;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/** A way to a server on this machine that can be cut, and lead to another server then. */
final class CutProxy implements AutoCloseable {
  private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final List<Socket> sockets = new ArrayList<>();
  private long bytesUntilCut = Long.MAX_VALUE;
  private Runnable onCut = () -> {};
  private int cuts;
  private volatile int target;

  CutProxy(int target) throws IOException {
    this.target = target;
    Thread.ofVirtual().start(this::accept);
  }

  String url() {
    return "grpc://127.0.0.1:" + listener.getLocalPort();
  }

  /** Has later connections lead to another port. */
  void lead(int port) {
    target = port;
  }

  /**
   * Cuts all connections once, when so many more bytes have gone through, and runs {@code then}.
   */
  synchronized void cutAfter(long bytes, Runnable then) {
    bytesUntilCut = bytes;
    onCut = then;
  }

  synchronized int cuts() {
    return cuts;
  }

  /** Cuts all connections. */
  synchronized void cut() {
    sockets.forEach(CutProxy::closed);
    sockets.clear();
    cuts++;
  }

  @Override
  public void close() {
    closed(listener);
    cut();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        join(listener.accept());
      } catch (IOException e) {
        // closed, or the server is not there: whoever connects sees its connection end
      }
    }
  }

  private void join(Socket client) throws IOException {
    Socket server;
    try {
      server = new Socket(InetAddress.getLoopbackAddress(), target);
    } catch (IOException e) {
      client.close();
      throw e;
    }
    synchronized (this) {
      sockets.add(client);
      sockets.add(server);
    }
    Thread.ofVirtual().start(() -> pump(client, server));
    Thread.ofVirtual().start(() -> pump(server, client));
  }

  private void pump(Socket from, Socket to) {
    var buffer = new byte[16 << 10];
    try (from;
        to;
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream()) {
      for (int count; (count = in.read(buffer)) >= 0; ) {
        passed(count);
        out.write(buffer, 0, count);
      }
    } catch (IOException e) {
      // cut, here or by an end
    }
  }

  private synchronized void passed(int count) {
    bytesUntilCut -= count;
    if (bytesUntilCut < 0) {
      bytesUntilCut = Long.MAX_VALUE;
      cut();
      onCut.run(); // nobody gets through meanwhile
    }
  }

  private static void closed(Closeable socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // it is
    }
  }
}
