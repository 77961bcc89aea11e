package dev.hangar.query.result;

import dev.hangar.store.Durability;
import dev.hangar.store.NoSuchTableException;
import dev.hangar.store.TableName;
import dev.hangar.store.TableStore;
import dev.hangar.store.TableVersion;
import dev.hangar.store.TableWriter;
import dev.hangar.store.WriteOptions;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/**
 * Rows that can be made again, as hidden tables of a store that gives up those read longest ago
 * when memory is short. Thread-safe.
 */
final class KeptRows {
  private static final WriteOptions OPTIONS =
      WriteOptions.DEFAULT.withDurability(Durability.MEMORY).withTimeToLive(Limits.KEPT_TIME);

  private final TableStore store;
  private final long bytesMax;

  /**
   * @param memoryBytes what all of them may take
   */
  KeptRows(TableStore store, long memoryBytes) {
    this.store = store;
    this.bytesMax = memoryBytes / Limits.KEPT_SHARE;
  }

  /** What is kept under a key, which is the caller's to close; empty where there is nothing. */
  Optional<TableVersion> open(String key) {
    try {
      return Optional.of(store.open(name(key)));
    } catch (NoSuchTableException none) {
      return Optional.empty();
    }
  }

  /**
   * Begins to keep rows under a key; they are there when the writer commits.
   *
   * @param schema a bare IPC message
   */
  TableWriter write(String key, ByteBuffer schema) {
    return store.write(name(key), new byte[0], schema, OPTIONS);
  }

  /** What the rows under one key may take. */
  long bytesMax() {
    return bytesMax;
  }

  private static TableName name(String key) {
    return new TableName(List.of(Results.FOLDER, key));
  }
}
