package dev.hangar.store.check;

/**
 * Loops over a block of values that only tell whether one of them is wrong: without a branch for
 * each, so that the compiler makes vector code of them. Who is told so looks for the value.
 *
 * <p>Each gathers sign bits. A difference is only relied on where both of its sides are known to be
 * positive, because else it may overflow: the sides' own signs are gathered too.
 */
final class Scan {
  private Scan() {}

  /**
   * Whether a step up from one of {@code values} to the one behind it is under {@code least}, 0 or
   * 1, or leads below zero. The first must not be negative.
   *
   * @param nexts the values from the second on, in an array of their own: loads that overlap make
   *     no vector code
   */
  static boolean falls(int[] values, int[] nexts, int steps, int least) {
    int signs = 0;
    for (int i = 0; i < steps; i++) {
      signs |= (nexts[i] - values[i] - least) | nexts[i];
    }
    return signs < 0;
  }

  /** The same of 64-bit values. */
  static boolean falls(long[] values, long[] nexts, int steps, int least) {
    long signs = 0;
    for (int i = 0; i < steps; i++) {
      signs |= (nexts[i] - values[i] - least) | nexts[i];
    }
    return signs < 0;
  }

  /** Whether a value is not one of 0 to {@code last}. */
  static boolean leaves(int[] values, int count, int last) {
    int signs = 0;
    for (int i = 0; i < count; i++) {
      signs |= values[i] | (last - values[i]);
    }
    return signs < 0;
  }

  /** The same of 64-bit values. */
  static boolean leaves(long[] values, int count, long last) {
    long signs = 0;
    for (int i = 0; i < count; i++) {
      signs |= values[i] | (last - values[i]);
    }
    return signs < 0;
  }

  /** Whether a stretch of {@code sizes} from {@code offsets} on leaves 0 to {@code end}. */
  static boolean leaves(int[] offsets, int[] sizes, int count, int end) {
    int signs = 0;
    for (int i = 0; i < count; i++) {
      int room = end - sizes[i];
      signs |= sizes[i] | offsets[i] | room | (room - offsets[i]);
    }
    return signs < 0;
  }

  /** The same of 64-bit values. */
  static boolean leaves(long[] offsets, long[] sizes, int count, long end) {
    long signs = 0;
    for (int i = 0; i < count; i++) {
      long room = end - sizes[i];
      signs |= sizes[i] | offsets[i] | room | (room - offsets[i]);
    }
    return signs < 0;
  }

  /** Whether an id is not declared, or its offset not under the length of the id's child. */
  static boolean leaves(byte[] ids, int[] offsets, int count, int[] lengths) {
    int signs = 0;
    for (int i = 0; i < count; i++) {
      signs |= offsets[i] | (lengths[ids[i] & 0xff] - 1 - offsets[i]);
    }
    return signs < 0;
  }

  /** Whether an id is not declared: its length is negative. */
  static boolean leaves(byte[] ids, int count, int[] lengths) {
    int signs = 0;
    for (int i = 0; i < count; i++) {
      signs |= lengths[ids[i] & 0xff];
    }
    return signs < 0;
  }
}
