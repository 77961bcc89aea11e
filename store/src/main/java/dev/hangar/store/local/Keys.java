package dev.hangar.store.local;

import dev.hangar.store.InvalidDataException;
import dev.hangar.store.Limits;
import dev.hangar.store.Quoted;
import dev.hangar.store.TableName;
import dev.hangar.store.TableSummary;
import dev.hangar.store.catalog.Edit;
import dev.hangar.store.catalog.Rows;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** What writes under idempotency keys came to, in the order they were made. Thread-safe. */
final class Keys {
  private final LinkedHashMap<String, Rows.Key> keys = new LinkedHashMap<>();

  /** The row that remembers a write; null if it has no key. */
  static Rows.@Nullable Key row(@Nullable String key, TableSummary summary) {
    return key == null
        ? null
        : new Rows.Key(key, summary.name().toString(), summary.version(), summary.created());
  }

  /**
   * The version that a write under this key has made.
   *
   * @throws InvalidDataException if it was another table's
   */
  synchronized OptionalLong version(@Nullable String key, TableName name) {
    var known = key == null ? null : keys.get(key);
    if (known == null) {
      return OptionalLong.empty();
    }
    if (!known.name().equals(name.toString())) {
      throw new InvalidDataException(
          "idempotency key %s was used for table %s already; every write needs a key of its own"
              .formatted(Quoted.of(known.key()), Quoted.of(known.name())));
    }
    return OptionalLong.of(known.version());
  }

  synchronized Rows.@Nullable Key find(String key) {
    return keys.get(key);
  }

  synchronized void add(Rows.Key key) {
    keys.put(key.key(), key);
    if (keys.size() > Limits.KEYS) {
      keys.pollFirstEntry();
    }
  }

  /** Forgets those whose time is over; true if there were any. */
  synchronized boolean forgetBefore(Instant now) {
    var end = now.minus(Limits.KEY_TIME);
    boolean isAnyOver = false;
    while (!keys.isEmpty() && keys.firstEntry().getValue().created().isBefore(end)) {
      keys.pollFirstEntry();
      isAnyOver = true;
    }
    return isAnyOver;
  }

  /** What the catalog is told of it. */
  Edit forgotten(Instant now) {
    return new Edit.RemoveKeysBefore(now.minus(Limits.KEY_TIME));
  }
}
