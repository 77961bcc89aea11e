package dev.hangar.query.sql;

import dev.hangar.query.duckdb.Sql;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Values as SQL text. */
final class SqlValue {
  private SqlValue() {}

  /**
   * A value as a literal.
   *
   * @param what it is, for messages
   * @throws SqlException INVALID: it is of a kind that has no literal
   */
  static String of(@Nullable Object value, String what) {
    return switch (value) {
      case null -> "NULL";
      case Boolean truth -> truth ? "TRUE" : "FALSE";
      case Integer number -> "(" + number + ")";
      case Long number -> "(" + number + ")";
      case BigInteger number -> "(" + number + ")";
      case BigDecimal number -> "(" + number + ")";
      case Double number -> "(" + number + ")";
      case String text -> text(text, what);
      case List<?> list ->
          list.stream().map(item -> of(item, what)).collect(Collectors.joining(", ", "[", "]"));
      default ->
          throw SqlException.invalid(
              what
                  + " is "
                  + value
                  + ", and has to be null, true or false, a number, a text, or a list of them");
    };
  }

  private static String text(String text, String what) {
    if (text.indexOf(0) >= 0) {
      throw SqlException.invalid(what + " has a character 0, which no text can have");
    }
    return Sql.literal(text);
  }
}
