package dev.hangar.store;

/**
 * The next version of a table while it is written; nobody sees it before {@link #commit}.
 *
 * <p>For one thread at a time.
 */
public interface TableWriter extends AutoCloseable {
  /**
   * Adds a message at the end. Takes ownership of {@code batch}, also when it throws; after that
   * the version can only be closed.
   *
   * @return the rows it added
   * @throws InvalidDataException if it does not fit the schema or is not what it claims to be
   * @throws IllegalStateException if the writer is committed, closed, or has refused a batch
   */
  long append(Batch batch);

  /** Rows so far. */
  long rows();

  /** Bytes of the bodies so far. */
  long bytes();

  /**
   * Makes this the table's current version, at once and whole. The one before lives on until its
   * last lease is closed and no ticket can name it.
   *
   * @throws InvalidDataException if what was appended is not complete
   * @throws IllegalStateException if the writer is committed, closed, or has refused a batch, or
   *     the store is closed
   */
  TableSummary commit();

  /** Without a commit: releases all that was appended and leaves the table as it was. */
  @Override
  void close();
}
