package dev.hangar.store;

import java.time.Instant;
import java.util.List;

/**
 * One version's batches and how many hold them: its table as long as it can be opened, and each
 * lease.
 *
 * <p>The last to let go releases the batches. Thread-safe, but for its end, which the store guards.
 */
final class MemoryVersion {
  private final TableSummary summary;
  private final List<Batch> batches;
  private Instant end = Instant.MIN;
  private int tickets;
  private int fetches;
  private int holds = 1;

  /** Takes ownership of {@code batches}; held once, for its table. */
  MemoryVersion(TableSummary summary, List<Batch> batches) {
    this.summary = summary;
    this.batches = List.copyOf(batches);
  }

  TableSummary summary() {
    return summary;
  }

  long number() {
    return summary.version();
  }

  List<Batch> batches() {
    return batches;
  }

  /** Whether a ticket may still name it. Guarded by the store. */
  boolean isKeptAt(Instant now) {
    return end.isAfter(now);
  }

  /** When it goes if it is superseded. Guarded by the store. */
  Instant end() {
    return end;
  }

  /** Guarded by the store. */
  void keepUntil(Instant end) {
    tickets++;
    if (end.isAfter(this.end)) {
      this.end = end;
    }
  }

  /** Takes one {@link #keepUntil} back; the last ends it. Guarded by the store. */
  void redeemed() {
    tickets = Math.max(0, tickets - 1);
    if (tickets == 0) {
      end = Instant.MIN;
    }
  }

  /** One who keeps it has all of it. Guarded by the store. */
  void fetched() {
    fetches++;
  }

  /** Whether everybody who keeps it has all of it. Guarded by the store. */
  boolean isFetched() {
    return fetches >= tickets;
  }

  /** Whether only its table holds it. */
  synchronized boolean isIdle() {
    return holds == 1;
  }

  /** For one who knows that somebody holds it. */
  synchronized void hold() {
    holds++;
  }

  void letGo() {
    letGo(List.of(this));
  }

  /** Lets go of all of them, also if releasing one batch fails. */
  static void letGo(List<MemoryVersion> versions) {
    var free = versions.stream().filter(MemoryVersion::isLetGo).toList();
    Batch.releaseAll(free.stream().flatMap(version -> version.batches.stream()).toList());
  }

  private synchronized boolean isLetGo() {
    holds--;
    return holds == 0;
  }
}
