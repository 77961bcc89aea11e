package dev.hangar.store.local;

import dev.hangar.store.Batch;
import dev.hangar.store.TablePart;
import dev.hangar.store.TableSummary;
import dev.hangar.store.TableVersion;
import dev.hangar.store.part.Part;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * A lease on a version. Parts are held from the first look at their batches until this lease and
 * all that were made of it are closed.
 */
final class Lease implements TableVersion {
  private final Tables tables;
  private final Table table;
  private final Version version;
  private final HeldParts held;
  private boolean isClosed;

  /** Takes over one hold on {@code version}. */
  Lease(Tables tables, Table table, Version version) {
    this(tables, table, version, new HeldParts());
  }

  private Lease(Tables tables, Table table, Version version, HeldParts held) {
    this.tables = tables;
    this.table = table;
    this.version = version;
    this.held = held;
  }

  @Override
  public TableSummary summary() {
    return version.summary();
  }

  @Override
  public synchronized List<TablePart> parts() {
    requireOpen();
    return version.parts().stream().<TablePart>map(Open::new).toList();
  }

  @Override
  public synchronized TableVersion retain() {
    requireOpen();
    version.hold();
    held.share();
    return new Lease(tables, table, version, held);
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
      held.letGo();
      version.letGo();
    }
  }

  private synchronized boolean ends() {
    boolean wasOpen = !isClosed;
    isClosed = true;
    return wasOpen;
  }

  private synchronized List<Batch> hold(SharedPart part) {
    requireOpen();
    return held.hold(part.part());
  }

  private void requireOpen() {
    if (isClosed) {
      throw new IllegalStateException(
          "the lease on version %d of %s is closed".formatted(number(), name()));
    }
  }

  /** The parts somebody looked into, let go by the last of the leases that share them. */
  private static final class HeldParts {
    private final List<Part> parts = new ArrayList<>();
    private int leases = 1;

    private synchronized List<Batch> hold(Part part) {
      var batches = part.hold();
      parts.add(part);
      return batches;
    }

    private synchronized void share() {
      leases++;
    }

    private synchronized void letGo() {
      leases--;
      if (leases == 0) {
        parts.forEach(Part::letGo);
      }
    }
  }

  private final class Open implements TablePart {
    private final SharedPart part;

    private Open(SharedPart part) {
      this.part = part;
    }

    @Override
    public long rows() {
      return part.part().rows();
    }

    @Override
    public long bytes() {
      return part.part().bytes();
    }

    @Override
    public List<Batch> batches() {
      return hold(part);
    }
  }
}
