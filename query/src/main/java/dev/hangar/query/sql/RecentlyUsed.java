package dev.hangar.query.sql;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The values that were asked for last, so many of them. Thread-safe. */
public final class RecentlyUsed<K, V> {
  private static final float LOAD = 0.75f;

  private final Map<K, V> values;

  /** An empty one that holds so many values at most. */
  public RecentlyUsed(int most) {
    this.values =
        new LinkedHashMap<>(16, LOAD, true) {
          @Override
          protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
            return size() > most;
          }
        };
  }

  /** The value of a key, which counts as used now. */
  public synchronized @Nullable V get(K key) {
    return values.get(key);
  }

  /** Takes in a value; the one used longest ago may go. */
  public synchronized void put(K key, V value) {
    values.put(key, value);
  }
}
