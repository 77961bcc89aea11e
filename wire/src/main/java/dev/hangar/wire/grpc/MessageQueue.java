package dev.hangar.wire.grpc;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The messages of a call that have come in and wait for their reader. One thread, an event loop,
 * adds; one thread takes, and blocks while there is none. Its bound is the window that its messages
 * hold back.
 */
final class MessageQueue<M> {
  /** A message and the bytes of window it holds back. */
  record Entry<M>(M message, int heldBytes) {}

  private record End(@Nullable StatusException failure) {}

  private final ConcurrentLinkedQueue<Entry<M>> entries = new ConcurrentLinkedQueue<>();
  private final Consumer<M> discard;
  private volatile @Nullable End end;
  private volatile @Nullable Thread reader;
  private volatile boolean abandoned;

  /** A queue that releases messages nobody takes through {@code discard}. */
  MessageQueue(Consumer<M> discard) {
    this.discard = discard;
  }

  /** Adds a message; discards it where nobody reads any more. */
  void add(M message, int heldBytes) {
    entries.add(new Entry<>(message, heldBytes));
    if (abandoned) {
      discardAll();
    }
    wake();
  }

  /**
   * No more messages come: those here are delivered, then null, or {@code failure}. The first end
   * stays.
   */
  void end(@Nullable StatusException failure) {
    if (end == null) {
      end = new End(failure);
    }
    wake();
  }

  /**
   * The call is over: what waits is dropped, the reader gets {@code failure}, or the one that came
   * first.
   */
  void fail(StatusException failure) {
    End before = end;
    if (before == null || before.failure() == null) {
      end = new End(failure);
    }
    discardAll();
    wake();
  }

  /** The reader will not come back: what waits, and what comes, is dropped. */
  void abandon() {
    abandoned = true;
    discardAll();
  }

  /** The next message; null behind the last. Blocks. */
  @Nullable Entry<M> take() {
    reader = Thread.currentThread();
    try {
      while (true) {
        End ended = end;
        Entry<M> next = entries.poll();
        if (next != null) {
          return next;
        }
        if (ended != null) {
          return atEnd(ended);
        }
        LockSupport.park(this);
        if (Thread.interrupted()) {
          throw new StatusException(
              StatusCode.CANCELLED, "interrupted while waiting for the peer's next message");
        }
      }
    } finally {
      reader = null;
    }
  }

  private static <M> @Nullable Entry<M> atEnd(End ended) {
    StatusException failure = ended.failure();
    if (failure != null) {
      throw failure;
    }
    return null;
  }

  private void discardAll() {
    for (Entry<M> entry; (entry = entries.poll()) != null; ) {
      discard.accept(entry.message());
    }
  }

  private void wake() {
    LockSupport.unpark(reader);
  }
}
