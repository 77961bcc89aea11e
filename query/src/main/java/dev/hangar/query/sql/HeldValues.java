package dev.hangar.query.sql;

import java.math.BigInteger;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.types.DateUnit;
import org.apache.arrow.vector.types.IntervalUnit;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.DictionaryEncoding;
import org.jspecify.annotations.Nullable;

/**
 * Which of a type's values DuckDB holds. Of others it makes different ones without a word: of a
 * nanosecond in a duration nothing, of a decimal with more digits than its type has what lay in
 * memory before; a time that is not in a day has it read outside of its tables, and a text that is
 * not UTF-8 breaks it.
 */
final class HeldValues {
  private static final long DAY_SECONDS = 86_400;
  private static final long DAY_MILLIS = 86_400_000;
  private static final int NANOS_IN_MICRO = 1000;
  private static final int INTERVAL_BYTES = 16;
  private static final int INTERVAL_NANOS = 8;
  private static final int WIDE_BYTES = 16;

  /**
   * What values have to be.
   *
   * @param words how that is said of one that is not
   */
  private record Rule(Reader reader, Test test, String words) {}

  /** Reads a value. */
  private interface Reader {
    long read(ArrowBuf data, long row);
  }

  /** Looks at one. */
  private interface Test {
    boolean holds(long value);
  }

  private HeldValues() {}

  /**
   * Refuses a column that has another value, nulls aside.
   *
   * @throws SqlException INVALID
   */
  static void require(String column, FieldVector vector, DictionaryProvider dictionaries) {
    DictionaryEncoding encoding = vector.getField().getDictionary();
    if (encoding != null) {
      require(column, dictionaries.lookup(encoding.getId()).getVector(), dictionaries);
      return;
    }
    if (vector.getField().getType() instanceof ArrowType.Decimal type) {
      requireDigits(column, type, vector);
    }
    Rule rule = rule(vector.getField().getType());
    if (rule != null) {
      require(column, rule, vector);
    }
    int row = Utf8Texts.firstInvalid(vector);
    if (row >= 0) {
      throw SqlException.invalid(
          "column %s has a text that is not UTF-8, in row %d of a batch; put it as binary"
              .formatted(column, row));
    }
    for (FieldVector child : vector.getChildrenFromFields()) {
      require(column, child, dictionaries);
    }
  }

  private static void require(String column, Rule rule, FieldVector vector) {
    ArrowBuf data = vector.getDataBuffer();
    boolean hasNulls = vector.getNullCount() > 0;
    for (int row = 0; row < vector.getValueCount(); row++) {
      if ((!hasNulls || !vector.isNull(row)) && !rule.test().holds(rule.reader().read(data, row))) {
        throw refused(column, vector, "" + rule.reader().read(data, row), rule.words());
      }
    }
  }

  private static SqlException refused(
      String column, FieldVector vector, String value, String words) {
    return SqlException.invalid(
        "column %s has the value %s of the Arrow type %s, and SQL holds only %s"
            .formatted(column, value, vector.getField().getType(), words));
  }

  private static @Nullable Rule rule(ArrowType type) {
    return switch (type) {
      case ArrowType.Duration duration -> spans(duration.getUnit());
      case ArrowType.Timestamp stamp when stamp.getTimezone() != null -> moments(stamp.getUnit());
      case ArrowType.Time time -> times(time);
      case ArrowType.Date date when date.getUnit() == DateUnit.MILLISECOND ->
          new Rule(
              HeldValues::getLong,
              value -> value % DAY_MILLIS == 0 && (int) (value / DAY_MILLIS) == value / DAY_MILLIS,
              "whole days, of which 32 bits can count");
      case ArrowType.Interval interval when interval.getUnit() == IntervalUnit.MONTH_DAY_NANO ->
          wholeMicros((data, row) -> data.getLong(row * INTERVAL_BYTES + INTERVAL_NANOS));
      default -> null;
    };
  }

