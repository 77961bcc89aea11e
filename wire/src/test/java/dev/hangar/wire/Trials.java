package dev.hangar.wire;

import java.util.Random;

/**
 * How many times a test that counts tries, the seed of its chance, and the line it ends with.
 *
 * <p>{@code mvn verify} tries what fits into minutes; {@code mvn -Plong verify} all of it; {@code
 * -Dhangar.seed=N} replays a run.
 */
final class Trials {
  private static final boolean LONG = Boolean.getBoolean("hangar.long");

  /** A change is judged by the same chance as the one before it; the long runs take others. */
  private static final long SHORT_SEED = 1;

  private final String name;
  private final long seed =
      Long.getLong("hangar.seed", LONG ? System.nanoTime() & 0xffff_ffffL : SHORT_SEED);

  Trials(String name) {
    this.name = name;
  }

  /** The number of tries of this run. */
  static int count(int inMinutes, int inHours) {
    return LONG ? inHours : inMinutes;
  }

  /** Chance that {@code -Dhangar.seed} replays. */
  Random random() {
    return new Random(seed);
  }

  /** What a failure has to say for somebody to replay it. */
  String replay() {
    return name + ": -Dhangar.seed=" + seed;
  }

  /** Prints the sum of it, with what was measured. */
  void report(int passed, int failed, String measured) {
    System.out.printf(
        "%s: %d passed, %d failed (seed %d%s)%n",
        name, passed, failed, seed, measured.isEmpty() ? "" : "; " + measured);
  }
}
