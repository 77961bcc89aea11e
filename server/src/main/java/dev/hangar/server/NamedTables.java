package dev.hangar.server;

import dev.hangar.query.sql.SqlTable;
import dev.hangar.store.TableName;
import dev.hangar.store.TableStore;
import org.jspecify.annotations.Nullable;

/** What the names in statements stand for. Thread-safe. */
final class NamedTables {
  private final TableStore store;

  NamedTables(TableStore store) {
    this.store = store;
  }

  /** What a name stands for now; {@code a/b@7} is a version. */
  SqlTable open(TableName name) {
    return open(name, null);
  }

  /** The same; of a table in a certain version, where one is given. */
  SqlTable open(TableName name, @Nullable Long version) {
    return switch (Dialect.request(name)) {
      case Request.Numbered numbered ->
          new SqlTable.Stored(store.open(numbered.table(), numbered.version()));
      case Request.Latest latest ->
          new SqlTable.Stored(
              version == null ? store.open(latest.table()) : store.open(latest.table(), version));
      case Request.Pinned _, Request.FileRange _ ->
          throw new IllegalArgumentException("a name is no ticket");
    };
  }
}
