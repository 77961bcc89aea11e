package dev.hangar.query.dataset;

import dev.hangar.query.dataset.DatasetException.Kind;
import dev.hangar.store.TableName;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Turns of readers: so many read at once, so many wait for so long, others are refused. Who waits
 * asks those who have a turn, and don't use it now, to give it back: the client that would have to
 * read on may be waiting for the very same. Thread-safe.
 */
final class Turns {
  /** Who has a turn. */
  interface Holder {
    /** Ends the turn where that is possible now, and it can go on later; whether it did. */
    boolean isYielding();
  }

  /** Memory that a turn takes, for as long as it lasts. Thread-safe; never blocks. */
  interface Room {
    /** For turns that take next to none. */
    Room NONE =
        new Room() {
          @Override
          public boolean tryTake() {
            return true;
          }

          @Override
          public void giveBack() {}

          @Override
          public long bytes() {
            return 0;
          }

          @Override
          public boolean isComingBack() {
            return false;
          }
        };

    /** Takes it; false where it is not there. */
    boolean tryTake();

    void giveBack();

    /** How much it is. */
    long bytes();

    /** Whether some may come back that no turn has, because it is on its way out. */
    boolean isComingBack();
  }

  /** Who never gives a turn back before the end. */
  static final Holder KEEPING = () -> false;

  /** How often who waits asks those who have a turn. */
  private static final long ASK_MILLIS = 50;

  private final int readers;
  private final int mostWaiting;
  private final Duration longest;
  private final Room room;
  private final Semaphore free;
  private final List<Holder> holders = new CopyOnWriteArrayList<>();

  Turns(int readers, int mostWaiting, Duration longest, Room room) {
    this.readers = readers;
    this.mostWaiting = mostWaiting;
    this.longest = longest;
    this.room = room;
    this.free = new Semaphore(readers, true);
  }

  /**
   * Waits for a turn. What is returned ends it; again does nothing.
   *
   * @throws DatasetException BUSY: too many wait, or it took too long; NO_MEMORY: its room is not
   *     there, and nobody who has a turn gives any back
   */
  Runnable take(TableName name, Holder holder) {
    if (!free.tryAcquire()) {
      if (free.getQueueLength() >= mostWaiting) {
        throw busy(name, mostWaiting + " others wait already");
      }
      await(name);
    }
    try {
      awaitRoom(name);
    } catch (RuntimeException e) {
      free.release();
      throw e;
    }
    holders.add(holder);
    var ended = new AtomicBoolean();
    return () -> {
      if (ended.compareAndSet(false, true)) {
        holders.remove(holder);
        room.giveBack();
        free.release();
      }
    };
  }

  private void await(TableName name) {
    long begun = System.nanoTime();
    try {
      while (!free.tryAcquire(ASK_MILLIS, TimeUnit.MILLISECONDS)) {
        if (System.nanoTime() - begun > longest.toNanos()) {
          throw busy(name, "none of them has ended for " + longest.toMillis() + " ms");
        }
        ask();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw busy(name, "this one was told to stop waiting");
    }
  }

  /** What others have taken, who have nothing to do with files, is not worth waiting for. */
  private void awaitRoom(TableName name) {
    long begun = System.nanoTime();
    try {
      while (!room.tryTake()) {
        boolean isHopeless = holders.isEmpty() && !room.isComingBack();
        if (isHopeless || System.nanoTime() - begun > longest.toNanos()) {
          throw noRoom(name);
        }
        ask();
        TimeUnit.MILLISECONDS.sleep(ASK_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw busy(name, "this one was told to stop waiting");
    }
  }

  private void ask() {
    for (Holder holder : holders) {
      if (holder.isYielding()) {
        return;
      }
    }
  }

  private DatasetException noRoom(TableName name) {
    return new DatasetException(
        Kind.NO_MEMORY,
        name,
        "%s has to wait: work on a file may take %d bytes of the server's memory, and so many are"
                .formatted(name, room.bytes())
            + " not free; try again later, or give the server more with --memory",
        null);
  }

  private DatasetException busy(TableName name, String why) {
    return new DatasetException(
        Kind.BUSY,
        name,
        "%s has to wait: %d are at work on files, and %s; try again later"
            .formatted(name, readers, why),
        null);
  }
}
