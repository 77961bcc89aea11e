package dev.hangar.store.check;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * The numbers in one plain buffer, one at a time or, for {@link Scan}, a block at a time: copied to
 * an array first, which costs less than it seems, the array staying in the nearest cache, and keeps
 * loops the same for memory of every kind.
 *
 * <p>For one thread; used again for the next buffer.
 */
final class BufferValues {
  /** Values of a block: large enough for its setup not to count, small enough for the cache. */
  static final int BLOCK = 2048;

  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG = CompressedBuffer.LONG;

  private MemorySegment body = MemorySegment.NULL;
  private long start;
  private int width;
  private boolean isUnsigned;
  private byte[] bytes = {};
  private int[] ints = {};
  private long[] longs = {};
  private short[] shorts = {};

  /** Turns to numbers of {@code width} bytes from {@code start} on. */
  BufferValues of(MemorySegment body, long start, int width, boolean isUnsigned) {
    this.body = body;
    this.start = start;
    this.width = width;
    this.isUnsigned = isUnsigned;
    return this;
  }

  int width() {
    return width;
  }

  /** The number at an index; one of 64 unsigned bits over 2^63 looks negative. */
  long at(long index) {
    long place = start + index * width;
    return switch (width) {
      case 1 -> extended(body.get(ValueLayout.JAVA_BYTE, place), 0xffL);
      case 2 -> extended(body.get(SHORT, place), 0xffffL);
      case 4 -> extended(body.get(INT, place), 0xffff_ffffL);
      default -> body.get(LONG, place);
    };
  }

  private long extended(long signed, long mask) {
    return isUnsigned ? signed & mask : signed;
  }

  /** Numbers of one byte. */
  byte[] bytes(long index, int count) {
    bytes = bytes.length < count ? new byte[BLOCK + 1] : bytes;
    MemorySegment.copy(body, ValueLayout.JAVA_BYTE, start + index, bytes, 0, count);
    return bytes;
  }

  /** Numbers of up to four bytes; unsigned ones of four over 2^31 look negative. */
  int[] ints(long index, int count) {
    ints = ints.length < count ? new int[BLOCK + 1] : ints;
    switch (width) {
      case 1 -> widenBytes(bytes(index, count), count);
      case 2 -> widenShorts(index, count);
      default -> MemorySegment.copy(body, INT, start + index * Integer.BYTES, ints, 0, count);
    }
    return ints;
  }

  /** Numbers of eight bytes. */
  long[] longs(long index, int count) {
    longs = longs.length < count ? new long[BLOCK + 1] : longs;
    MemorySegment.copy(body, LONG, start + index * Long.BYTES, longs, 0, count);
    return longs;
  }

  private void widenBytes(byte[] narrow, int count) {
    int mask = isUnsigned ? 0xff : -1;
    for (int i = 0; i < count; i++) {
      ints[i] = narrow[i] & mask;
    }
  }

  private void widenShorts(long index, int count) {
    shorts = shorts.length < count ? new short[BLOCK + 1] : shorts;
    MemorySegment.copy(body, SHORT, start + index * Short.BYTES, shorts, 0, count);
    int mask = isUnsigned ? 0xffff : -1;
    for (int i = 0; i < count; i++) {
      ints[i] = shorts[i] & mask;
    }
  }
}
