package dev.hangar.query.dataset;

import dev.hangar.query.dataset.DatasetException.Kind;
import dev.hangar.store.TableName;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** Turns of readers: so many read at once, so many wait for so long, others are refused. */
final class Turns {
  private final int readers;
  private final int mostWaiting;
  private final Duration longest;
  private final Semaphore free;

  Turns(int readers, int mostWaiting, Duration longest) {
    this.readers = readers;
    this.mostWaiting = mostWaiting;
    this.longest = longest;
    this.free = new Semaphore(readers, true);
  }

  /**
   * Waits for a turn. What is returned ends it; again does nothing.
   *
   * @throws DatasetException BUSY: too many wait, or it took too long
   */
  Runnable take(TableName name) {
    if (!free.tryAcquire()) {
      if (free.getQueueLength() >= mostWaiting) {
        throw busy(name, mostWaiting + " others wait already");
      }
      await(name);
    }
    var ended = new AtomicBoolean();
    return () -> {
      if (ended.compareAndSet(false, true)) {
        free.release();
      }
    };
  }

  private void await(TableName name) {
    try {
      if (!free.tryAcquire(longest.toMillis(), TimeUnit.MILLISECONDS)) {
        throw busy(name, "none of them has ended for " + longest.toSeconds() + " seconds");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw busy(name, "this one was told to stop waiting");
    }
  }

  private DatasetException busy(TableName name, String why) {
    return new DatasetException(
        Kind.BUSY,
        name,
        "%s has to wait: %d readers of files are at work, and %s; try again later"
            .formatted(name, readers, why),
        null);
  }
}
