package dev.hangar.query.sql;

import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** A statement that can't be answered. */
public final class SqlException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** Whose fault it is, and whether it helps to ask again. */
  public enum Kind {
    /** The statement, or a value it came to, is wrong. */
    INVALID,
    /** It needs more memory than one statement gets. */
    TOO_LARGE,
    /** Too many statements run and wait; later there may be room. */
    BUSY,
    /** It took longer than it was given. */
    TIMED_OUT,
    /** Whoever asked for it has gone, or said so. */
    CANCELLED
  }

  private final Kind kind;
  private final int position;

  public SqlException(Kind kind, String message) {
    this(kind, message, -1, null);
  }

  SqlException(Kind kind, String message, int position, @Nullable Throwable cause) {
    super(message, cause);
    this.kind = kind;
    this.position = position;
  }

  static SqlException invalid(String message) {
    return new SqlException(Kind.INVALID, message);
  }

  static SqlException invalid(String message, int position) {
    return new SqlException(Kind.INVALID, message, position, null);
  }

  /** Whose fault it is. */
  public Kind kind() {
    return kind;
  }

  /** Where in the statement, in characters from 0; empty where nothing is known of that. */
  public OptionalInt position() {
    return position < 0 ? OptionalInt.empty() : OptionalInt.of(position);
  }
}
