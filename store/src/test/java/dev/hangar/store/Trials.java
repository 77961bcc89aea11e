package dev.hangar.store;

import java.util.Random;

/**
 * The seed of a test's chance, and the line it ends with.
 *
 * <p>{@code mvn verify} always takes the same chance, {@code mvn -Plong verify} another each time;
 * {@code -Dhangar.seed=N} replays a run.
 */
public final class Trials {
  private static final boolean LONG = Boolean.getBoolean("hangar.long");
  private static final long SHORT_SEED = 1;

  private final String name;
  private final long seed =
      Long.getLong("hangar.seed", LONG ? System.nanoTime() & 0xffff_ffffL : SHORT_SEED);
  private int passed;
  private int failed;

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
    if (isPassed) {
      passed++;
    } else {
      failed++;
    }
  }

  public int failed() {
    return failed;
  }

  /** Prints the sum of it. */
  public void report() {
    System.out.printf("%s: %d passed, %d failed (seed %d)%n", name, passed, failed, seed);
  }
}
