package dev.hangar.query.dataset;

import dev.hangar.query.file.FileFormat;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * What is known of a dataset without reading its rows. Immutable.
 *
 * @param format what the file turned out to be
 * @param schema of its batches
 * @param message the schema as a bare IPC message
 * @param rows how many rows there are; -1 where only reading would tell
 * @param bytes what its rows take in memory, as far as is known; else what it takes on the disk
 * @param pieces what can be read on its own, in order; empty where only the whole can
 * @param query how its rows are read; empty for Arrow's own formats
 */
record DatasetMetadata(
    FileFormat format,
    Schema schema,
    ByteBuffer message,
    long rows,
    long bytes,
    List<DatasetRange.Piece> pieces,
    Optional<Query> query) {
  /** Which row of its file one is, to DuckDB; a column of that name hides it. */
  static final String ROW = "file_row_number";

  /**
   * A query for all rows.
   *
   * @param sql a SELECT, which ends with the table it reads where there are pieces
   * @param position the column that says which row, or file, it is; empty where there are no pieces
   * @param batchRows how many rows a batch gets
   * @param isWide whether text needs 64-bit offsets
   */
  record Query(String sql, String position, long batchRows, boolean isWide) {
    /** Whether its ranges are of rows. */
    boolean isInRows() {
      return position.equals(ROW);
    }

    /** For the rows of a range. */
    String of(DatasetRange range) {
      if (range.isAll()) {
        return sql;
      }
      if (position.isEmpty()) {
        throw new IllegalArgumentException("a file of this format has no ranges");
      }
      return "%s WHERE %s >= %d AND %s < %d"
          .formatted(sql, position, range.from(), position, range.to());
    }
  }
}
