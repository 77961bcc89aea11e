package dev.hangar.store.catalog;

import dev.hangar.store.StorageException;
import dev.hangar.store.StorageException.Remedy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** What SQLite's result codes mean for a file. */
final class SqliteFailures implements Failures {
  /** Room on a disk under which a failed write is taken for one that found no room. */
  private static final long LITTLE_BYTES = 1 << 20;

  /** SQLite puts what is special about a failure above the byte that says what kind it is. */
  private static final int KIND = 0xff;

  private final String name;
  private final @Nullable Path file;

  /**
   * Failures of one database.
   *
   * @param file null: it is in memory
   */
  SqliteFailures(String name, @Nullable Path file) {
    this.name = name;
    this.file = file;
  }

  @Override
  public RuntimeException of(String doing, SQLException failure) {
    SQLiteErrorCode code = code(failure);
    return switch (SQLiteErrorCode.getErrorCode(code.code & KIND)) {
      case SQLITE_CONSTRAINT ->
          new StaleCatalogException(
              name + ": another server has written what was to be new: " + failure.getMessage());
      case SQLITE_CORRUPT, SQLITE_NOTADB ->
          Damage.of("%s is damaged, or is no database (%s)".formatted(name, code.name()), failure);
      case SQLITE_FULL -> full(failure);
      case SQLITE_IOERR -> isFull() ? full(failure) : broken(doing, code, failure);
      case SQLITE_READONLY, SQLITE_CANTOPEN, SQLITE_PERM, SQLITE_AUTH ->
          configuration(
              "%s can't be %s (%s): see that it and its directory are there, and may be read and"
                  + " written",
              doing, code, failure);
      case SQLITE_BUSY, SQLITE_LOCKED, SQLITE_PROTOCOL ->
          configuration(
              "%s can't be %s (%s): another program uses it, end that one", doing, code, failure);
      default -> broken(doing, code, failure);
    };
  }

  /** SQLite ends some transactions by itself, and then has none to roll back. */
  @Override
  public void rollback(Connection connection) throws SQLException {
    try {
      connection.rollback();
    } catch (SQLException e) {
      if (!String.valueOf(e.getMessage()).contains("no transaction is active")) {
        throw e;
      }
      try (Statement statement = connection.createStatement()) {
        statement.execute("BEGIN");
      }
    }
  }

  private StorageException full(SQLException failure) {
    return new StorageException(
        name + " can't grow, the disk is full: make room and try again", Remedy.ROOM, failure);
  }

  private StorageException broken(String doing, SQLiteErrorCode code, SQLException failure) {
    return new StorageException(
        "%s can't be %s (%s: %s): look after its disk, then start the server anew"
            .formatted(name, doing, code.name(), failure.getMessage()),
        Remedy.RESTART,
        failure);
  }

  private StorageException configuration(
      String format, String doing, SQLiteErrorCode code, SQLException failure) {
    return new StorageException(
        String.format(format, name, doing, code.name()), Remedy.CONFIGURATION, failure);
  }

  private boolean isFull() {
    try {
      return file != null && Files.getFileStore(file).getUsableSpace() < LITTLE_BYTES;
    } catch (IOException e) {
      return false;
    }
  }

  /** A failed batch is told by an exception around SQLite's. */
  private static SQLiteErrorCode code(SQLException failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLiteException own) {
        return own.getResultCode();
      }
    }
    return SQLiteErrorCode.getErrorCode(failure.getErrorCode() & KIND);
  }
}
