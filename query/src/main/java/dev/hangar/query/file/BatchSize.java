package dev.hangar.query.file;

/** How many rows a batch gets, so that bodies have a few MiB whatever the width of a table. */
public final class BatchSize {
  private static final long BODY_BYTES = 4L << 20;
  private static final long MOST_ROWS = 64L << 10;

  /** DuckDB's vectors: a batch is made of whole ones. */
  private static final long VECTOR_ROWS = 2048;

  /** Rows past this would fill a text column's 32-bit offsets within one vector. */
  static final long WIDE_ROW_BYTES = (1L << 31) / VECTOR_ROWS / 4;

  private BatchSize() {}

  /** Rows of a batch where a row takes so many bytes. */
  public static long rows(long rowBytes) {
    long rows = Math.clamp(BODY_BYTES / Math.max(1, rowBytes), VECTOR_ROWS, MOST_ROWS);
    return rows / VECTOR_ROWS * VECTOR_ROWS;
  }
}
