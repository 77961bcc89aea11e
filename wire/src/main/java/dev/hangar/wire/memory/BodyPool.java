package dev.hangar.wire.memory;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The source of bodies: memory that has been touched before, where there is some.
 *
 * <p>The first touch of a fresh page costs many times a copy into it, so freed bodies are kept and
 * handed out again. Up to {@link #SMALL_BYTES} that is Netty's pooled allocator. Above, capacities
 * are rounded up to one of eight steps in each doubling (at most 12.5 % more than was asked, and
 * what is not touched takes no memory), and up to {@link #RETAINED_BYTES_MAX} of freed bodies wait,
 * by capacity, for the next of their size. Waiting bodies count against the budget, and are the
 * first to go when it runs short.
 *
 * <p>Thread-safe; never blocks.
 */
public final class BodyPool implements AutoCloseable {
  /** Bodies above this size have a memory region of their own. */
  static final int SMALL_BYTES = 32 << 10;

  /** Bytes of freed bodies kept for reuse: two uploads of some hundred megabytes in turn. */
  static final long RETAINED_BYTES_MAX = 1L << 30;

  private static final int ALIGNMENT_BYTES = 64;
  private static final int STEPS_LOG2 = 3;
  private static final int CLASSES = 32 << STEPS_LOG2;

  /**
   * Of all pools: such an allocator never gives back its first chunk, of mebibytes, before it is
   * garbage itself.
   */
  private static final PooledByteBufAllocator SMALL =
      new PooledByteBufAllocator(
          true,
          0,
          Runtime.getRuntime().availableProcessors(),
          8 << 10,
          9,
          0,
          0,
          false,
          smallAlignmentBytes());

  private record Free(ByteBuf memory, int offsetBytes) {}

  private final MemoryBudget budget;
  private final long retainedBytesMax;
  private final ConcurrentLinkedDeque<Free>[] free = freeLists();
  private final AtomicLong retainedBytes = new AtomicLong();
  private final AtomicLong liveBytes = new AtomicLong();
  private final LongAdder copiedBytes = new LongAdder();
  private volatile int nextFreed;
  private volatile boolean closed;

  /** A pool whose bodies, in use or waiting, stay within {@code budget}. */
  public BodyPool(MemoryBudget budget) {
    this(budget, RETAINED_BYTES_MAX);
  }

  BodyPool(MemoryBudget budget, long retainedBytesMax) {
    this.budget = budget;
    this.retainedBytesMax = retainedBytesMax;
  }

  /**
   * A body that holds at least {@code bytes}, with one reference, the caller's; null where the
   * budget is used up.
   */
  public @Nullable Body allocate(int bytes) {
    if (bytes < 0) {
      throw new IllegalArgumentException("a body can't have " + bytes + " bytes");
    }
    return bytes <= SMALL_BYTES ? allocateSmall(bytes) : allocateLarge(bytes);
  }

  /**
   * Reserves so many bytes of the budget for what is no body, giving up what waits for reuse first;
   * false, and nothing reserved, where they are not there. Given back to the budget itself.
   */
  public boolean tryReserve(long bytes) {
    trimFor(bytes);
    while (!budget.tryReserve(bytes)) {
      if (!trim()) { // what the reclaimer has freed waits too
        return false;
      }
    }
    return true;
  }

  /** Bytes of bodies in use: 0 when every body has been closed. */
  public long liveBytes() {
    return liveBytes.get();
  }

  /** Bytes of freed bodies that wait for reuse. */
  public long waitingBytes() {
    return retainedBytes.get();
  }

  /** Bytes that were copied into bodies, rather than read there by a socket. */
  public long copiedBytes() {
    return copiedBytes.sum();
  }

  void copied(int bytes) {
    copiedBytes.add(bytes);
  }

  public MemoryBudget budget() {
    return budget;
  }

  /** Frees what waits for reuse; bodies closed later are freed at once. */
  @Override
  public void close() {
    closed = true;
    trim();
  }

  /** Frees every body that waits for reuse; whether there was one. */
  boolean trim() {
    boolean isAny = false;
    for (int sizeClass = 0; sizeClass < CLASSES; sizeClass++) {
      for (Free waiting; (waiting = free[sizeClass].poll()) != null; ) {
        forget(sizeClass);
        waiting.memory().release();
        isAny = true;
      }
    }
    return isAny;
  }

  /** Takes back the memory of a body nobody refers to. */
  void recycle(ByteBuf memory, int offsetBytes, int capacityBytes) {
    liveBytes.addAndGet(-capacityBytes);
    if (capacityBytes <= SMALL_BYTES || closed || !makeRoom(capacityBytes)) {
      budget.release(capacityBytes);
      memory.release();
      return;
    }
    retainedBytes.addAndGet(capacityBytes);
    free[sizeClass(capacityBytes)].push(new Free(memory, offsetBytes));
    if (closed) {
      trim();
    }
  }

  /** Has bodies of other sizes wait no longer, so that one of the size that is used now may. */
  private boolean makeRoom(int capacityBytes) {
    int own = sizeClass(capacityBytes);
    while (retainedBytes.get() + capacityBytes > retainedBytesMax) {
      if (!freeOneBut(own)) {
        return false;
      }
    }
    return true;
  }

  /** Frees a waiting body of another class than {@code spared}, class after class in turn. */
  private boolean freeOneBut(int spared) {
    int start = nextFreed;
    for (int i = 0; i < CLASSES; i++) {
      int sizeClass = (start + i) % CLASSES;
      Free waiting = sizeClass == spared ? null : free[sizeClass].poll();
      if (waiting != null) {
        nextFreed = sizeClass;
        forget(sizeClass);
        waiting.memory().release();
        return true;
      }
    }
    return false;
  }

  private @Nullable Body allocateSmall(int bytes) {
    int capacity = Math.max(ALIGNMENT_BYTES, (bytes + ALIGNMENT_BYTES - 1) & -ALIGNMENT_BYTES);
    return tryReserve(capacity) ? body(SMALL, capacity, 0) : null;
  }

  private @Nullable Body allocateLarge(int bytes) {
    int sizeClass = sizeClass(bytes);
    int capacity = capacityBytes(sizeClass);
    Body again = again(sizeClass);
    if (again != null) {
      return again;
    }
    trimFor(capacity);
    while (!budget.tryReserve(capacity)) {
      again = again(sizeClass);
      if (again != null) {
        return again; // of what the budget's reclaimer has just had freed
      }
      if (!trim()) {
        return null;
      }
    }
    int room = capacity > Integer.MAX_VALUE - ALIGNMENT_BYTES ? 0 : ALIGNMENT_BYTES;
    return body(UnpooledByteBufAllocator.DEFAULT, capacity, room);
  }

  /** A body of that class that waits for reuse; null if there is none. */
  private @Nullable Body again(int sizeClass) {
    Free waiting = free[sizeClass].poll();
    if (waiting == null) {
      return null;
    }
    int capacity = capacityBytes(sizeClass);
    retainedBytes.addAndGet(-capacity);
    liveBytes.addAndGet(capacity);
    return new Body(this, waiting.memory(), waiting.offsetBytes(), capacity);
  }

  /**
   * A body of reserved memory; null, and nothing reserved, where the JVM has none, whose own bound
   * may be below the budget.
   *
   * @param room bytes to align it in
   */
  private @Nullable Body body(ByteBufAllocator from, int capacity, int room) {
    ByteBuf memory;
    try {
      memory = from.directBuffer(capacity + room, capacity + room);
    } catch (OutOfMemoryError none) {
      budget.release(capacity);
      return null;
    }
    boolean align = room > 0 && memory.hasMemoryAddress();
    int offset = align ? (int) (-memory.memoryAddress() & (ALIGNMENT_BYTES - 1)) : 0;
    liveBytes.addAndGet(capacity);
    return new Body(this, memory, offset, capacity);
  }

  private void trimFor(long capacity) {
    if (budget.limitBytes() - budget.usedBytes() < capacity) {
      trim();
    }
  }

  private void forget(int sizeClass) {
    int capacity = capacityBytes(sizeClass);
    retainedBytes.addAndGet(-capacity);
    budget.release(capacity);
  }

  /** The smallest class whose capacity is at least {@code bytes}. */
  static int sizeClass(int bytes) {
    int shift = 31 - Integer.numberOfLeadingZeros(bytes - 1) - STEPS_LOG2;
    int steps = ((bytes - 1) >> shift) + 1;
    return (shift << STEPS_LOG2) + steps - (1 << STEPS_LOG2);
  }

  /** The bytes that bodies of a class hold; the last class stops at what a Java buffer can hold. */
  static int capacityBytes(int sizeClass) {
    int shift = sizeClass >> STEPS_LOG2;
    long steps = (long) (sizeClass & ((1 << STEPS_LOG2) - 1)) + (1 << STEPS_LOG2);
    return (int) Math.min(steps << shift, Integer.MAX_VALUE);
  }

  private static int smallAlignmentBytes() {
    return PooledByteBufAllocator.isDirectMemoryCacheAlignmentSupported() ? ALIGNMENT_BYTES : 0;
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static ConcurrentLinkedDeque<Free>[] freeLists() {
    ConcurrentLinkedDeque<Free>[] lists = new ConcurrentLinkedDeque[CLASSES];
    for (int i = 0; i < CLASSES; i++) {
      lists[i] = new ConcurrentLinkedDeque<>();
    }
    return lists;
  }
}
