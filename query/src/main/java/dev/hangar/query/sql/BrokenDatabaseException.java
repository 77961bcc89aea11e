package dev.hangar.query.sql;

/** DuckDB failed within, and refuses all that comes to the same database from then on. */
final class BrokenDatabaseException extends IllegalStateException {
  private static final long serialVersionUID = 1;

  BrokenDatabaseException(String message, Throwable cause) {
    super(message, cause);
  }
}
