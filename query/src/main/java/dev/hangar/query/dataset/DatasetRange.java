package dev.hangar.query.dataset;

import java.util.ArrayList;
import java.util.List;

/**
 * A part of a dataset: rows of a file, or files of a folder.
 *
 * @param from the first
 * @param to the first behind them
 */
public record DatasetRange(long from, long to) {
  /** All there is. */
  public static final DatasetRange ALL = new DatasetRange(0, Long.MAX_VALUE);

  public boolean isAll() {
    return equals(ALL);
  }

  /**
   * What can be read on its own: a row group, or a file of a folder.
   *
   * @param end the first row, or file, behind it
   */
  record Piece(long end, long bytes) {}

  /** Ranges of whole pieces, in order, each of at least {@code leastBytes} where there are two. */
  static List<DatasetRange> of(List<Piece> pieces, long leastBytes, int most) {
    long total = pieces.stream().mapToLong(Piece::bytes).sum();
    long least = Math.max(leastBytes, Math.ceilDiv(total, (long) most));
    List<DatasetRange> ranges = new ArrayList<>();
    long from = 0;
    long bytes = 0;
    long left = total;
    for (Piece piece : pieces) {
      bytes += piece.bytes();
      left -= piece.bytes();
      if (bytes >= least && left >= least) {
        ranges.add(new DatasetRange(from, piece.end()));
        from = piece.end();
        bytes = 0;
      }
    }
    ranges.add(from == 0 ? ALL : new DatasetRange(from, Long.MAX_VALUE));
    return ranges;
  }
}
