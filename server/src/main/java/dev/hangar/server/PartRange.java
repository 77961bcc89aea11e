package dev.hangar.server;

import dev.hangar.store.TablePart;
import java.util.ArrayList;
import java.util.List;

/**
 * Adjacent parts of a version: what one endpoint gives.
 *
 * @param from the first of them
 * @param to the first behind them
 */
record PartRange(int from, int to) {
  /** All of so many parts. */
  static PartRange all(int parts) {
    return new PartRange(0, parts);
  }

  /**
   * The endpoints of a version: each of at least {@link Limits#ENDPOINT_BYTES}, where there are
   * several, and at most {@link Limits#ENDPOINTS} of them. A small table is one endpoint, because
   * old clients read only the first.
   */
  static List<PartRange> of(List<TablePart> parts) {
    long total = parts.stream().mapToLong(TablePart::bytes).sum();
    long least = Math.max(Limits.ENDPOINT_BYTES, Math.ceilDiv(total, (long) Limits.ENDPOINTS));
    var ranges = new ArrayList<PartRange>();
    int from = 0;
    long bytes = 0;
    for (int to = 1; to <= parts.size(); to++) {
      bytes += parts.get(to - 1).bytes();
      if (bytes >= least) {
        ranges.add(new PartRange(from, to));
        from = to;
        bytes = 0;
      }
    }
    if (from == parts.size() && !ranges.isEmpty()) {
      return ranges;
    }
    int first =
        ranges.isEmpty() ? 0 : ranges.removeLast().from(); // what is left goes with the last
    ranges.add(new PartRange(first, parts.size()));
    return ranges;
  }

  /** Those of {@code parts} that are meant. */
  List<TablePart> in(List<TablePart> parts) {
    return parts.subList(from, to);
  }
}
