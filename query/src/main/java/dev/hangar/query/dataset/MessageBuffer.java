package dev.hangar.query.dataset;

import dev.hangar.query.dataset.DatasetMessages.Message;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Messages between the thread that makes them and the one that takes them; the first waits where
 * too many bytes lie in between. Thread-safe.
 */
final class MessageBuffer {
  private final long mostBytes;
  private final Deque<Message> waiting = new ArrayDeque<>();
  private long bytes;
  private boolean isEnded;
  private boolean isClosed;
  private @Nullable Throwable failure;

  MessageBuffer(long mostBytes) {
    this.mostBytes = mostBytes;
  }

  /**
   * Waits until there is room; false, and the message still the caller's, where nobody takes it.
   */
  synchronized boolean put(Message message) throws InterruptedException {
    while (bytes >= mostBytes && !isClosed) {
      wait();
    }
    if (isClosed) {
      return false;
    }
    waiting.add(message);
    bytes += message.bodyBytes();
    notifyAll();
    return true;
  }

  /** Nothing comes behind what was put; why, where it is not the end of all. */
  synchronized void end(@Nullable Throwable cause) {
    isEnded = true;
    failure = cause;
    notifyAll();
  }

  /**
   * Waits for the next message; null behind the last. Who is interrupted waits too: what makes them
   * comes to an end, and has to be waited for anyhow.
   *
   * @throws Throwable what kept the next from being made
   */
  synchronized @Nullable Message take() throws Throwable {
    boolean wasInterrupted = false;
    while (waiting.isEmpty() && !isEnded) {
      try {
        wait();
      } catch (InterruptedException e) {
        wasInterrupted = true;
      }
    }
    if (wasInterrupted) {
      Thread.currentThread().interrupt();
    }
    Message next = waiting.poll();
    if (next == null && failure != null) {
      throw failure;
    }
    bytes -= next == null ? 0 : next.bodyBytes();
    notifyAll();
    return next;
  }

  /** Whether nobody takes anything any more. */
  synchronized boolean isClosed() {
    return isClosed;
  }

  /** Gives back what nobody takes any more. */
  synchronized void close() {
    isClosed = true;
    waiting.forEach(message -> message.release().run());
    waiting.clear();
    notifyAll();
  }
}
