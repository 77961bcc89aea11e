package dev.hangar.query.cdata;

/**
 * Between what the values of a column have to lie for their rows to count.
 *
 * @param column its place among the columns that are read
 * @param least what they have to reach, in the column's own numbers
 * @param most what they may reach
 */
public record ColumnBounds(int column, double least, double most) {
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

  boolean mayBe(long value) {
    return leastLong() <= value && value <= mostLong();
  }

  boolean mayBe(double value) {
    return !(value < least || value > most);
  }
}
