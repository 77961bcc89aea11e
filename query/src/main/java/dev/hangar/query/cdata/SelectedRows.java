package dev.hangar.query.cdata;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.pojo.ArrowType;

/**
 * Rows of a batch that a statement's filters may let through, by their numbers, which ascend. For
 * one thread.
 */
final class SelectedRows {
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
  private static final ValueLayout.OfDouble DOUBLE = ValueLayout.JAVA_DOUBLE_UNALIGNED;

  private int[] rows = {};
  private int count;

  int count() {
    return count;
  }

  /** The row at a place among them. */
  int row(int place) {
    return rows[place];
  }

  /** Whether rows can be selected by the values of a column of this type. */
  static boolean canTest(ArrowType type) {
    return switch (type) {
      case ArrowType.Int number -> number.getIsSigned() && number.getBitWidth() >= Integer.SIZE;
      case ArrowType.FloatingPoint real -> real.getPrecision() == FloatingPointPrecision.DOUBLE;
      case ArrowType.Date _, ArrowType.Timestamp _ -> true;
      default -> false;
    };
  }

  /** Has it be the rows whose values lie between all bounds; of rows with nulls it may be any. */
  void select(List<ColumnBounds> bounds, List<ColumnBuffers> columns) {
    ColumnBounds first = bounds.getFirst();
    ColumnBuffers column = columns.get(first.column());
    int all = Math.toIntExact(column.rows());
    if (rows.length <= all) {
      rows = new int[all + 1];
    }
    count = all(first, column, all);
    for (ColumnBounds more : bounds.subList(1, bounds.size())) {
      count = some(more, columns.get(more.column()));
    }
  }

  /**
   * Goes through all rows. Each is written down before it is known whether it stays: a branch would
   * be guessed wrongly too often.
   */
  private int all(ColumnBounds bounds, ColumnBuffers column, int all) {
    MemorySegment data = column.buffers().get(1);
    return switch (column.shape().type()) {
      case ArrowType.FloatingPoint _ -> doubles(data, bounds.least(), bounds.most(), all);
      case ArrowType _ when column.shape().valueBits() == Integer.SIZE ->
          bounds.leastInt() > bounds.mostInt()
              ? 0
              : ints(data, bounds.leastInt(), bounds.mostInt() - bounds.leastInt(), all);
      default ->
          bounds.leastLong() > bounds.mostLong()
              ? 0
              : longs(data, bounds.leastLong(), bounds.mostLong() - bounds.leastLong(), all);
    };
  }

  private int ints(MemorySegment data, int least, int span, int all) {
    int selected = 0;
    for (int row = 0; row < all; row++) {
      int above = data.getAtIndex(INT, row) - least;
      rows[selected] = row;
      selected += Integer.compareUnsigned(above, span) <= 0 ? 1 : 0;
    }
    return selected;
  }

  private int longs(MemorySegment data, long least, long span, int all) {
    int selected = 0;
    for (int row = 0; row < all; row++) {
      long above = data.getAtIndex(LONG, row) - least;
      rows[selected] = row;
      selected += Long.compareUnsigned(above, span) <= 0 ? 1 : 0;
    }
    return selected;
  }

  /** What is not a number is greater than all, DuckDB says, and stays in either case. */
  private int doubles(MemorySegment data, double least, double most, int all) {
    int selected = 0;
    for (int row = 0; row < all; row++) {
      double value = data.getAtIndex(DOUBLE, row);
      rows[selected] = row;
      selected += (value < least ? 0 : 1) * (value > most ? 0 : 1);
    }
    return selected;
  }

  /** Goes through those that are left. */
  private int some(ColumnBounds bounds, ColumnBuffers column) {
    MemorySegment data = column.buffers().get(1);
    if (column.shape().type() instanceof ArrowType.FloatingPoint) {
      return some(bounds.least(), bounds.most(), data);
    }
    boolean isInt = column.shape().valueBits() == Integer.SIZE;
    return some(bounds.leastLong(), bounds.mostLong(), data, isInt);
  }

  private int some(double least, double most, MemorySegment data) {
    int selected = 0;
    for (int place = 0; place < count; place++) {
      int row = rows[place];
      double value = data.getAtIndex(DOUBLE, row);
      rows[selected] = row;
      selected += value < least || value > most ? 0 : 1;
    }
    return selected;
  }

  private int some(long least, long most, MemorySegment data, boolean isInt) {
    int selected = 0;
    for (int place = 0; place < count; place++) {
      int row = rows[place];
      long value = isInt ? data.getAtIndex(INT, row) : data.getAtIndex(LONG, row);
      rows[selected] = row;
      selected += least <= value && value <= most ? 1 : 0;
    }
    return selected;
  }
}
