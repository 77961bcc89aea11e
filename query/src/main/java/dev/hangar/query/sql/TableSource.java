package dev.hangar.query.sql;

import dev.hangar.query.arrow.BatchSource;

/**
 * The messages of one table for one run. One thread at a time, but for what is counted; closed by
 * whoever made it, when nobody reads any more.
 */
sealed interface TableSource extends BatchSource, AutoCloseable
    permits VersionSource, ArrowFileSource {
  /** Rows there are; -1 where nobody knows. */
  long rows();

  /** Rows of the messages so far. Any thread. */
  long rowsGiven();

  /** How many batches were left out. Any thread. */
  long batchesSkipped();

  /** Throws what reading failed with, if it did. Any thread. */
  void rethrowFailure();

  @Override
  void close();
}
