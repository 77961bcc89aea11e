package dev.hangar.interop;

import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many times a test that counts tries, the seed of its chance, and the line it ends with.
 *
 * <p>{@code mvn verify} tries what fits into minutes, always with the same chance; {@code mvn
 * -Plong verify} tries all of it, with another chance each time; {@code -Dhangar.seed=N} replays a
 * run. Thread-safe.
 */
public final class Trials {
  private static final boolean LONG = Boolean.getBoolean("hangar.long");
  private static final long SHORT_SEED = 1;

  private final String name;
  private final long seed =
      Long.getLong("hangar.seed", LONG ? System.nanoTime() & 0xffff_ffffL : SHORT_SEED);
  private final AtomicInteger passed = new AtomicInteger();
  private final AtomicInteger failed = new AtomicInteger();

  public Trials(String name) {
    this.name = name;
  }

  /** The number of tries of this run. */
  public static int count(int inMinutes, int inHours) {
    return LONG ? inHours : inMinutes;
  }

  /** Chance that {@code -Dhangar.seed} replays. */
  public Random random() {
    return new Random(seed);
  }

  /** What a failure has to say for somebody to replay it. */
  public String replay() {
    return name + ": -Dhangar.seed=" + seed;
  }

  public void count(boolean isPassed) {
    (isPassed ? passed : failed).incrementAndGet();
  }

  public int failed() {
    return failed.get();
  }

  /** Prints the sum of it, with what was measured. */
  public void report(String measured) {
    System.out.printf(
        "%s: %d passed, %d failed (seed %d%s)%n",
        name, passed.get(), failed.get(), seed, measured.isEmpty() ? "" : "; " + measured);
  }
}
