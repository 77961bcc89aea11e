package dev.hangar.store.part;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The index of a part that is being written. For one thread. */
final class IndexBuilder {
  private static final int FIRST_ENTRIES = 16;

  private ByteBuffer bytes = allocate(PartIndex.HEAD_BYTES + FIRST_ENTRIES * PartIndex.ENTRY_BYTES);
  private int entries;

  IndexBuilder(int schemaBytes, int schemaChecksum) {
    bytes.putInt(PartIndex.VERSION).putInt(0).putInt(schemaBytes).putInt(schemaChecksum);
  }

  void add(PartIndex.Entry entry) {
    if (bytes.remaining() < PartIndex.ENTRY_BYTES) {
      bytes = allocate(Math.multiplyExact(bytes.capacity(), 2)).put(bytes.flip());
    }
    entry.write(bytes);
    entries++;
  }

  int entries() {
    return entries;
  }

  /** The index so far. */
  PartIndex build() {
    bytes.putInt(4, entries);
    return PartIndex.of(bytes.duplicate().flip());
  }

  private static ByteBuffer allocate(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }
}
