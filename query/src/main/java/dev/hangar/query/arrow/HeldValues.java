package dev.hangar.query.arrow;

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
public final class HeldValues {
  /** What is to hold them. */
  public enum Holder {
    SQL("SQL"),
    TEXT_FILE("a file of text"),
    /** Whose intervals have milliseconds, and not less than none (Parquet format, INTERVAL). */
    PARQUET_FILE("a Parquet file");

    private final String words;

    Holder(String words) {
      this.words = words;
    }
  }

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
   * What is wrong with a column that has another value, nulls aside; null where nothing is. In
   * Parquet files a column of durations is one of numbers, and holds all of them.
   */
  public static @Nullable String problem(
      Holder holder, String column, FieldVector vector, DictionaryProvider dictionaries) {
    boolean isNumbers =
        holder == Holder.PARQUET_FILE && vector.getField().getType() instanceof ArrowType.Duration;
    return isNumbers ? null : inside(holder, column, vector, dictionaries);
  }

  private static @Nullable String inside(
      Holder holder, String column, FieldVector vector, DictionaryProvider dictionaries) {
    DictionaryEncoding encoding = vector.getField().getDictionary();
    if (encoding != null) {
      FieldVector values = dictionaries.lookup(encoding.getId()).getVector();
      return inside(holder, column, values, dictionaries);
    }
    String problem = ofNumbers(holder, column, vector);
    if (problem != null) {
      return problem;
    }
    int row = Utf8Texts.firstInvalid(vector);
    if (row >= 0) {
      return "column %s has a text that is not UTF-8, in row %d of a batch; put it as binary"
          .formatted(column, row);
    }
    for (FieldVector child : vector.getChildrenFromFields()) {
      problem = inside(holder, column, child, dictionaries);
      if (problem != null) {
        return problem;
      }
    }
    return null;
  }

  private static @Nullable String ofNumbers(Holder holder, String column, FieldVector vector) {
    ArrowType type = vector.getField().getType();
    if (type instanceof ArrowType.Decimal decimal) {
      return ofDigits(holder, column, decimal, vector);
    }
    Rule rule = holder == Holder.PARQUET_FILE ? inParquet(type) : null;
    rule = rule == null ? rule(type) : rule;
    return rule == null ? null : problem(holder, column, rule, vector);
  }

  private static @Nullable String problem(
      Holder holder, String column, Rule rule, FieldVector vector) {
    ArrowBuf data = vector.getDataBuffer();
    boolean hasNulls = vector.getNullCount() > 0;
    for (int row = 0; row < vector.getValueCount(); row++) {
      if ((!hasNulls || !vector.isNull(row)) && !rule.test().holds(rule.reader().read(data, row))) {
        boolean isInterval = vector.getField().getType() instanceof ArrowType.Interval;
        String value = "" + (isInterval ? vector.getObject(row) : rule.reader().read(data, row));
        return told(holder, column, vector, value, rule.words());
      }
    }
    return null;
  }

  private static String told(
      Holder holder, String column, FieldVector vector, String value, String words) {
    return "column %s has the value %s of the Arrow type %s, and %s holds only %s"
        .formatted(column, value, vector.getField().getType(), holder.words, words);
  }

  private static @Nullable Rule inParquet(ArrowType type) {
    return switch (type) {
      case ArrowType.Duration duration ->
          switch (duration.getUnit()) {
            case SECOND -> wholeMillis(HeldValues::getLong, 1_000, 1);
            case MILLISECOND -> wholeMillis(HeldValues::getLong, 1, 1);
            case MICROSECOND -> wholeMillis(HeldValues::getLong, 1, 1_000);
            case NANOSECOND -> wholeMillis(HeldValues::getLong, 1, 1_000_000);
          };
      case ArrowType.Interval interval when interval.getUnit() == IntervalUnit.MONTH_DAY_NANO ->
          wholeMillis(HeldValues::intervalNanos, 1, 1_000_000);
      default -> null;
    };
  }

  /** A value is {@code value * times / parts} milliseconds. */
  private static Rule wholeMillis(Reader reader, long times, long parts) {
    return new Rule(
        reader,
        value -> value % parts == 0 && 0 <= value && value / parts < DAY_MILLIS / times,
        "whole milliseconds there, from 0 to less than a day: DuckDB makes days of more");
  }

  private static long intervalNanos(ArrowBuf data, long row) {
    return data.getLong(row * INTERVAL_BYTES + INTERVAL_NANOS);
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
          wholeMicros(HeldValues::intervalNanos);
      case ArrowType.Interval interval when interval.getUnit() == IntervalUnit.DAY_TIME ->
          // which takes the two numbers for one
          new Rule(HeldValues::getLong, value -> false, "intervals of other units");
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

  private static @Nullable String ofDigits(
      Holder holder, String column, ArrowType.Decimal type, FieldVector vector) {
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
        return told(holder, column, vector, "" + unscaled, type.getPrecision() + " digits of it");
      }
    }
    return null;
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
