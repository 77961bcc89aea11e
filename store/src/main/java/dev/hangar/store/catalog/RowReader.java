package dev.hangar.store.catalog;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The values of a row on their way out of a result, in the order of its columns. */
final class RowReader {
  private final ResultSet result;
  private final RowChecksum checksum;
  private int column;

  RowReader(ResultSet result, String table) {
    this.result = result;
    checksum = new RowChecksum(table);
  }

  long number() throws SQLException {
    // Null reads as zero: where zero was written, that is what it was.
    long value = result.getLong(++column);
    checksum.number(value);
    return value;
  }

  /** A number that was an int when it was written; another is damage. */
  int integer() throws SQLException {
    return Math.toIntExact(number());
  }

  String text() throws SQLException {
    String value = result.getString(++column);
    if (value == null) {
      checksum.nothing();
      return "";
    }
    checksum.text(value);
    return value;
  }

  byte[] bytes() throws SQLException {
    byte[] value = result.getBytes(++column);
    if (value == null) {
      // SQLite gives bytes of no length back as null.
      value = new byte[0];
    }
    checksum.bytes(value);
    return value;
  }

  Instant time() throws SQLException {
    return Instant.ofEpochSecond(number(), number());
  }

  @Nullable Instant timeOrNull() throws SQLException {
    long second = result.getLong(++column);
    if (result.wasNull()) {
      checksum.nothing();
      number();
      return null;
    }
    checksum.number(second);
    return Instant.ofEpochSecond(second, number());
  }

  /** Whether the row, of which all else has been read, is as it was written. */
  boolean isWhole() throws SQLException {
    return result.getLong(++column) == checksum.value();
  }

  long checksum() {
    return checksum.value();
  }
}
