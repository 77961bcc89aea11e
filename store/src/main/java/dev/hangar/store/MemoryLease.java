package dev.hangar.store;

import java.time.Instant;
import java.util.List;

/** A lease on a version in memory. */
final class MemoryLease implements TableVersion {
  private final MemoryStore store;
  private final MemoryTable table;
  private final MemoryVersion version;
  private boolean isClosed;

  /** Takes over one hold on {@code version}. */
  MemoryLease(MemoryStore store, MemoryTable table, MemoryVersion version) {
    this.store = store;
    this.table = table;
    this.version = version;
  }

  @Override
  public TableSummary summary() {
    return version.summary();
  }

  @Override
  public synchronized List<Batch> batches() {
    requireOpen();
    return version.batches();
  }

  @Override
  public synchronized TableVersion retain() {
    requireOpen();
    version.hold();
    return new MemoryLease(store, table, version);
  }

  @Override
  public synchronized void keepUntil(Instant end) {
    requireOpen();
    store.keep(table, version, end);
  }

  @Override
  public synchronized void redeemed() {
    requireOpen();
    store.redeemed(table, version);
  }

  @Override
  public synchronized void fetched() {
    requireOpen();
    store.fetched(version);
  }

  @Override
  public void close() {
    if (ends()) {
      version.letGo();
    }
  }

  private synchronized boolean ends() {
    boolean wasOpen = !isClosed;
    isClosed = true;
    return wasOpen;
  }

  private void requireOpen() {
    if (isClosed) {
      throw new IllegalStateException(
          "the lease on version %d of %s is closed".formatted(number(), name()));
    }
  }
}
