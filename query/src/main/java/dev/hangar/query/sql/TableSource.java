package dev.hangar.query.sql;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The messages of one table for one run. One thread at a time, but for what is counted; closed by
 * whoever made it, when nobody reads any more.
 */
abstract sealed class TableSource implements AutoCloseable permits VersionSource, ArrowFileSource {
  private final AtomicLong rowsGiven = new AtomicLong();

  /** DuckDB, which calls from C++, would make text of it. */
  private volatile @Nullable RuntimeException failure;

  /** The next message; null behind the last. */
  abstract @Nullable TableBatch next();

  /** Counts rows of a message. */
  final void given(long rows) {
    rowsGiven.addAndGet(rows);
  }

  /** Remembers what reading failed with. */
  final void failed(RuntimeException e) {
    failure = e;
  }

  /** Rows there are; -1 where nobody knows. */
  abstract long rows();

  /** Rows of the messages so far. Any thread. */
  final long rowsGiven() {
    return rowsGiven.get();
  }

  /** Numbers of the columns whose values may have rows left out. */
  List<Integer> filtered() {
    return List.of();
  }

  /** How many batches were left out unread. Any thread. */
  long batchesSkipped() {
    return 0;
  }

  /** Throws what reading failed with, if it did. Any thread. */
  final void rethrowFailure() {
    RuntimeException e = failure;
    if (e != null) {
      throw e;
    }
  }

  @Override
  public abstract void close();
}
