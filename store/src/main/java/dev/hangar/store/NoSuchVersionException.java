package dev.hangar.store;

import java.io.Serial;

/** A version of a table that is not, or no longer, there. */
public final class NoSuchVersionException extends StoreException {
  @Serial private static final long serialVersionUID = 1;

  private final transient TableName table;
  private final long version;
  private final long current;

  public NoSuchVersionException(TableName table, long version, long current) {
    super(message(table, version, current), null);
    this.table = table;
    this.version = version;
    this.current = current;
  }

  /** The table asked for, which exists. */
  public TableName table() {
    return table;
  }

  /** The version asked for. */
  public long version() {
    return version;
  }

  /** The version the table has now. */
  public long current() {
    return current;
  }

  private static String message(TableName table, long version, long current) {
    var name = Quoted.of(table.toString());
    return version < current
        ? "table %s was replaced (version %d, now %d); ask again".formatted(name, version, current)
        : "table %s has no version %d (now %d)".formatted(name, version, current);
  }
}
