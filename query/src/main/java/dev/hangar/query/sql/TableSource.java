package dev.hangar.query.sql;

import dev.hangar.query.arrow.BatchSource;
import java.util.List;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.dictionary.DictionaryProvider;

/**
 * The messages of one table for one run. One thread at a time, but for what is counted; closed by
 * whoever made it, when nobody reads any more.
 */
sealed interface TableSource extends BatchSource, AutoCloseable
    permits VersionSource, ArrowFileSource {
  /**
   * Refuses the rows that the last message became if DuckDB would take one of their values for
   * another.
   *
   * @param vectors of the columns with the numbers {@code columns}
   * @param names of all columns
   */
  void requireHeld(
      List<FieldVector> vectors,
      List<Integer> columns,
      List<String> names,
      DictionaryProvider dictionaries);

  /** Looks at the same rows, for what may be known of them later. */
  void learn(List<FieldVector> vectors, List<Integer> columns);

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
