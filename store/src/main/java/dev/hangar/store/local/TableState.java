package dev.hangar.store.local;

import dev.hangar.store.Durability;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a commit makes of a table. Immutable.
 *
 * @param id the table's number, which its renaming does not change
 * @param current the version that is read
 * @param history versions before it that stay openable, the latest first
 */
record TableState(long id, Version current, List<Version> history) {
  TableState {
    history = List.copyOf(history);
  }

  /** Whether the catalog has it. */
  boolean isDurable() {
    return current.summary().durability() == Durability.DISK;
  }

  Stream<Version> versions() {
    return Stream.concat(Stream.of(current), history.stream());
  }

  /** With {@code next} in front, and those before it as long as they are to be kept. */
  TableState with(Version next, Duration time, Instant now) {
    return new TableState(id, next, versions().toList()).pruned(time, now);
  }

  /**
   * Without versions nobody asked to keep: neither by their number, nor for a {@code time} after
   * they were replaced. What is in memory stays beside what is in memory alone.
   */
  TableState pruned(Duration time, Instant now) {
    var kept = new ArrayList<Version>();
    var next = current;
    for (Version past : history) {
      boolean isRecent = next.summary().created().plus(time).isAfter(now);
      boolean isAlike = past.summary().durability() == current.summary().durability();
      if (isAlike && (kept.size() < current.keepVersions() || isRecent)) {
        kept.add(past);
      }
      next = past;
    }
    return kept.size() == history.size() ? this : new TableState(id, current, kept);
  }

  /** Whether there are versions that nobody asked to keep so long. */
  boolean hasOutlived(Duration time, Instant now) {
    return pruned(time, now).history().size() < history.size();
  }
}
