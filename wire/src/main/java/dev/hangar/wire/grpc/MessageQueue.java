package dev.hangar.wire.grpc;

import dev.hangar.wire.Limits;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The messages of a call that have come in and wait for their reader. One thread, an event loop,
 * adds; one thread takes, and blocks while there is none.
 *
 * <p>Its bound is the window that its messages hold back, and, since the smallest messages take
 * much more memory than window, {@link Limits#WAITING_MESSAGES}.
 */
final class MessageQueue<M> {
  /** A message and the bytes of window it holds back. */
  record Entry<M>(M message, int heldBytes) {}

  private record End(@Nullable StatusException failure) {}

  private final ConcurrentLinkedQueue<Entry<M>> entries = new ConcurrentLinkedQueue<>();
  private final Consumer<M> discard;
  private final AtomicInteger waiting = new AtomicInteger();
  private final int waitingMax;
  private volatile @Nullable End end;

  /** Set before anything is dropped: whoever takes what is left behind a gap learns of it. */
  private volatile @Nullable StatusException dropped;

  private volatile @Nullable Thread reader;
  private volatile boolean abandoned;
  private volatile Runnable onReady = () -> {};

  /**
   * A queue that releases messages nobody takes through {@code discard}, and holds {@code
   * waitingMax} of them.
   */
  MessageQueue(Consumer<M> discard, int waitingMax) {
    this.discard = discard;
    this.waitingMax = waitingMax;
  }

  /**
   * Adds a message; discards it where nobody reads any more.
   *
   * @return the bytes of window held back by what was discarded
   * @throws StatusException too many messages wait
   */
  int add(M message, int heldBytes) {
    if (waiting.incrementAndGet() > waitingMax) {
      discard.accept(message);
      throw new StatusException(
          StatusCode.RESOURCE_EXHAUSTED,
          waitingMax
              + " messages wait for a reader that does not take them; send fewer, larger ones");
    }
    entries.add(new Entry<>(message, heldBytes));
    int freed = abandoned ? discardAll() : 0;
    wake();
    return freed;
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
      dropped = failure;
    } else {
      dropped = before.failure();
    }
    discardAll();
    wake();
  }

  /**
   * The reader will not come back: what waits, and what comes, is dropped.
   *
   * @return the bytes of window held back by what was dropped now
   */
  int abandon() {
    abandoned = true;
    return discardAll();
  }

  /** Whether {@link #take} would not wait. */
  boolean isReady() {
    return end != null || !entries.isEmpty();
  }

  /** Sets what is run, on the event loop, whenever the queue may have become ready. */
  void onReady(Runnable onReady) {
    this.onReady = onReady;
  }

  /**
   * The next message, where there is one now; none once its reader has said that it takes no more.
   *
   * @throws StatusException the call is over, and messages may have been dropped
   */
  @Nullable Entry<M> poll() {
    Entry<M> next = abandoned ? null : remove();
    StatusException failure = dropped; // read after: what was removed may stand behind a gap
    if (failure == null) {
      return next;
    }
    if (next != null) {
      discard.accept(next.message());
    }
    throw failure;
  }

  /** The next message; null behind the last. Blocks. */
  @Nullable Entry<M> take() {
    reader = Thread.currentThread();
    try {
      while (true) {
        End ended = end;
        Entry<M> next = poll();
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

  private int discardAll() {
    int freed = 0;
    for (Entry<M> entry; (entry = remove()) != null; ) {
      discard.accept(entry.message());
      freed += entry.heldBytes();
    }
    return freed;
  }

  private @Nullable Entry<M> remove() {
    Entry<M> next = entries.poll();
    if (next != null) {
      waiting.decrementAndGet();
    }
    return next;
  }

  /** Tells whoever waits that something has changed. */
  void wake() {
    LockSupport.unpark(reader);
    onReady.run();
  }
}
