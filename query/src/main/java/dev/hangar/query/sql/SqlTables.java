package dev.hangar.query.sql;

import dev.hangar.store.TableName;

/** The tables that statements read. Thread-safe. */
@FunctionalInterface
public interface SqlTables {
  /**
   * What {@code name} stands for now; the caller's to close.
   *
   * @throws dev.hangar.store.NoSuchTableException there is none
   */
  SqlTable open(TableName name);
}