  private static @Nullable Rule spans(TimeUnit unit) {
    return unit == TimeUnit.NANOSECOND ? wholeMicros(HeldValues::getLong) : inMicros(unit);
  }

  private static @Nullable Rule moments(TimeUnit unit) {
    return unit == TimeUnit.NANOSECOND ? null : inMicros(unit);
  }

  private static Rule wholeMicros(Reader reader) {
    return new Rule(
        reader,
        value -> value % NANOS_IN_MICRO == 0,
        "whole microseconds there, so that its nanoseconds would be lost");
  }

  private static @Nullable Rule inMicros(TimeUnit unit) {
    long most = Long.MAX_VALUE / micros(unit);
    return most == Long.MAX_VALUE
        ? null
        : new Rule(
            HeldValues::getLong,
            value -> -most <= value && value <= most,
            "what 64 bits can count the microseconds of");
  }

  private static long micros(TimeUnit unit) {
    return switch (unit) {
      case SECOND -> 1_000_000;
      case MILLISECOND -> 1_000;
      case MICROSECOND, NANOSECOND -> 1;
    };
  }

  private static Rule times(ArrowType.Time time) {
    long day =
        DAY_SECONDS
            * switch (time.getUnit()) {
              case SECOND -> 1;
              case MILLISECOND -> 1_000;
              case MICROSECOND -> 1_000_000;
              case NANOSECOND -> 1_000_000_000;
            };
    Reader reader = time.getBitWidth() == Integer.SIZE ? HeldValues::getInt : HeldValues::getLong;
    return new Rule(reader, value -> 0 <= value && value <= day, "times of a day");
  }

  private static long getInt(ArrowBuf data, long row) {
    return data.getInt(row * Integer.BYTES);
  }

  private static long getLong(ArrowBuf data, long row) {
    return data.getLong(row * Long.BYTES);
  }

  private static void requireDigits(String column, ArrowType.Decimal type, FieldVector vector) {
    BigInteger end = BigInteger.TEN.pow(type.getPrecision());
    long endHigh = end.shiftRight(Long.SIZE).longValue();
    long endLow = end.longValue();
    ArrowBuf data = vector.getDataBuffer();
    boolean hasNulls = vector.getNullCount() > 0;
    for (int row = 0; row < vector.getValueCount(); row++) {
      if (hasNulls && vector.isNull(row)) {
        continue;
      }
      long low = low(data, row, type.getBitWidth());
      long high =
          type.getBitWidth() == WIDE_BYTES * Byte.SIZE ? high(data, row) : low >> (Long.SIZE - 1);
      if (!isBelow(high, low, endHigh, endLow)) {
        BigInteger unscaled =
            BigInteger.valueOf(high)
                .shiftLeft(Long.SIZE)
                .or(new BigInteger(Long.toUnsignedString(low)));
        throw refused(column, vector, "" + unscaled, type.getPrecision() + " digits of it");
      }
    }
  }

  private static long low(ArrowBuf data, long row, int bits) {
    return switch (bits) {
      case Integer.SIZE -> data.getInt(row * Integer.BYTES);
      case Long.SIZE -> data.getLong(row * Long.BYTES);
      default -> data.getLong(row * WIDE_BYTES);
    };
  }

  private static long high(ArrowBuf data, long row) {
    return data.getLong(row * WIDE_BYTES + Long.BYTES);
  }

  /** Whether a number of two halves is smaller than another one, signs aside. */
  private static boolean isBelow(long high, long low, long endHigh, long endLow) {
    long positiveLow = high < 0 ? -low : low;
    long positiveHigh = high < 0 ? ~high + (low == 0 ? 1 : 0) : high;
    int order = Long.compareUnsigned(positiveHigh, endHigh);
    return order < 0 || (order == 0 && Long.compareUnsigned(positiveLow, endLow) < 0);
  }
}
