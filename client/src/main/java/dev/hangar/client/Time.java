package dev.hangar.client;

import java.time.Duration;
import java.time.Instant;

/** Time as a client sees it; tests have their own. Thread-safe. */
interface Time {
  Time SYSTEM =
      new Time() {
        @Override
        public long nanos() {
          return System.nanoTime();
        }

        @Override
        public Instant now() {
          return Instant.now();
        }

        @Override
        public void sleep(Duration pause) throws InterruptedException {
          Thread.sleep(pause.toMillis() + 1);
        }
      };

  /** Nanoseconds since some moment, which only go forward. */
  long nanos();

  /** What a clock on the wall says. */
  Instant now();

  /** Waits. */
  void sleep(Duration pause) throws InterruptedException;
}
