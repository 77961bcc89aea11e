package dev.hangar.store.local;

import dev.hangar.store.TableName;
import dev.hangar.store.TableSummary;
import java.time.Instant;
import java.util.List;

/**
 * One version's parts and how many hold them: its table as long as it can be opened, each lease,
 * and each commit that builds on it.
 *
 * <p>The last to let go lets go of the parts. Thread-safe, but for what tickets keep, which {@link
 * Tables} guards.
 */
final class Version {
  private final TableSummary summary;
  private final List<SharedPart> parts;
  private final int keepVersions;
  private Instant end = Instant.MIN;
  private int tickets;
  private int fetches;
  private int holds = 1;

  /**
   * When it was last opened, or written, in the order of all openings. Guarded by {@link Tables}.
   */
  private long lastOpened;

  /**
   * Takes over one share of each of {@code parts}; held once, for its table.
   *
   * @param keepVersions how many of the versions before it stay
   */
  Version(TableSummary summary, List<SharedPart> parts, int keepVersions) {
    this.summary = summary;
    this.parts = List.copyOf(parts);
    this.keepVersions = keepVersions;
  }

  TableSummary summary() {
    return summary;
  }

  long number() {
    return summary.version();
  }

  List<SharedPart> parts() {
    return parts;
  }

  int keepVersions() {
    return keepVersions;
  }

  /** The same under another name and number. */
  Version renamed(TableName name, long number) {
    return new Version(
        summary.renamed(name, number),
        parts.stream().map(SharedPart::share).toList(),
        keepVersions);
  }

  boolean isExpiredAt(Instant now) {
    var expires = summary.expires();
    return expires != null && !expires.isAfter(now);
  }

  long lastOpened() {
    return lastOpened;
  }

  void opened(long count) {
    lastOpened = count;
  }

  /** Whether a ticket may still name it. Guarded by {@link Tables}. */
  boolean isKeptAt(Instant now) {
    return end.isAfter(now);
  }

  /** When it goes if it is superseded. Guarded by {@link Tables}. */
  Instant end() {
    return end;
  }

  /** Guarded by {@link Tables}. */
  void keepUntil(Instant end) {
    tickets++;
    if (end.isAfter(this.end)) {
      this.end = end;
    }
  }

  /** Takes one {@link #keepUntil} back; the last ends it. Guarded by {@link Tables}. */
  void redeemed() {
    tickets = Math.max(0, tickets - 1);
    if (tickets == 0) {
      end = Instant.MIN;
    }
  }

  /** One who keeps it has all of it. Guarded by {@link Tables}. */
  void fetched() {
    fetches++;
  }

  /** Whether everybody who keeps it has all of it. Guarded by {@link Tables}. */
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
    if (isLetGo()) {
      parts.forEach(SharedPart::letGo);
    }
  }

  private synchronized boolean isLetGo() {
    holds--;
    return holds == 0;
  }
}
