package dev.hangar.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Values for a statement as people type them: numbers, true, false, null and lists as in JSON, also
 * text as there, in quotes; everything else is text as it stands.
 */
final class SqlParameters {
  private static final Pattern NAMED =
      Pattern.compile("([A-Za-z_][A-Za-z0-9_]*)=(.*)", Pattern.DOTALL);
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .build();

  private SqlParameters() {}

  /**
   * The values of {@code V}, {@code name=V}, and {@code =V} for a text that looks like that, by
   * name: those without one are {@code 1}, {@code 2} and so on.
   */
  static Map<String, @Nullable Object> of(List<String> words) {
    var values = new LinkedHashMap<String, @Nullable Object>();
    int unnamed = 0;
    for (String word : words) {
      Matcher named = NAMED.matcher(word);
      if (named.matches()) {
        values.put(named.group(1), value(named.group(2)));
      } else {
        values.put("" + ++unnamed, value(word.startsWith("=") ? word.substring(1) : word));
      }
    }
    return values;
  }

  private static @Nullable Object value(String word) {
    try {
      Object json = JSON.readValue(word, Object.class);
      return json instanceof Map || (json == null && !word.strip().equals("null"))
          ? word
          : json instanceof List<?> list ? new ArrayList<@Nullable Object>(list) : json;
    } catch (JacksonException noJson) {
      return word;
    }
  }
}
