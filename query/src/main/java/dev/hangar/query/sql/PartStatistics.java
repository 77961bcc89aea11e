package dev.hangar.query.sql;

import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.WeakHashMap;
import org.apache.arrow.vector.FieldVector;

/**
 * What is known of the batches of one part: between which values their columns lie. It is found out
 * when a statement that filters by a column reads the part anyway; a put pays nothing. Thread-safe.
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

  private final Map<Place, Optional<ValueRange>> ranges = new HashMap<>();

  /** Whether a batch may have rows that fulfil all filters; also where nothing is known of it. */
  synchronized boolean mayHold(int batch, List<ColumnFilter> filters) {
    for (ColumnFilter filter : filters) {
      Optional<ValueRange> range = ranges.get(new Place(batch, filter.column()));
      if (range != null && range.isPresent() && !filter.mayHold(range.get())) {
        return false;
      }
    }
    return true;
  }

  /** Looks at a column of a batch, unless somebody has. */
  void learn(int batch, int column, FieldVector values) {
    var place = new Place(batch, column);
    synchronized (this) {
      if (ranges.containsKey(place)) {
        return;
      }
    }
    Optional<ValueRange> range = ValueRange.of(values);
    synchronized (this) {
      ranges.put(place, range);
    }
  }
}
