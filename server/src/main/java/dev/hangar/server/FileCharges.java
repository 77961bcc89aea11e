package dev.hangar.server;

import dev.hangar.query.arrow.SharedMemory;
import dev.hangar.wire.memory.BodyPool;
import java.util.concurrent.atomic.AtomicLong;

/** What reading and writing files is charged of the budget, and the count of it. Thread-safe. */
final class FileCharges implements SharedMemory {
  private final BodyPool bodies;
  private final AtomicLong bytes = new AtomicLong();

  /** Charges to the budget of {@code bodies}, of which those go first that wait for reuse. */
  FileCharges(BodyPool bodies) {
    this.bodies = bodies;
  }

  @Override
  public boolean tryReserve(long more) {
    boolean isThere = bodies.tryReserve(more);
    bytes.addAndGet(isThere ? more : 0);
    return isThere;
  }

  @Override
  public void release(long less) {
    bytes.addAndGet(-less);
    bodies.budget().release(less);
  }

  /** Bytes that are charged now. */
  long bytes() {
    return bytes.get();
  }
}
