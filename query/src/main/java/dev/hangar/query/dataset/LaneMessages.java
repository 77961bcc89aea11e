package dev.hangar.query.dataset;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The messages of adjacent ranges, in order: while those of one are taken, the next is read
 * already. Each is decoded by one thread alone, which costs less in all than when threads share
 * what they decode in order.
 *
 * <p>Where its client does not read, and others wait for their turn, it forgets what it has made,
 * gives its turn back, and goes on later behind the rows that were taken.
 */
final class LaneMessages implements DatasetMessages, Turns.Holder {
  /** A range that is read, and what comes of it. */
  private record Lane(DatasetRange range, DatasetMessages messages) {}

  private final ByteBuffer schema;
  private final Deque<DatasetRange> left;
  private final boolean isResumable;
  private final Function<Turns.Holder, Runnable> turns;
  private final Function<DatasetRange, DatasetMessages> opener;
  private final ReentrantLock lock = new ReentrantLock();
  private final Deque<Lane> lanes = new ArrayDeque<>();
  private @Nullable Runnable endTurn;
  private long takenRows;
  private long idleSince;
  private boolean isClosed;

  /**
   * Takes a turn, and begins to read.
   *
   * @param isResumable whether ranges are of rows, so that one can begin anywhere
   */
  LaneMessages(
      ByteBuffer schema,
      List<DatasetRange> ranges,
      boolean isResumable,
      Function<Turns.Holder, Runnable> turns,
      Function<DatasetRange, DatasetMessages> opener) {
    this.schema = schema;
    this.left = new ArrayDeque<>(ranges);
    this.isResumable = isResumable;
    this.turns = turns;
    this.opener = opener;
    lock.lock();
    try {
      openMore();
    } finally {
      leave();
    }
  }

  private void openMore() {
    if (endTurn == null && !left.isEmpty()) {
      endTurn = turns.apply(this);
    }
    while (lanes.size() < Limits.LANES && !left.isEmpty()) {
      DatasetRange range = left.getFirst();
      lanes.add(new Lane(range, opener.apply(range)));
      left.removeFirst();
    }
  }

  @Override
  public ByteBuffer schema() {
    return schema.duplicate();
  }

  @Override
  public @Nullable Message next() {
    lock.lock();
    try {
      openMore();
      for (Lane lane; (lane = lanes.peek()) != null; openMore()) {
        Message next = lane.messages().next();
        if (next != null) {
          takenRows += next.rows();
          return next;
        }
        lanes.remove();
        takenRows = 0;
        lane.messages().close();
      }
      return null;
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
      if (!isIdle || isClosed || endTurn == null || lanes.isEmpty()) {
        return false;
      }
      suspend();
      return true;
    } finally {
      lock.unlock();
    }
  }

  private void suspend() {
    for (Iterator<Lane> last = lanes.descendingIterator(); last.hasNext(); ) {
      DatasetRange range = last.next().range();
      left.addFirst(
          last.hasNext() ? range : new DatasetRange(range.from() + takenRows, range.to()));
    }
    takenRows = 0;
    end();
  }

  /** Ends the lanes, and the turn. */
  private void end() {
    try {
      for (Lane lane; (lane = lanes.poll()) != null; ) {
        lane.messages().close();
      }
    } finally {
      Runnable turn = endTurn;
      endTurn = null;
      if (turn != null) {
        turn.run();
      }
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      isClosed = true;
      left.clear();
      end();
    } finally {
      lock.unlock();
    }
  }
}
