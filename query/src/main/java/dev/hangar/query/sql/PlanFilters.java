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

/** What DuckDB writes in a plan of what rows have to fulfil, as bounds. */
final class PlanFilters {
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

  private PlanFilters() {}

  /**
   * The bounds that filters set which are nothing but comparisons of numbers and times that all
   * have to hold; the others set none.
   *
   * @param fields of the table, whose numbers the columns have
   */
  static List<ColumnBounds> bounds(List<String> filters, List<Field> fields) {
    return filters.stream().flatMap(filter -> bounds(filter, fields).stream()).toList();
  }

  private static List<ColumnBounds> bounds(String filter, List<Field> fields) {
    List<ColumnBounds> bounds = new ArrayList<>();
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

  private static Optional<ColumnBounds> bound(Matcher comparison, List<Field> fields) {
    int column = Integer.parseInt(comparison.group("column"));
    Field field = fields.get(column);
    if (field.getDictionary() != null) {
      return Optional.empty();
    }
    return constant(comparison, field.getType())
        .map(value ->
            switch (comparison.group("operator")) {
              case "<", "<=" -> new ColumnBounds(column, Double.NEGATIVE_INFINITY, above(value));
              case ">", ">=" -> new ColumnBounds(column, below(value), Double.POSITIVE_INFINITY);
              default -> new ColumnBounds(column, below(value), above(value));
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
}
