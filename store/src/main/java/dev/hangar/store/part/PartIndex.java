package dev.hangar.store.part;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Where each message of a part lies, and what its bytes add up to. Immutable.
 *
 * <pre>
 *   0  int32 version, 1         entry  0  int64 offset of the metadata
 *   4  int32 entries                   8  int64 offset of the application metadata
 *   8  int32 bytes of the schema      16  int64 offset of the body
 *  12  int32 CRC32C of the schema     24  int32 bytes of the metadata; -1: none
 *  16  entries of 48 bytes            28  int32 bytes of the application metadata; -1: null
 *                                     32  int32 bytes of the body as it came
 *                                     36  int32 rows
 *                                     40  int32 CRC32C of metadata, body, application metadata
 *                                     44  int8 kind
 *                                     45  int8 bytes of the body beyond what its message announces
 *                                     46  2 zeros
 * </pre>
 */
final class PartIndex {
  static final int VERSION = 1;
  static final int HEAD_BYTES = 16;
  static final int ENTRY_BYTES = 48;

  /** Stands for the length of bytes that are not there, which is not the same as none. */
  static final int ABSENT = -1;

  static final byte RECORD_BATCH = 1;
  static final byte DICTIONARY_BATCH = 2;
  static final byte APPLICATION_METADATA = 3;

  /** One message. */
  record Entry(
      long metadataOffset,
      long appOffset,
      long bodyOffset,
      int metadataBytes,
      int appBytes,
      int bodyBytes,
      int rows,
      int checksum,
      byte kind,
      byte surplusBytes) {

    static Entry read(ByteBuffer from) {
      return new Entry(
          from.getLong(),
          from.getLong(),
          from.getLong(),
          from.getInt(),
          from.getInt(),
          from.getInt(),
          from.getInt(),
          from.getInt(),
          from.get(),
          from.get());
    }

    void write(ByteBuffer to) {
      to.putLong(metadataOffset).putLong(appOffset).putLong(bodyOffset);
      to.putInt(metadataBytes).putInt(appBytes).putInt(bodyBytes).putInt(rows).putInt(checksum);
      to.put(kind).put(surplusBytes).putShort((short) 0);
    }

    /** What its IPC message announces. */
    int announcedBytes() {
      return bodyBytes - surplusBytes;
    }

    /** Whether all of it lies between {@code start} and {@code end}. */
    boolean isWithin(long start, long end) {
      return isWithin(metadataOffset, metadataBytes, start, end)
          && isWithin(appOffset, appBytes, start, end)
          && isWithin(bodyOffset, bodyBytes, start, end)
          && bodyBytes >= 0
          && rows >= 0;
    }

    private static boolean isWithin(long offset, int bytes, long start, long end) {
      return bytes == ABSENT || (bytes >= 0 && offset >= start && offset <= end - bytes);
    }
  }

  private final ByteBuffer bytes;

  private PartIndex(ByteBuffer bytes) {
    this.bytes = bytes;
  }

  /**
   * An index as it was stored.
   *
   * @throws IllegalArgumentException if its length is not the one its head calls for
   */
  static PartIndex of(ByteBuffer stored) {
    var bytes = stored.slice().order(ByteOrder.LITTLE_ENDIAN);
    if (bytes.limit() < HEAD_BYTES) {
      throw new IllegalArgumentException("an index of %d bytes".formatted(bytes.limit()));
    }
    if (bytes.getInt(0) != VERSION) {
      throw new IllegalArgumentException(
          "an index of version %d; this is %d".formatted(bytes.getInt(0), VERSION));
    }
    int entries = bytes.getInt(4);
    if (bytes.limit() != HEAD_BYTES + (long) ENTRY_BYTES * entries) {
      throw new IllegalArgumentException(
          "an index of %d bytes for %d messages".formatted(bytes.limit(), entries));
    }
    return new PartIndex(bytes);
  }

  int entries() {
    return bytes.getInt(4);
  }

  int schemaBytes() {
    return bytes.getInt(8);
  }

  int schemaChecksum() {
    return bytes.getInt(12);
  }

  Entry entry(int number) {
    int offset = HEAD_BYTES + ENTRY_BYTES * number;
    return Entry.read(bytes.slice(offset, ENTRY_BYTES).order(ByteOrder.LITTLE_ENDIAN));
  }

  /** All of it, as it is stored. */
  ByteBuffer bytes() {
    return bytes.duplicate();
  }
}
