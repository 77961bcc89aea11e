package dev.hangar.store.local;

import dev.hangar.store.Batch;
import dev.hangar.store.OpenPart;
import dev.hangar.store.part.Part;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** One of the leases on a part that is open: the last of them lets go of it. */
final class PartLease implements OpenPart {
  private final Version version;
  private final Part part;
  private final List<Batch> batches;
  private final AtomicInteger leases;
  private boolean isClosed;

  private PartLease(Version version, Part part, List<Batch> batches, AtomicInteger leases) {
    this.version = version;
    this.part = part;
    this.batches = batches;
    this.leases = leases;
  }

  /** The first lease; for one who knows that somebody holds the version. */
  static PartLease open(Version version, Part part) {
    var batches = part.hold();
    version.hold();
    return new PartLease(version, part, batches, new AtomicInteger(1));
  }

  @Override
  public synchronized List<Batch> batches() {
    requireOpen();
    return batches;
  }

  @Override
  public synchronized OpenPart retain() {
    requireOpen();
    leases.incrementAndGet();
    return new PartLease(version, part, batches, leases);
  }

  @Override
  public void close() {
    if (ends() && leases.decrementAndGet() == 0) {
      part.letGo();
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
          "a part of version %d of %s is closed"
              .formatted(version.number(), version.summary().name()));
    }
  }
}
