package dev.hangar.store.check;

import dev.hangar.store.Limits;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.apache.arrow.flatbuf.CompressionType;

/**
 * One buffer of a compressed body: the length it claims to have uncompressed, then an LZ4 or a
 * Zstandard frame, or the bytes as they are (Arrow {@code Message.fbs}, {@code
 * BodyCompressionMethod.BUFFER}).
 *
 * <p>Readers allocate what it claims, before they decompress anything. The claim is therefore held
 * against what the rows need, against the best its codec can reach, and against what the frame says
 * of itself. Nothing is decompressed.
 */
final class CompressedBuffer {
  static final int NO_CODEC = -1;
  static final int PREFIX_BYTES = 8;

  /** A claim that means: as they are. */
  static final long NOT_COMPRESSED = -1;

  static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private static final int LZ4_MAGIC = 0x184D2204;
  private static final int ZSTD_MAGIC = 0xFD2FB528;

  /** Magic and the two bytes that every frame header of either kind has at least. */
  private static final int LEAST_FRAME_BYTES = 6;

  /** A byte of an LZ4 block adds at most 255 to the length of a match. */
  private static final int LZ4_BEST_RATIO = 255;

  /** A Zstandard block of four bytes stands for at most 128 KiB. */
  private static final int ZSTD_BEST_RATIO = (128 << 10) / 4;

  private static final int LZ4_HAS_SIZE = 1 << 3;
  private static final int ZSTD_ONE_SEGMENT = 1 << 5;

  /** Added to a content size of two bytes (RFC 8878, 3.1.1.1.4). */
  private static final int ZSTD_SHORT_SIZE_BASE = 256;

  private static final long UNSAID = -1;

  private CompressedBuffer() {}

  /**
   * Checks one buffer that is not empty.
   *
   * @param least the bytes it must hold uncompressed
   * @param most the bytes it may hold at most
   */
  static void check(
      MemorySegment buffer, int codec, String name, long least, long most, Place place) {
    long claim = buffer.get(LONG, 0);
    long bytes = buffer.byteSize() - PREFIX_BYTES;
    if (claim < NOT_COMPRESSED) {
      throw place.refused("%s of %d bytes when uncompressed, a negative number", name, claim);
    }
    if (claim == NOT_COMPRESSED) {
      requireLeast(name, bytes, least, place);
      return;
    }
    requireLeast(name, claim, least, place);
    long bound = Math.min(most, Limits.BUFFER_BYTES);
    if (claim > bound) {
      throw place.refused("%s of %d bytes when uncompressed, over %d", name, claim, bound);
    }
    checkRatio(codec, name, claim, bytes, place);
    if (claim > 0) {
      checkFrame(buffer.asSlice(PREFIX_BYTES), codec, name, claim, place);
    }
  }

  private static void requireLeast(String name, long bytes, long least, Place place) {
    if (bytes < least) {
      throw place.refused("%s of %d bytes when uncompressed, needs %d", name, bytes, least);
    }
  }

  private static void checkRatio(int codec, String name, long claim, long bytes, Place place) {
    int ratio = codec == CompressionType.ZSTD ? ZSTD_BEST_RATIO : LZ4_BEST_RATIO;
    if (claim > bytes * ratio) {
      throw place.refused(
          "%s of %d bytes when uncompressed, more than %d times the %d compressed ones",
          name, claim, ratio, bytes);
    }
  }

  private static void checkFrame(
      MemorySegment frame, int codec, String name, long claim, Place place) {
    boolean isZstd = codec == CompressionType.ZSTD;
    int magic = isZstd ? ZSTD_MAGIC : LZ4_MAGIC;
    if (frame.byteSize() < LEAST_FRAME_BYTES || frame.get(INT, 0) != magic) {
      throw place.refused("%s that are no %s frame", name, isZstd ? "ZSTD" : "LZ4");
    }
    long said = isZstd ? zstdSize(frame) : lz4Size(frame);
    if (said != UNSAID && said != claim) {
      throw place.refused(
          "%s of %d bytes when uncompressed, their frame says %s",
          name, claim, Long.toUnsignedString(said));
    }
  }

  /** {@code | magic 4 | flags 1 | block size 1 | content size 8, if flagged …}. */
  private static long lz4Size(MemorySegment frame) {
    int flags = frame.get(ValueLayout.JAVA_BYTE, Integer.BYTES);
    boolean hasSize = (flags & LZ4_HAS_SIZE) != 0;
    return hasSize ? number(frame, LEAST_FRAME_BYTES, Long.BYTES) : UNSAID;
  }

  /**
   * {@code | magic 4 | descriptor 1 | window 1, unless one segment | dictionary id 0, 1, 2 or 4 |
   * content size 0, 1, 2, 4 or 8 …} (RFC 8878, 3.1.1.1).
   */
  private static long zstdSize(MemorySegment frame) {
    int descriptor = frame.get(ValueLayout.JAVA_BYTE, Integer.BYTES);
    boolean isOneSegment = (descriptor & ZSTD_ONE_SEGMENT) != 0;
    int dictionaryIdBytes = (1 << (descriptor & 3)) >> 1;
    int sizeBytes = 1 << (descriptor >> 6 & 3);
    if (sizeBytes == 1 && !isOneSegment) {
      return UNSAID;
    }
    long at = Integer.BYTES + 1L + (isOneSegment ? 0 : 1) + dictionaryIdBytes;
    long size = number(frame, at, sizeBytes);
    return sizeBytes == Short.BYTES && size != UNSAID ? size + ZSTD_SHORT_SIZE_BASE : size;
  }

  /** An unsigned number, or {@link #UNSAID} where the frame ends before it. */
  private static long number(MemorySegment frame, long at, int bytes) {
    if (at + bytes > frame.byteSize()) {
      return UNSAID;
    }
    return switch (bytes) {
      case 1 -> Byte.toUnsignedLong(frame.get(ValueLayout.JAVA_BYTE, at));
      case 2 -> Short.toUnsignedLong(frame.get(SHORT, at));
      case 4 -> Integer.toUnsignedLong(frame.get(INT, at));
      default -> frame.get(LONG, at);
    };
  }
}
