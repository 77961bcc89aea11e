package dev.hangar.query.sql;

import dev.hangar.query.arrow.HeldValues;
import dev.hangar.query.cdata.ColumnBounds;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.WeakHashMap;
import org.apache.arrow.vector.FieldVector;

/**
 * What is known of the batches of one part: between which values their columns lie, and which of
 * them have none but what DuckDB holds. It is found out when a statement that filters by a column,
 * or asks for it, reads the part anyway; a put pays nothing. Thread-safe.
 */
final class PartStatistics {
  /** Of all parts, as long as somebody else knows them. */
  static final class OfParts {
    private final Map<Object, PartStatistics> parts =
        Collections.synchronizedMap(new WeakHashMap<>());

    /** What is known of a part. */
    PartStatistics of(Object part) {
      return parts.computeIfAbsent(part, _ -> new PartStatistics());
    }
  }

  private record Place(int batch, int column) {}

  /** By pieces of {@link Limits#PIECE_ROWS} rows; empty of what has none. */
  private final Map<Place, List<Optional<ValueRange>>> ranges = new HashMap<>();

  /** By column the batches whose values have been looked at. */
  private final Map<Integer, BitSet> held = new HashMap<>();

  /** Whether a batch may have rows within all bounds; also where nothing is known of it. */
  synchronized boolean mayHold(int batch, List<ColumnBounds> bounds) {
    for (ColumnBounds bound : bounds) {
      List<Optional<ValueRange>> pieces = ranges.get(new Place(batch, bound.column()));
      if (pieces != null && pieces.stream().noneMatch(range -> mayMeet(range, bound))) {
        return false;
      }
    }
    return true;
  }

  /** The same of a piece of a batch. */
  synchronized boolean mayHold(int batch, int piece, List<ColumnBounds> bounds) {
    for (ColumnBounds bound : bounds) {
      List<Optional<ValueRange>> pieces = ranges.get(new Place(batch, bound.column()));
      if (pieces != null && piece < pieces.size() && !mayMeet(pieces.get(piece), bound)) {
        return false;
      }
    }
    return true;
  }

  private static boolean mayMeet(Optional<ValueRange> range, ColumnBounds bound) {
    return range.isEmpty() || range.get().mayMeet(bound);
  }

  /** Looks at a column of a batch, unless somebody has. */
  void learn(int batch, int column, FieldVector values) {
    var place = new Place(batch, column);
    synchronized (this) {
      if (ranges.containsKey(place)) {
        return;
      }
    }
    List<Optional<ValueRange>> pieces = ValueRange.of(values, Limits.PIECE_ROWS);
    synchronized (this) {
      ranges.put(place, pieces);
    }
  }

  /** Whether somebody has looked at all columns of a batch, and for the ranges of some. */
  synchronized boolean isKnown(int batch, List<Integer> columns, List<Integer> ranged) {
    return columns.stream().allMatch(column -> isHeld(batch, column))
        && ranged.stream().allMatch(column -> ranges.containsKey(new Place(batch, column)));
  }

  /** Whether a column of a batch has been found to have none but {@link HeldValues}. */
  synchronized boolean isHeld(int batch, int column) {
    BitSet batches = held.get(column);
    return batches != null && batches.get(batch);
  }

  /** Remembers that it has. */
  synchronized void held(int batch, int column) {
    held.computeIfAbsent(column, _ -> new BitSet()).set(batch);
  }
}
