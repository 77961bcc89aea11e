package dev.hangar.store.local;

import dev.hangar.store.OpenPart;
import dev.hangar.store.TablePart;
import dev.hangar.store.TableSummary;
import dev.hangar.store.TableVersion;
import dev.hangar.store.part.Part;
import java.time.Instant;
import java.util.List;

/** A lease on a version. */
final class Lease implements TableVersion {
  private final Tables tables;
  private final Table table;
  private final Version version;
  private boolean isClosed;

  /** Takes over one hold on {@code version}. */
  Lease(Tables tables, Table table, Version version) {
    this.tables = tables;
    this.table = table;
    this.version = version;
  }

  @Override
  public TableSummary summary() {
    return version.summary();
  }

  @Override
  public synchronized List<TablePart> parts() {
    requireOpen();
    return version.parts().stream().<TablePart>map(LeasedPart::new).toList();
  }

  @Override
  public synchronized void keepUntil(Instant end) {
    requireOpen();
    tables.keep(table, version, end);
  }

  @Override
  public synchronized void redeemed() {
    requireOpen();
    tables.redeemed(table, version);
  }

  @Override
  public synchronized void fetched() {
    requireOpen();
    tables.fetched(version);
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

  private synchronized OpenPart open(Part part) {
    requireOpen();
    return PartLease.open(version, part);
  }

  private void requireOpen() {
    if (isClosed) {
      throw new IllegalStateException(
          "the lease on version %d of %s is closed".formatted(number(), name()));
    }
  }

  private final class LeasedPart implements TablePart {
    private final Part part;

    private LeasedPart(SharedPart part) {
      this.part = part.part();
    }

    @Override
    public long rows() {
      return part.rows();
    }

    @Override
    public long bytes() {
      return part.bytes();
    }

    @Override
    public OpenPart open() {
      return Lease.this.open(part);
    }

    @Override
    public Object identity() {
      return part;
    }
  }
}
