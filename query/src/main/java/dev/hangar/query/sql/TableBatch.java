package dev.hangar.query.sql;

import dev.hangar.query.arrow.BatchSource.Loan;
import java.util.List;
import org.apache.arrow.vector.FieldVector;

/** A message of a table that is still to be read. One thread at a time. */
interface TableBatch {
  /** Has it read, and checked; once. */
  Loan take();

  /** Whether there is nothing in these columns that is still to be looked at. */
  default boolean isKnown(List<Integer> columns) {
    return false;
  }

  /** Whether it may have so many rows that pieces of it are worth to be read each by itself. */
  default boolean isLarge() {
    return false;
  }

  /** Whether a piece of {@link Limits#PIECE_ROWS} rows may have some that count. */
  default boolean mayHold(int piece) {
    return true;
  }

  /** Whether a column is known to have none but {@link dev.hangar.query.arrow.HeldValues}. */
  default boolean isHeld(int column) {
    return false;
  }

  /** Remembers that it has. */
  default void held(int column) {}

  /** Looks at the rows that it became, for what may be known of them later. */
  default void learn(List<FieldVector> vectors, List<Integer> columns) {}
}
