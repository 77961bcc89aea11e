package dev.hangar.query.sql;

import dev.hangar.query.duckdb.Sql;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.arrow.vector.types.pojo.Field;

/**
 * The types that answers have: DuckDB's own, but for those that Arrow has no vector for, which
 * become text, for enums, whose words then need no dictionary, and for HUGEINT and UHUGEINT, which
 * DuckDB hands out as decimals of 38 digits, also where they have 39.
 */
final class AnswerTypes {
  /**
   * A quoted name, or a type, wherever it stands within others. A quote within a name only makes
   * two names of it. All is possessive, so that long types need no stack.
   */
  private static final Pattern PIECE =
      Pattern.compile(
          "(?<name>\"[^\"]*+\")|(?<enum>\\bENUM\\b(?:\\((?:[^')]++|'[^']*+')*+\\))?)"
              + "|(?<huge>\\bU?HUGEINT\\b)|(?<text>\\b(?:BIT|BIGNUM|TYPE|VARIANT)\\b)"
              + "|(?<zoned>\\bTIME WITH TIME ZONE\\b)");

  /** Arrow counts the nanoseconds of an interval in 64 bits, DuckDB its microseconds. */
  private static final long HOURS = Long.MAX_VALUE / 3_600_000_000_000L;

  /** How DuckDB calls what it could not cast: the place of a column in an answer. */
  private static final Pattern SOURCE =
      Pattern.compile(" when casting from source column k(\\d+)\\.?");

  private AnswerTypes() {}

  /**
   * A value, unless that is an interval which Arrow can't hold: then an error.
   *
   * @param value in SQL
   * @param name of its column
   */
  static String guarded(String value, String type, String name) {
    if (!type.equals("INTERVAL")) {
      return value;
    }
    String why =
        "column %s has an interval whose time is longer than the %d hours that Arrow's hold"
            .formatted(name, HOURS - 1);
    return "CASE WHEN hour(%s) NOT BETWEEN %d AND %d THEN error(%s) ELSE %s END"
        .formatted(value, 1 - HOURS, HOURS - 1, Sql.literal(why), value);
  }

  /** The failure with the name of an answer's column in the place of its number. */
  static SqlException named(SqlException failure, List<Field> columns) {
    String message = String.valueOf(failure.getMessage());
    Matcher source = SOURCE.matcher(message);
    if (!source.find()) {
      return failure;
    }
    int column = Integer.parseInt(source.group(1)) - 1;
    if (column >= columns.size()) {
      return failure;
    }
    String place = " in column " + columns.get(column).getName() + " of the answer";
    return new SqlException(
        failure.kind(),
        source.replaceFirst(Matcher.quoteReplacement(place)),
        failure.position().orElse(-1),
        failure);
  }

  /** What values of a type become; the same text where they stay. */
  static String of(String type) {
    Matcher pieces = PIECE.matcher(type);
    var answered = new StringBuilder();
    while (pieces.find()) {
      String piece =
          pieces.group("name") != null
              ? pieces.group("name")
              : pieces.group("zoned") != null
                  ? "TIME"
                  : pieces.group("huge") != null ? "DECIMAL(38,0)" : "VARCHAR";
      pieces.appendReplacement(answered, Matcher.quoteReplacement(piece));
    }
    return pieces.appendTail(answered).toString();
  }
}
