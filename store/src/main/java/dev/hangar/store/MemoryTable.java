package dev.hangar.store;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The versions of one name that can be opened, each held once.
 *
 * <p>Guarded by its store. Versions it gives up are returned still held: whoever called lets go of
 * them when the store's lock is free.
 */
final class MemoryTable {
  private MemoryVersion current;
  private final TreeMap<Long, MemoryVersion> superseded = new TreeMap<>();
  private boolean isDropped;

  MemoryTable(MemoryVersion first) {
    this.current = first;
  }

  MemoryVersion current() {
    return current;
  }

  /** The version of that number, or null if it cannot be opened. */
  @Nullable MemoryVersion version(long number) {
    return number == current.number() ? current : superseded.get(number);
  }

  /** Puts {@code next} in place of the current version, which can be opened no more. */
  void replace(MemoryVersion next) {
    current = next;
  }

  /** Puts the current version behind the next, but leaves it openable by its number. */
  void supersede(MemoryVersion next) {
    superseded.put(current.number(), current);
    current = next;
  }

  /** Keeps a leased version, also one given up between the lease and this call. */
  void keep(MemoryVersion version, Instant end) {
    version.keepUntil(end);
    if (!isDropped && version(version.number()) == null) {
      version.hold();
      superseded.put(version.number(), version);
    }
  }

  /** Gives up superseded versions. */
  List<MemoryVersion> giveUp(Predicate<MemoryVersion> which) {
    var givenUp = superseded.values().stream().filter(which).toList();
    superseded.values().removeAll(givenUp);
    return givenUp;
  }

  /** When the first of the superseded versions may go. */
  Instant nextEnd() {
    return superseded.values().stream()
        .map(MemoryVersion::end)
        .min(Comparator.naturalOrder())
        .orElse(Instant.MAX);
  }

  /** Gives up everything. */
  List<MemoryVersion> drop() {
    isDropped = true;
    var givenUp = new ArrayList<>(giveUp(version -> true));
    givenUp.add(current);
    return givenUp;
  }
}
