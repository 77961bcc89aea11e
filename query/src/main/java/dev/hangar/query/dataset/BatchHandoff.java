package dev.hangar.query.dataset;

import dev.hangar.query.arrow.BatchSource;
import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * Messages handed from the thread that receives them to the one that writes them, one at a time.
 * Thread-safe.
 */
final class BatchHandoff implements BatchSource {
  /** There will be no end: nobody sends the rest. */
  static final class AbortedException extends RuntimeException {
    @Serial private static final long serialVersionUID = 1;

    AbortedException() {
      super("the rest was not sent");
    }
  }

  private enum State {
    OPEN,
    ENDED,
    ABORTED,
    /** The taker wants no more. */
    LEFT
  }

  private State state = State.OPEN;
  private @Nullable Loan waiting;

  /**
   * Waits until there is room; false, and the loan still the caller's, where nobody takes any more.
   */
  synchronized boolean give(Loan loan) {
    try {
      while (waiting != null && state == State.OPEN) {
        wait();
      }
    } catch (InterruptedException e) {
      loan.giveBack().run();
      throw interrupted();
    }
    if (state != State.OPEN) {
      return false;
    }
    waiting = loan;
    notifyAll();
    return true;
  }

  /** Nothing comes behind what was given. */
  synchronized void end() {
    state = state == State.OPEN ? State.ENDED : state;
    notifyAll();
  }

  /** Nothing comes any more, and it was not all. */
  synchronized void abort() {
    state = state == State.LEFT ? State.LEFT : State.ABORTED;
    drop();
  }

  /** Nothing is taken any more. */
  synchronized void leave() {
    state = State.LEFT;
    drop();
  }

  private void drop() {
    Loan dropped = waiting;
    waiting = null;
    notifyAll();
    if (dropped != null) {
      dropped.giveBack().run();
    }
  }

  @Override
  public synchronized @Nullable Loan next() {
    try {
      while (waiting == null && state == State.OPEN) {
        wait();
      }
    } catch (InterruptedException e) {
      throw interrupted();
    }
    if (state == State.ABORTED) {
      throw new AbortedException();
    }
    Loan taken = waiting;
    waiting = null;
    notifyAll();
    return taken;
  }

  private static AbortedException interrupted() {
    Thread.currentThread().interrupt();
    return new AbortedException();
  }
}
