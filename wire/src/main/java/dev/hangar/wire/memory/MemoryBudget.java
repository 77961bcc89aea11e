package dev.hangar.wire.memory;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/**
 * A limit on the bytes that record batch bodies may take, and the count of those they do.
 *
 * <p>Bytes are reserved before they are allocated. When a reservation does not fit, the reclaimer
 * is asked to give something up, once; what does not fit then is refused. Thread-safe; never
 * blocks.
 */
public final class MemoryBudget {
  private final long limitBytes;
  private final AtomicLong usedBytes = new AtomicLong();
  private volatile LongConsumer reclaimer = needed -> {};

  /** A budget of {@code limitBytes} bytes, of which none is used. */
  public MemoryBudget(long limitBytes) {
    if (limitBytes <= 0) {
      throw new IllegalArgumentException(
          "a memory budget needs a positive limit, not " + limitBytes);
    }
    this.limitBytes = limitBytes;
  }

  /** A budget that refuses nothing but still counts. */
  public static MemoryBudget unlimited() {
    return new MemoryBudget(Long.MAX_VALUE);
  }

  /**
   * Sets who is asked to release memory when a reservation does not fit. It is told the bytes
   * missing, runs on the thread that reserves (an event loop, often), and must not block.
   */
  public void reclaimer(LongConsumer reclaimer) {
    this.reclaimer = reclaimer;
  }

  /** Reserves {@code bytes}; false, and nothing reserved, if they do not fit. */
  public boolean tryReserve(long bytes) {
    if (add(bytes)) {
      return true;
    }
    reclaimer.accept(bytes - (limitBytes - usedBytes.get()));
    return add(bytes);
  }

  /** Gives back {@code bytes} of an earlier reservation. */
  public void release(long bytes) {
    long left = usedBytes.addAndGet(-bytes);
    assert left >= 0 : "released " + bytes + " bytes more than were reserved: " + left;
  }

  public long usedBytes() {
    return usedBytes.get();
  }

  public long limitBytes() {
    return limitBytes;
  }

  private boolean add(long bytes) {
    long used = usedBytes.get();
    while (bytes <= limitBytes - used) {
      if (usedBytes.compareAndSet(used, used + bytes)) {
        return true;
      }
      used = usedBytes.get();
    }
    return false;
  }
}
