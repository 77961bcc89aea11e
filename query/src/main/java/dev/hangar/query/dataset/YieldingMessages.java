package dev.hangar.query.dataset;

import java.nio.ByteBuffer;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Messages that are made while their reader has a turn. Where its client does not read, and others
 * wait for their turn, it forgets what it has made, gives its turn back, and goes on later behind
 * the rows that were taken.
 */
final class YieldingMessages implements DatasetMessages, Turns.Holder {
  private final ByteBuffer schema;
  private final boolean isResumable;
  private final Function<Turns.Holder, Runnable> turns;
  private final Function<DatasetRange, DatasetMessages> opener;
  private final ReentrantLock lock = new ReentrantLock();
  private DatasetRange left;
  private @Nullable Runnable endTurn;
  private @Nullable DatasetMessages made;
  private long idleSince;
  private boolean isClosed;

  /**
   * Takes a turn, and begins to read.
   *
   * @param isResumable whether the range is of rows, so that it can begin anywhere
   */
  YieldingMessages(
      ByteBuffer schema,
      DatasetRange range,
      boolean isResumable,
      Function<Turns.Holder, Runnable> turns,
      Function<DatasetRange, DatasetMessages> opener) {
    this.schema = schema;
    this.left = range;
    this.isResumable = isResumable;
    this.turns = turns;
    this.opener = opener;
    lock.lock();
    try {
      reading();
    } finally {
      leave();
    }
  }

  /** What is read now; null where nothing is any more. */
  private @Nullable DatasetMessages reading() {
    if (isClosed) {
      return null;
    }
    if (endTurn == null) {
      endTurn = turns.apply(this);
    }
    DatasetMessages there = made;
    if (there == null) {
      there = opener.apply(left);
      made = there;
    }
    return there;
  }

  @Override
  public ByteBuffer schema() {
    return schema.duplicate();
  }

  @Override
  public @Nullable Message next() {
    lock.lock();
    try {
      DatasetMessages reading = reading();
      Message next = reading == null ? null : reading.next();
      if (next == null) {
        finish();
      } else if (isResumable) {
        left = new DatasetRange(left.from() + next.rows(), left.to());
      }
      return next;
    } finally {
      leave();
    }
  }

  private void leave() {
    idleSince = System.nanoTime();
    lock.unlock();
  }

  @Override
  public boolean isYielding() {
    if (!isResumable || !lock.tryLock()) {
      return false;
    }
    try {
      boolean isIdle = System.nanoTime() - idleSince > Limits.IDLE_READER.toNanos();
      if (!isIdle || made == null) {
        return false;
      }
      end();
      return true;
    } finally {
      lock.unlock();
    }
  }

  private void finish() {
    isClosed = true;
    end();
  }

  /** Ends the reading, and the turn. */
  private void end() {
    DatasetMessages reading = made;
    Runnable turn = endTurn;
    made = null;
    endTurn = null;
    try {
      if (reading != null) {
        reading.close();
      }
    } finally {
      if (turn != null) {
        turn.run();
      }
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      finish();
    } finally {
      lock.unlock();
    }
  }
}
