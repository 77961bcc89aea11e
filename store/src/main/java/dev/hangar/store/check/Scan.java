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

  /** Whether a step up from one value to the next is under {@code least}, 0 or 1, or below zero. */
  static boolean falls(int[] values, int steps, int least) {
    int signs = values[0];
    for (int i = 0; i < steps; i++) {
      signs |= (values[i + 1] - values[i] - least) | values[i + 1];
    }
    return signs < 0;
  }

  /** The same of 64-bit values. */
  static boolean falls(long[] values, int steps, int least) {
    long signs = values[0];
    for (int i = 0; i < steps; i++) {
      signs |= (values[i + 1] - values[i] - least) | values[i + 1];
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
