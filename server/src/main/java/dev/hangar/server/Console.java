package dev.hangar.server;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Lines for whoever watches the server, written by a thread of its own: a terminal that is slow, or
 * stopped, holds up no call. Past {@link #WAITING_LINES_MAX} lines are dropped and counted.
 * Thread-safe.
 */
final class Console implements AutoCloseable {
  private static final int WAITING_LINES_MAX = 10_000;

  private final Consumer<String> lines;
  private final Thread writer;
  private final Deque<String> waiting = new ArrayDeque<>();
  private long dropped;
  private boolean closed;

  /** A console that gives its lines to {@code lines}, one at a time. */
  Console(Consumer<String> lines) {
    this.lines = lines;
    this.writer = Thread.ofPlatform().name("hangar-console").daemon().start(this::write);
  }

  /** Adds a line; never blocks on the writing. */
  synchronized void line(String text) {
    if (waiting.size() < WAITING_LINES_MAX) {
      waiting.add(text);
    } else {
      dropped++;
    }
    notifyAll();
  }

  /** Writes what waits, and ends. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    try {
      writer.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // what waits is written all the same
    }
  }

  private void write() {
    for (@Nullable String line; (line = next()) != null; ) {
      lines.accept(line);
    }
  }

  private synchronized @Nullable String next() {
    while (waiting.isEmpty() && !closed) {
      try {
        wait();
      } catch (InterruptedException e) {
        return null;
      }
    }
    if (dropped > 0 && waiting.isEmpty()) {
      String gap = "… " + dropped + " lines dropped: the console is slower than the calls";
      dropped = 0;
      return gap;
    }
    return waiting.poll();
  }
}
