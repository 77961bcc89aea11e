package dev.hangar.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A way to a server that can be cut: after a number of bytes more, in either direction, the
 * connection that carries the last of them ends, on both sides. Thread-safe.
 */
public final class CuttingProxy implements AutoCloseable {
  private static final int BUFFER_BYTES = 16 << 10;

  private final ServerSocket listener;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private volatile int target;
  private long upBytes = Long.MAX_VALUE;
  private long downBytes = Long.MAX_VALUE;
  private int cuts;

  /** A way to a port of this machine. */
  public CuttingProxy(int target) throws IOException {
    this.target = target;
    this.listener = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  public int port() {
    return listener.getLocalPort();
  }

  /** Where connections lead that are made from now on. */
  void leadTo(int port) {
    target = port;
  }

  /** Cuts once so many bytes more have gone to the server, or come from it. */
  public synchronized void cutAfter(long up, long down) {
    upBytes = up;
    downBytes = down;
  }

  /** Cuts nothing any more. */
  public void mend() {
    cutAfter(Long.MAX_VALUE, Long.MAX_VALUE);
  }

  /** Connections cut so far. */
  public synchronized int cuts() {
    return cuts;
  }

  @Override
  public void close() throws IOException {
    listener.close();
    sockets.forEach(CuttingProxy::end);
  }

  private void accept() {
    try {
      while (true) {
        connect(listener.accept());
      }
    } catch (IOException closed) {
      // that is its end
    }
  }

  private void connect(Socket client) {
    var server = new Socket();
    try {
      server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target));
      client.setTcpNoDelay(true);
      server.setTcpNoDelay(true);
    } catch (IOException refused) {
      end(client);
      return;
    }
    sockets.add(client);
    sockets.add(server);
    Thread.ofVirtual().start(() -> pump(client, server, true));
    Thread.ofVirtual().start(() -> pump(server, client, false));
  }

  private void pump(Socket from, Socket to, boolean isUp) {
    var buffer = new byte[BUFFER_BYTES];
    try {
      for (int read; (read = from.getInputStream().read(buffer)) >= 0; ) {
        int let = let(read, isUp);
        to.getOutputStream().write(buffer, 0, let);
        if (let < read) {
          break;
        }
      }
    } catch (IOException broken) {
      // the other side learns of it
    } finally {
      end(from);
      end(to);
      sockets.remove(from);
      sockets.remove(to);
    }
  }

  /** How many of so many bytes still go through; fewer than there are: this is the cut. */
  private synchronized int let(int bytes, boolean isUp) {
    long left = isUp ? upBytes : downBytes;
    if (bytes < left) {
      upBytes -= isUp && upBytes != Long.MAX_VALUE ? bytes : 0;
      downBytes -= !isUp && downBytes != Long.MAX_VALUE ? bytes : 0;
      return bytes;
    }
    upBytes = Long.MAX_VALUE;
    downBytes = Long.MAX_VALUE;
    cuts++;
    return (int) Math.max(0, Math.min(left, bytes - 1));
  }

  private static void end(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
