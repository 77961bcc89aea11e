package dev.hangar.query.cdata;

import java.util.List;
import java.util.Optional;

/**
 * Between what the values of a column have to lie for their rows to count.
 *
 * @param column its number
 * @param least what they have to reach, in the column's own numbers; may be lower than what a
 *     statement says
 * @param most what they may reach; may be higher
 */
public record ColumnBounds(int column, double least, double most) {
  /** The same, with the column's place among some columns for its number; empty if it is none. */
  public Optional<ColumnBounds> among(List<Integer> columns) {
    int place = columns.indexOf(column);
    return place < 0 ? Optional.empty() : Optional.of(new ColumnBounds(place, least, most));
  }

  long leastLong() {
    return (long) Math.ceil(least);
  }

  long mostLong() {
    return (long) Math.floor(most);
  }

  int leastInt() {
    return (int) Math.ceil(least);
  }

  int mostInt() {
    return (int) Math.floor(most);
  }
}
