package dev.hangar.query.sql;

import dev.hangar.query.arrow.BatchSource;
import dev.hangar.store.Batch;
import dev.hangar.store.OpenPart;
import dev.hangar.store.TablePart;
import dev.hangar.store.TableVersion;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The messages of a version, part by part. Its lease stays the caller's. One thread at a time, but
 * for what is counted; closed by whoever made it, when nobody reads any more.
 */
final class VersionSource implements BatchSource, AutoCloseable {
  private final Iterator<TablePart> parts;
  private final long rows;
  private @Nullable OpenPart open;
  private Iterator<Batch> batches = List.<Batch>of().iterator();
  private final AtomicLong rowsGiven = new AtomicLong();
  private volatile @Nullable RuntimeException failure;

  VersionSource(TableVersion version) {
    this.parts = version.parts().iterator();
    this.rows = version.rows();
  }

  @Override
  public @Nullable Loan next() {
    try {
      while (!batches.hasNext()) {
        if (!parts.hasNext()) {
          return null;
        }
        close();
        OpenPart part = parts.next().open();
        open = part;
        batches = part.batches().iterator();
      }
      return loan(batches.next());
    } catch (RuntimeException e) {
      failure = e; // DuckDB, which calls from C++, would make text of it
      throw e;
    }
  }

  private Loan loan(Batch batch) {
    OpenPart part = open;
    if (part == null) {
      throw new IllegalStateException("there is no part open");
    }
    rowsGiven.addAndGet(batch.rows());
    return new Loan(batch, part.retain()::close);
  }

  /** Rows there are. */
  long rows() {
    return rows;
  }

  /** Rows of the messages so far. Any thread. */
  long rowsGiven() {
    return rowsGiven.get();
  }

  /** Throws what reading failed with, if it did. Any thread. */
  void rethrowFailure() {
    RuntimeException e = failure;
    if (e != null) {
      throw e;
    }
  }

  @Override
  public void close() {
    OpenPart part = open;
    if (part != null) {
      open = null;
      part.close();
    }
  }
}
