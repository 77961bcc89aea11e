package dev.hangar.store.catalog;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * CRC32C over the values of one row and the table it stands in. For one thread.
 *
 * <p>Each value is a byte for its type, eight for the number or the length, big endian, and then
 * the bytes: so that no two rows have the same bytes.
 */
final class RowChecksum {
  private final CRC32C crc = new CRC32C();
  private final ByteBuffer head = ByteBuffer.allocate(1 + Long.BYTES);

  RowChecksum(String table) {
    text(table);
  }

  void nothing() {
    head('0', 0);
  }

  void number(long value) {
    head('n', value);
  }

  void bytes(byte[] value) {
    head('b', value.length);
    crc.update(value);
  }

  void text(String value) {
    bytes(value.getBytes(StandardCharsets.UTF_8));
  }

  /** From 0 to 2³² − 1. */
  long value() {
    return crc.getValue();
  }

  private void head(char type, long value) {
    crc.update(head.clear().put((byte) type).putLong(value).flip());
  }
}
