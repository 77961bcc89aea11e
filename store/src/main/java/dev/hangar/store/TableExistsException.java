package dev.hangar.store;

import java.io.Serial;

/** A table is to be created, or to be renamed, under a name that one has already. */
public final class TableExistsException extends StoreException {
  @Serial private static final long serialVersionUID = 1;

  private final transient TableName table;

  /** A table that is there. */
  public TableExistsException(TableName table, long version) {
    super(
        "there is a table %s already, at version %d; drop it first, or choose another name"
            .formatted(Quoted.of(table.toString()), version),
        null);
    this.table = table;
  }

  /** The table. */
  public TableName table() {
    return table;
  }
}
