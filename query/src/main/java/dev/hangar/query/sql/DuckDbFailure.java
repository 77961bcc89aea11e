package dev.hangar.query.sql;

import dev.hangar.query.sql.SqlException.Kind;
import java.util.Locale;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a failure of DuckDB's says: with {@link #SETTING} a JSON object, else text. Immutable.
 *
 * @param type the kind of error, in DuckDB's words
 * @param message without that, and without the excerpt of a statement that nobody wrote
 * @param position of a byte in the text that failed; -1 where nothing is said of that
 */
record DuckDbFailure(String type, String message, int position, Throwable thrown) {
  /** The setting that has failures tell where they are. */
  static final String SETTING = "errors_as_json = true";

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String JSON_START = "{\"exception_type\"";
  private static final Pattern EXCERPT = Pattern.compile("\\s*\\n\\s*LINE \\d+: (?s:.*)$");
  private static final Pattern TYPE =
      Pattern.compile("^(?:[\\w.]+Exception: )?([A-Z][\\w ]*) Error: ");

  /** What {@code thrown} says. */
  static DuckDbFailure of(Throwable thrown) {
    String message = String.valueOf(thrown.getMessage());
    int json = message.indexOf(JSON_START);
    if (json < 0) {
      return ofText(message, thrown);
    }
    try {
      JsonNode told = JSON.readTree(message.substring(json));
      return new DuckDbFailure(
          told.path("exception_type").asString(""),
          told.path("exception_message").asString("").strip(),
          told.path("position").asInt(-1),
          thrown);
    } catch (JacksonException e) {
      return ofText(message, thrown);
    }
  }

  private static DuckDbFailure ofText(String message, Throwable thrown) {
    var type = TYPE.matcher(message);
    String found = type.find() ? type.group(1) : "";
    String text = EXCERPT.matcher(type.replaceFirst("")).replaceFirst("").strip();
    return new DuckDbFailure(found, text, -1, thrown);
  }

  /**
   * What it means to who asked.
   *
   * @param place in the statement, in characters; -1 where there is none
   * @throws BrokenDatabaseException DuckDB itself is broken
   */
  SqlException exception(String told, int place) {
    return switch (type.toUpperCase(Locale.ROOT).replace('_', ' ')) {
      case "OUT OF MEMORY" ->
          new SqlException(
              Kind.TOO_LARGE,
              "the statement needs more memory than one may take: "
                  + told.lines().findFirst().orElse(""),
              place,
              thrown);
      case "INTERRUPT", "INTERRUPTED" ->
          new SqlException(Kind.CANCELLED, "the statement was cancelled", -1, thrown);
      case "INTERNAL", "FATAL" -> throw new BrokenDatabaseException(told, thrown);
      default -> new SqlException(Kind.INVALID, told, place, thrown);
    };
  }
}
