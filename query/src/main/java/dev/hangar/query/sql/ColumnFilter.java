package dev.hangar.query.sql;

import dev.hangar.query.cdata.ColumnBounds;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoField;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;

/**
 * What the values of one column have to fulfil: to lie between two bounds. Immutable.
 *
 * @param column its number
 * @param least what they have to reach, in the column's own numbers; may be lower than what the
 *     statement says, never higher
 * @param most what they may reach; may be higher than what the statement says
 */
record ColumnFilter(int column, double least, double most) {
  /** A comparison with a constant, as DuckDB writes it in a plan. */
  private static final Pattern COMPARISON =
      Pattern.compile(
          "\\(c(?<column>\\d+) (?<operator>=|<|<=|>|>=)"
              + " (?:(?<number>-?\\d+(?:\\.\\d+)?)|'(?<time>[-0-9 :.+]+)'::(?:DATE|TIMESTAMP[A-Z_ ]*))\\)");

  private static final DateTimeFormatter TIME =
      new DateTimeFormatterBuilder()
          .appendPattern("yyyy-MM-dd HH:mm:ss")
          .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
          .appendPattern("['+00']")
          .toFormatter(Locale.ROOT);

  private static final int ROUNDINGS = 4;
  private static final LocalDateTime EPOCH = LocalDateTime.ofEpochSecond(0, 0, ZoneOffset.UTC);

  /**
   * The bounds that a filter sets, if it is nothing but comparisons of numbers and times that all
   * have to hold; else none.
   *
   * @param fields of the table, whose numbers the columns have
   */
  static List<ColumnFilter> of(String filter, List<Field> fields) {
    List<ColumnFilter> bounds = new ArrayList<>();
    Matcher comparisons = COMPARISON.matcher(filter);
    var rest = new StringBuilder();
    while (comparisons.find()) {
      comparisons.appendReplacement(rest, "");
      bound(comparisons, fields).ifPresent(bounds::add);
    }
    comparisons.appendTail(rest);
    boolean areAll = rest.toString().matches("[() ]*(?:AND[() ]*)*");
    return areAll ? bounds : List.of();
  }

  private static Optional<ColumnFilter> bound(Matcher comparison, List<Field> fields) {
    int column = Integer.parseInt(comparison.group("column"));
    Field field = fields.get(column);
    if (field.getDictionary() != null) {
      return Optional.empty();
    }
    return constant(comparison, field.getType())
        .map(value ->
            switch (comparison.group("operator")) {
              case "<", "<=" -> new ColumnFilter(column, Double.NEGATIVE_INFINITY, above(value));
              case ">", ">=" -> new ColumnFilter(column, below(value), Double.POSITIVE_INFINITY);
              default -> new ColumnFilter(column, below(value), above(value));
            });
  }

  /**
   * Doubles hold 64-bit numbers to 53 bits, and times are computed in up to three steps: a bound
   * moves out by more than that may cost.
   */
  private static double below(double value) {
    return value - ROUNDINGS * Math.ulp(value);
  }

  private static double above(double value) {
    return value + ROUNDINGS * Math.ulp(value);
  }

  private static Optional<Double> constant(Matcher comparison, ArrowType type) {
    String number = comparison.group("number");
    String time = comparison.group("time");
    return switch (type) {
      case ArrowType.Int _ when number != null -> Optional.of(Double.parseDouble(number));
      case ArrowType.FloatingPoint real
          when number != null && real.getPrecision() == FloatingPointPrecision.DOUBLE ->
          Optional.of(Double.parseDouble(number));
      case ArrowType.Date date when time != null -> days(time).map(days -> inUnit(days, date));
      case ArrowType.Timestamp stamp when time != null ->
          nanos(time).map(nanos -> inUnit(nanos, stamp));
      default -> Optional.empty();
    };
  }

  private static Optional<Long> days(String text) {
    try {
      return Optional.of(LocalDate.parse(text).toEpochDay());
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  private static Optional<Double> nanos(String text) {
    try {
      LocalDateTime time = LocalDateTime.parse(text, TIME);
      Duration since = Duration.between(EPOCH, time);
      return Optional.of(since.getSeconds() * 1e9 + since.getNano());
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  private static double inUnit(long days, ArrowType.Date date) {
    return switch (date.getUnit()) {
      case DAY -> days;
      case MILLISECOND -> days * 86_400_000.0;
    };
  }

  private static double inUnit(double nanos, ArrowType.Timestamp stamp) {
    return switch (stamp.getUnit()) {
      case SECOND -> nanos / 1e9;
      case MILLISECOND -> nanos / 1e6;
      case MICROSECOND -> nanos / 1e3;
      case NANOSECOND -> nanos;
    };
  }

  /** Whether a batch whose values lie in {@code range} may have rows that fulfil it. */
  boolean mayHold(ValueRange range) {
    return !range.isEmpty() && range.most() >= least && range.least() <= most;
  }

  /** The same for rows of some columns; empty where its column is none of them. */
  Optional<ColumnBounds> bounds(List<Integer> columns) {
    int place = columns.indexOf(column);
    return place < 0 ? Optional.empty() : Optional.of(new ColumnBounds(place, least, most));
  }
}
