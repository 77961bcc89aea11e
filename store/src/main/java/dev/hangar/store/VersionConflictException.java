package dev.hangar.store;

import java.io.Serial;

/** A write on a condition that does not hold: the table is not at the version it was said to be. */
public final class VersionConflictException extends StoreException {
  @Serial private static final long serialVersionUID = 1;

  private final transient TableName table;
  private final long version;

  /**
   * A condition that does not hold.
   *
   * @param wanted the version that was asked for; 0: no table
   * @param version the version there is; 0: no table
   */
  public VersionConflictException(TableName table, long wanted, long version) {
    super(
        "table %s is %s, and the write was for %s; read it again before writing"
            .formatted(
                Quoted.of(table.toString()),
                version == 0 ? "not there" : "at version " + version,
                wanted == 0 ? "a new table" : "version " + wanted),
        null);
    this.table = table;
    this.version = version;
  }

  /** The table. */
  public TableName table() {
    return table;
  }

  /** The version there is; 0: no table. */
  public long version() {
    return version;
  }
}
