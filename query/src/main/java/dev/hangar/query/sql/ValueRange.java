package dev.hangar.query.sql;

import dev.hangar.query.cdata.ColumnBounds;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.BaseFixedWidthVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.types.pojo.ArrowType;

/**
 * Between which numbers the values of a batch's column lie, nulls aside. Immutable.
 *
 * @param least the smallest, or something smaller
 * @param most the largest, or something larger; less than the smallest where there are none
 */
record ValueRange(double least, double most) {
  private static final ValueRange NONE =
      new ValueRange(Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY);

  boolean isEmpty() {
    return least > most;
  }

  /** Whether rows with such values may be within bounds. */
  boolean mayMeet(ColumnBounds bounds) {
    return !isEmpty() && most >= bounds.least() && least <= bounds.most();
  }

  /**
   * Those of a vector, by pieces of so many rows, of which it has one at least; empty where values
   * are no numbers, or none that doubles can bound.
   */
  static List<Optional<ValueRange>> of(FieldVector vector, int pieceRows) {
    Optional<Reader> reader = reader(vector);
    var pieces = new ArrayList<Optional<ValueRange>>();
    int rows = vector.getValueCount();
    int count = Math.max(1, Math.ceilDiv(rows, pieceRows));
    for (int piece = 0; piece < count; piece++) {
      int from = piece * pieceRows;
      int to = from + Math.min(rows - from, pieceRows);
      pieces.add(reader.flatMap(values -> range(vector, values, from, to)));
    }
    return pieces;
  }

  private static Optional<Reader> reader(FieldVector vector) {
    if (!(vector instanceof BaseFixedWidthVector fixed)
        || vector.getField().getDictionary() != null) {
      return Optional.empty();
    }
    return switch (vector.getField().getType()) {
      case ArrowType.Int type when type.getIsSigned() -> Optional.of(reader(type.getBitWidth()));
      case ArrowType.Date _, ArrowType.Timestamp _ ->
          Optional.of(reader(fixed.getTypeWidth() * Byte.SIZE));
      case ArrowType.FloatingPoint type ->
          switch (type.getPrecision()) {
            case DOUBLE -> Optional.of((data, row) -> data.getDouble(row * Double.BYTES));
            case SINGLE -> Optional.of((data, row) -> data.getFloat(row * Float.BYTES));
            case HALF -> Optional.empty();
          };
      default -> Optional.empty();
    };
  }

  /** Reads a value as a number. */
  private interface Reader {
    double read(ArrowBuf data, long row);
  }

  private static Reader reader(int bits) {
    return switch (bits) {
      case Byte.SIZE -> (data, row) -> data.getByte(row);
      case Short.SIZE -> (data, row) -> data.getShort(row * Short.BYTES);
      case Integer.SIZE -> (data, row) -> data.getInt(row * Integer.BYTES);
      default -> (data, row) -> data.getLong(row * Long.BYTES);
    };
  }

  private static Optional<ValueRange> range(FieldVector vector, Reader reader, int from, int to) {
    ArrowBuf data = vector.getDataBuffer();
    boolean hasNulls = vector.getNullCount() > 0;
    double least = Double.POSITIVE_INFINITY;
    double most = Double.NEGATIVE_INFINITY;
    for (int row = from; row < to; row++) {
      if (!hasNulls || !vector.isNull(row)) {
        double value = reader.read(data, row);
        if (Double.isNaN(value)) {
          return Optional.empty(); // greater than all numbers, DuckDB says
        }
        least = Math.min(least, value);
        most = Math.max(most, value);
      }
    }
    return Optional.of(
        least > most ? NONE : new ValueRange(Math.nextDown(least), Math.nextUp(most)));
  }
}
