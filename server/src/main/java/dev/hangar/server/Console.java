package dev.hangar.server;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Lines for whoever watches the server, written by a thread of its own: a terminal that is slow, or
 * stopped, holds up no call. Past {@link #WAITING_LINES_MAX} lines are dropped and counted.
 * Thread-safe.
 */
final class Console implements AutoCloseable {
  private static final int WAITING_LINES_MAX = 10_000;

  /** Between writings: waking a thread for each line costs more than a small call. */
  private static final long PAUSE_MILLIS = 10;

  private final Consumer<String> lines;
  private final Thread writer;
  private List<String> waiting = new ArrayList<>();
  private long dropped;
  private boolean isIdle;
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
    if (isIdle) {
      notifyAll();
    }
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
    try {
      while (awaitLines()) {
        take().forEach(lines);
        Thread.sleep(PAUSE_MILLIS);
      }
    } catch (InterruptedException e) {
      // nobody interrupts this thread but to end it
    }
  }

  /** False when there will be no more. */
  private synchronized boolean awaitLines() throws InterruptedException {
    isIdle = true;
    while (waiting.isEmpty() && !closed) {
      wait();
    }
    isIdle = false;
    return !waiting.isEmpty();
  }

  private synchronized List<String> take() {
    List<String> taken = waiting;
    waiting = new ArrayList<>();
    if (dropped > 0) {
      taken.add("… " + dropped + " lines dropped: the console is slower than the calls");
      dropped = 0;
    }
    return taken;
  }
}
