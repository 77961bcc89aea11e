package dev.hangar.wire.http2;

import dev.hangar.wire.Limits;
import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The time a peer has to finish what it has begun: between one and two times {@link
 * Limits#HEADER_TIME}, because whoever is watched is looked at in that interval alone. Event loop
 * only.
 */
final class HeldFrameTimer {
  private static final long NONE = -1;

  private final Runnable late;
  private long held = NONE;
  private boolean watching;

  /**
   * @param late runs when the time is up
   */
  HeldFrameTimer(Runnable late) {
    this.late = late;
  }

  /** Bytes were read, and behind them this is held; negative is nothing. */
  void afterRead(long heldNow, EventExecutor executor) {
    held = heldNow;
    if (held >= 0 && !watching) {
      watch(executor);
    }
  }

  private void watch(EventExecutor executor) {
    watching = true;
    long seen = held;
    executor.schedule(
        () -> look(seen, executor), Limits.HEADER_TIME.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void look(long seen, EventExecutor executor) {
    watching = false;
    if (held >= 0 && held == seen) {
      late.run();
    } else if (held >= 0) {
      watch(executor);
    }
  }
}
