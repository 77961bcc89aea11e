package dev.hangar.query.dataset;

import dev.hangar.query.dataset.DatasetRange.Piece;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.BooleanSupplier;
import org.apache.arrow.vector.ipc.ArrowReader;

/**
 * Looks for the row group of a Parquet file that can't be decoded, by reading each that may be it
 * on its own, in the very way that failed. Blocks, so platform threads only.
 */
final class DamageSearch {
  /** Who reads a part of the file. */
  @FunctionalInterface
  interface Source {
    /** Begins to read the rows of a range; the caller closes the reader. */
    ArrowReader open(DatasetRange range) throws Exception;
  }

  private enum Outcome {
    WHOLE,
    DAMAGED,
    /** There was no time to find out. */
    UNKNOWN
  }

  private final List<Piece> groups;
  private final Source source;
  private final BooleanSupplier isGivenUp;
  private final long begun = System.nanoTime();

  /**
   * @param groups of the whole file
   * @param isGivenUp whether nobody waits for the answer any more
   */
  DamageSearch(List<Piece> groups, Source source, BooleanSupplier isGivenUp) {
    this.groups = groups;
    this.source = source;
    this.isGivenUp = isGivenUp;
  }

  /**
   * The number of the first group that can't be read, of those with the rows from {@code from} to
   * {@code to}; empty where all can, or it takes too long.
   */
  OptionalInt find(long from, long to) {
    // where not even no rows can be read, it is the file or DuckDB, and no row group
    if (read(new DatasetRange(from, from)) != Outcome.WHOLE) {
      return OptionalInt.empty();
    }
    int first = group(groups, from);
    int last = group(groups, to - 1);
    if (first == last) {
      return OptionalInt.of(first);
    }
    for (int group = first; group <= last && group - first < Limits.SEARCHED_GROUPS; group++) {
      Outcome outcome = read(rows(groups, group));
      if (outcome != Outcome.WHOLE) {
        return outcome == Outcome.DAMAGED ? OptionalInt.of(group) : OptionalInt.empty();
      }
    }
    return OptionalInt.empty();
  }

  /** The number of the group that a row is in; of the last, where it is behind all. */
  static int group(List<Piece> groups, long row) {
    int group = 0;
    while (group < groups.size() - 1 && groups.get(group).end() <= row) {
      group++;
    }
    return group;
  }

  /** The rows of a group. */
  static DatasetRange rows(List<Piece> groups, int group) {
    return new DatasetRange(group == 0 ? 0 : groups.get(group - 1).end(), groups.get(group).end());
  }

  private Outcome read(DatasetRange range) {
    try (ArrowReader rows = source.open(range)) {
      do {
        if (isGivenUp.getAsBoolean() || System.nanoTime() - begun > Limits.SEARCH_TIME.toNanos()) {
          return Outcome.UNKNOWN;
        }
      } while (rows.loadNextBatch());
      return Outcome.WHOLE;
    } catch (Exception e) {
      return DatasetFailures.isOutOfMemory(e) ? Outcome.UNKNOWN : Outcome.DAMAGED;
    }
  }
}
