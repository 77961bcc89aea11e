package dev.hangar.query.result;

import dev.hangar.query.arrow.BatchSource;
import dev.hangar.store.Batch;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The batches of an answer between the one that computes them and those who read, each at a pace of
 * its own. Thread-safe.
 *
 * <pre>
 *   dropped │ first …            … next │ to come
 *           │   ▲ slowest   ▲ fastest   │ ◄─ writer
 * </pre>
 *
 * <p>As long as it keeps all, readers may begin at any time. An answer that grows too large for
 * that is a window, from the slowest reader to the writer, who waits while it is full.
 */
final class Spool {
  /** How often a reader that waits looks whether anybody still wants what it reads. */
  private static final long LOOK_MILLIS = 50;

  private final long keptBytesMax;
  private final long windowBytes;
  private final List<SharedBatch> batches = new ArrayList<>();
  private final Set<Cursor> readers = new HashSet<>();
  private long first;
  private long bytes;
  private long rows;
  private boolean isKeeping;
  private boolean isComplete;
  private boolean isStopped;
  private boolean isAbandoned;
  private @Nullable RuntimeException failure;

  /**
   * An empty one.
   *
   * @param keptBytesMax up to which size it keeps all; 0 for one that keeps nothing
   * @param windowBytes how much may wait for the slowest reader otherwise
   */
  Spool(long keptBytesMax, long windowBytes) {
    this.keptBytesMax = keptBytesMax;
    this.windowBytes = windowBytes;
    this.isKeeping = keptBytesMax > 0;
  }

  /** A reader from the first batch on; null if that is gone, or will never be all there. */
  synchronized @Nullable Cursor read() {
    if (first > 0 || isAbandoned || failure != null) {
      return null;
    }
    var reader = new Cursor();
    readers.add(reader);
    return reader;
  }

  /**
   * Adds a batch, which it takes over, and waits until there is room for another.
   *
   * @throws InterruptedException nobody wants more
   */
  synchronized void add(SharedBatch batch) throws InterruptedException {
    if (isStopped) {
      batch.release();
    }
    requireWanted();
    batches.add(batch);
    bytes += batch.bytes();
    rows += batch.rows();
    notifyAll();
    if (isKeeping && bytes > keptBytesMax) {
      isKeeping = false;
      dropRead();
    }
    while (!isKeeping && bytes > windowBytes) {
      requireWanted();
      wait();
    }
  }

  /**
   * Gives up keeping all, and waits until somebody has read something.
   *
   * @return whether there is less now
   * @throws InterruptedException nobody wants more
   */
  synchronized boolean makeRoom() throws InterruptedException {
    long before = bytes;
    isKeeping = false;
    dropRead();
    while (bytes == before && bytes > 0) {
      requireWanted();
      wait();
    }
    return bytes < before;
  }

  private void requireWanted() throws InterruptedException {
    if (isStopped) {
      throw new InterruptedException();
    }
  }

  /**
   * There are no more batches; what failed, if something did, is thrown at those who read on. The
   * first to say so is believed.
   */
  synchronized void complete(@Nullable RuntimeException why) {
    if (!isComplete) {
      isComplete = true;
      failure = why;
      notifyAll();
    }
  }

  /** Nobody wants more: gives up what there is, and has the writer stop. */
  synchronized void abandon() {
    isStopped = true;
    isAbandoned = true;
    batches.forEach(SharedBatch::release);
    batches.clear();
    bytes = 0;
    notifyAll();
  }

  /** All batches, each with a reference of the caller's; null if some are gone or to come. */
  synchronized @Nullable List<Batch> whole() {
    boolean isWhole = isComplete && failure == null && isKeeping && !isAbandoned;
    return isWhole ? batches.stream().map(SharedBatch::share).toList() : null;
  }

  /** Has the writer end; readers get what there is. */
  synchronized void stop() {
    isStopped = true;
    notifyAll();
  }

  /** Whether the writer waits for readers, or is done. */
  synchronized boolean isReady() {
    return isComplete || (!isKeeping && bytes > windowBytes);
  }

  synchronized boolean isComplete() {
    return isComplete;
  }

  synchronized @Nullable RuntimeException failure() {
    return failure;
  }

  synchronized long rows() {
    return rows;
  }

  synchronized long bytes() {
    return bytes;
  }

  /** Waits until the writer is done or waits itself, for a while. */
  synchronized void awaitReady(long millis) throws InterruptedException {
    long end = System.nanoTime() + millis * 1_000_000;
    for (long left = millis; !isReady() && left > 0; ) {
      wait(left);
      left = (end - System.nanoTime()) / 1_000_000;
    }
  }

  /** Of a window, what every reader has. */
  private void dropRead() {
    if (isKeeping || readers.isEmpty()) {
      return;
    }
    long slowest = readers.stream().mapToLong(reader -> reader.at).min().orElse(first);
    List<SharedBatch> read = batches.subList(0, Math.toIntExact(slowest - first));
    for (SharedBatch batch : read) {
      bytes -= batch.bytes();
      batch.release();
    }
    read.clear();
    first = slowest;
    notifyAll();
  }

  /** A reader's place. For one thread. */
  final class Cursor implements AutoCloseable {
    private long at;

    private Cursor() {}

    /**
     * The next batch, on loan; null behind the last. Blocks.
     *
     * @param isGone whether nobody wants it any more; then it is null too
     */
    BatchSource.@Nullable Loan next(BooleanSupplier isGone) {
      synchronized (Spool.this) {
        while (at == first + batches.size() && !isComplete && !isAbandoned) {
          if (isGone.getAsBoolean() || !await()) {
            return null;
          }
        }
        if (at < first + batches.size()) {
          return take();
        }
        if (failure != null) {
          throw failure;
        }
        return null;
      }
    }

    private BatchSource.Loan take() {
      SharedBatch batch = batches.get(Math.toIntExact(at - first));
      BatchSource.Loan loan = batch.lend();
      at++;
      dropRead();
      return loan;
    }

    private boolean await() {
      try {
        Spool.this.wait(LOOK_MILLIS);
        return true;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }

    @Override
    public void close() {
      synchronized (Spool.this) {
        readers.remove(this);
        dropRead();
        Spool.this.notifyAll();
      }
    }
  }
}
