package dev.hangar.store.check;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Which values of one field are null, as its bitmap says.
 *
 * <p>Immutable.
 */
final class Validity {
  /** Every value is valid. */
  static final Validity ALL = new Validity(MemorySegment.NULL, 0);

  /** Some values are null, and the bitmap is compressed. */
  static final Validity UNKNOWN = new Validity(MemorySegment.NULL, 0);

  private final MemorySegment body;
  private final long start;

  /** A bitmap from byte {@code start} of {@code body} on. */
  Validity(MemorySegment body, long start) {
    this.body = body;
    this.start = start;
  }

  boolean isValid(long index) {
    if (this == ALL) {
      return true;
    }
    int bits = body.get(ValueLayout.JAVA_BYTE, start + (index >> 3));
    return (bits >> (index & 7) & 1) != 0;
  }

  /** Makes zeros of the null ones among values from index {@code from}, a multiple of 8, on. */
  int[] clear(int[] block, long from, int count) {
    for (int i = 0; this != ALL && i < count; i++) {
      int bits = body.get(ValueLayout.JAVA_BYTE, start + ((from + i) >> 3));
      block[i] &= -(bits >> (i & 7) & 1);
    }
    return block;
  }

  /** The same of 64-bit values. */
  long[] clear(long[] block, long from, int count) {
    for (int i = 0; this != ALL && i < count; i++) {
      int bits = body.get(ValueLayout.JAVA_BYTE, start + ((from + i) >> 3));
      block[i] &= -(long) (bits >> (i & 7) & 1);
    }
    return block;
  }

  /** The valid values among the first {@code length} of a bitmap. */
  static long count(MemorySegment body, long start, long length) {
    long at = start;
    long valid = 0;
    long left = length;
    for (; left >= Long.SIZE; left -= Long.SIZE, at += Long.BYTES) {
      valid += Long.bitCount(body.get(CompressedBuffer.LONG, at));
    }
    for (; left > 0; left -= Byte.SIZE, at++) {
      int bits = body.get(ValueLayout.JAVA_BYTE, at) & 0xff;
      valid += Integer.bitCount(left >= Byte.SIZE ? bits : bits & ((1 << left) - 1));
    }
    return valid;
  }
}
