package dev.hangar.query.sql;

import dev.hangar.query.arrow.BatchSource;
import dev.hangar.query.arrow.HeldValues;
import dev.hangar.query.arrow.HeldValues.Holder;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.jspecify.annotations.Nullable;

/**
 * The messages of one table for one run. One thread at a time, but for what is counted; closed by
 * whoever made it, when nobody reads any more.
 */
abstract sealed class TableSource implements BatchSource, AutoCloseable
    permits VersionSource, ArrowFileSource {
  private final AtomicLong rowsGiven = new AtomicLong();

  /** DuckDB, which calls from C++, would make text of it. */
  private volatile @Nullable RuntimeException failure;

  @Override
  public final @Nullable Loan next() {
    try {
      return nextLoan();
    } catch (RuntimeException e) {
      failure = e;
      throw e;
    }
  }

  /** The next message; null behind the last. Says how many rows it has by {@link #given}. */
  abstract @Nullable Loan nextLoan();

  /** Counts rows of a message. */
  final void given(long rows) {
    rowsGiven.addAndGet(rows);
  }

  /**
   * Refuses the rows that the last message became if DuckDB would take one of their values for
   * another.
   *
   * @param vectors of the columns with the numbers {@code columns}
   * @param names of all columns
   */
  final void requireHeld(
      List<FieldVector> vectors,
      List<Integer> columns,
      List<String> names,
      DictionaryProvider dictionaries) {
    try {
      for (int i = 0; i < vectors.size(); i++) {
        int column = columns.get(i);
        if (!isHeld(column)) {
          require(HeldValues.problem(Holder.SQL, names.get(column), vectors.get(i), dictionaries));
          held(column);
        }
      }
    } catch (SqlException e) {
      failure = e;
      throw e;
    }
  }

  private static void require(@Nullable String problem) {
    if (problem != null) {
      throw SqlException.invalid(problem);
    }
  }

  /** Whether a column of the last message is known to have none but {@link HeldValues}. */
  boolean isHeld(int column) {
    return false;
  }

  /** Remembers that it has. */
  void held(int column) {}

  /** Looks at the rows that the last message became, for what may be known of them later. */
  void learn(List<FieldVector> vectors, List<Integer> columns) {}

  /** Rows there are; -1 where nobody knows. */
  abstract long rows();

  /** Rows of the messages so far. Any thread. */
  final long rowsGiven() {
    return rowsGiven.get();
  }

  /** Numbers of the columns whose values may have batches left out. */
  List<Integer> filtered() {
    return List.of();
  }

  /** How many batches were left out. Any thread. */
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
