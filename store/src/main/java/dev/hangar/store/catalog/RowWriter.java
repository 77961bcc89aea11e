package dev.hangar.store.catalog;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The values of a row on their way into a statement, in the order of its columns. */
final class RowWriter {
  private final @Nullable PreparedStatement statement;
  private final RowChecksum checksum;
  private int column;

  /** Without a statement, for the checksum alone. */
  RowWriter(@Nullable PreparedStatement statement, String table) {
    this.statement = statement;
    checksum = new RowChecksum(table);
  }

  RowWriter number(long value) throws SQLException {
    column++;
    if (statement != null) {
      statement.setLong(column, value);
    }
    checksum.number(value);
    return this;
  }

  RowWriter text(String value) throws SQLException {
    column++;
    if (statement != null) {
      statement.setString(column, value);
    }
    checksum.text(value);
    return this;
  }

  RowWriter bytes(byte[] value) throws SQLException {
    column++;
    if (statement != null) {
      statement.setBytes(column, value);
    }
    checksum.bytes(value);
    return this;
  }

  /** Two columns: seconds and nanoseconds. */
  RowWriter time(@Nullable Instant value) throws SQLException {
    if (value == null) {
      return nothing().number(0);
    }
    return number(value.getEpochSecond()).number(value.getNano());
  }

  /** Ends the row with its checksum, which it returns. */
  long end() throws SQLException {
    column++;
    if (statement != null) {
      statement.setLong(column, checksum.value());
    }
    return checksum.value();
  }

  private RowWriter nothing() throws SQLException {
    column++;
    if (statement != null) {
      statement.setNull(column, Types.BIGINT);
    }
    checksum.nothing();
    return this;
  }
}
