package dev.hangar.wire.grpc;

import dev.hangar.wire.http2.OutboundData.Piece;
import java.util.ArrayDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The messages of a call on their way out, bounded in bytes: a sender that finds {@code limitBytes}
 * not yet at the socket waits until half of them are. What a message takes beside its own bytes
 * counts too. One thread sends; the event loop drains.
 */
final class SendQueue {
  /** What a message of no bytes takes: its objects here and on its way through the socket. */
  static final int MESSAGE_OVERHEAD_BYTES = 256;

  private final ConcurrentLinkedQueue<OutboundMessage> messages = new ConcurrentLinkedQueue<>();
  private final AtomicInteger unsentBytes = new AtomicInteger();
  private final int limitBytes;
  private final int resumeBytes;
  private volatile @Nullable StatusException failure;
  private volatile @Nullable Thread sender;

  SendQueue(int limitBytes) {
    this.limitBytes = limitBytes;
    this.resumeBytes = limitBytes / 2;
  }

  /**
   * Adds a message, waiting for room first. Takes ownership, also when it throws.
   *
   * @throws StatusException the call is over, or this thread was interrupted
   */
  void add(OutboundMessage message) {
    try {
      awaitRoom();
    } catch (StatusException over) {
      message.done().run();
      throw over;
    }
    enqueue(message);
  }

  /**
   * Adds a message if there is room. Takes ownership in any case.
   *
   * @return whether there was
   * @throws StatusException the call is over
   */
  boolean offer(OutboundMessage message) {
    StatusException over = failure;
    boolean room = unsentBytes.get() < limitBytes;
    if (room && over == null) {
      enqueue(message);
      return true;
    }
    message.done().run();
    if (over != null) {
      throw over;
    }
    return false;
  }

  private void enqueue(OutboundMessage message) {
    unsentBytes.addAndGet(weight(message));
    messages.add(message);
    if (failure != null) {
      discardAll();
    }
  }

  /** Bytes that are not at the socket yet. */
  int unsentBytes() {
    return unsentBytes.get();
  }

  /** Moves what waits to {@code pieces}. Event loop only. */
  void drain(ArrayDeque<Piece> pieces) {
    for (OutboundMessage message; (message = messages.poll()) != null; ) {
      int weight = weight(message);
      message.addTo(pieces, () -> sent(weight));
    }
  }

  /** The call is over: what waits is dropped, who sends is told. The first failure stays. */
  void fail(StatusException cause) {
    if (failure == null) {
      failure = cause;
    }
    discardAll();
    LockSupport.unpark(sender);
  }

  private void awaitRoom() {
    if (unsentBytes.get() >= limitBytes) {
      sender = Thread.currentThread();
      try {
        while (unsentBytes.get() >= resumeBytes && failure == null) {
          LockSupport.park(this);
          if (Thread.interrupted()) {
            throw new StatusException(
                StatusCode.CANCELLED, "interrupted while waiting for the peer to read");
          }
        }
      } finally {
        sender = null;
      }
    }
    StatusException over = failure;
    if (over != null) {
      throw over;
    }
  }

  private void sent(int weight) {
    int left = unsentBytes.addAndGet(-weight);
    if (left < resumeBytes && left + weight >= resumeBytes) {
      LockSupport.unpark(sender);
    }
  }

  private void discardAll() {
    for (OutboundMessage message; (message = messages.poll()) != null; ) {
      message.done().run();
      sent(weight(message));
    }
  }

  /** Messages of 2 GiB weigh less than an int holds twice. */
  private int weight(OutboundMessage message) {
    return (int) Math.min((long) message.lengthBytes() + MESSAGE_OVERHEAD_BYTES, limitBytes);
  }
}
