package dev.hangar.query.sql;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The types that answers have: DuckDB's own, but for those that Arrow has no vector for, which
 * become text, for enums, whose words then need no dictionary, and for UHUGEINT, whose bits DuckDB
 * hands out as those of a signed number.
 */
final class AnswerTypes {
  /**
   * A quoted name, or a type, wherever it stands within others. A quote within a name only makes
   * two names of it. All is possessive, so that long types need no stack.
   */
  private static final Pattern PIECE =
      Pattern.compile(
          "(?<name>\"[^\"]*+\")|(?<enum>\\bENUM\\b(?:\\((?:[^')]++|'[^']*+')*+\\))?)"
              + "|(?<unsigned>\\bUHUGEINT\\b)|(?<text>\\b(?:BIT|BIGNUM|VARIANT)\\b)"
              + "|(?<zoned>\\bTIME WITH TIME ZONE\\b)");

  private AnswerTypes() {}

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
                  : pieces.group("unsigned") != null ? "DECIMAL(38,0)" : "VARCHAR";
      pieces.appendReplacement(answered, Matcher.quoteReplacement(piece));
    }
    return pieces.appendTail(answered).toString();
  }
}
