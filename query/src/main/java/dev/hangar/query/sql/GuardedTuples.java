package dev.hangar.query.sql;

import dev.hangar.query.duckdb.Sql;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Functions of DuckDB's that make rows without names, in whose place stand some that refuse arrays
 * of a fixed size: DuckDB 2.0.0 writes past its memory where such rows are grouped or sorted. Rows
 * with names, as in <code>{'a': a}</code>, and lists are no matter.
 */
final class GuardedTuples {
  private static final String SYSTEM = "system.main.";

  /** How the types of arrays look within others. */
  private static final String ARRAY = "\\[\\d";

  private static final String TUPLE = "TUPLE\\(";

  private static final String REFUSAL =
      "rows without names hold no arrays of a fixed size here: make lists of the arrays, or name"
          + " the fields, as in {''a'': a}";

  /** Its argument, or a failure; a macro of its own, since long ones take long to define. */
  private static final String ARGUMENT = "hangar_field";

  private GuardedTuples() {}

  /** What defines them in a database. */
  static List<String> macros() {
    var macros = new ArrayList<String>();
    macros.add("CREATE MACRO %s(v) AS %s".formatted(ARGUMENT, unless("v", ARRAY)));
    macros.add(macro("row", 0, Limits.ROW_FIELDS));
    macros.add(macro("list_zip", 1, Limits.ZIPPED_LISTS));
    macros.add(macro("array_zip", 1, Limits.ZIPPED_LISTS));
    macros.add(macro("struct_values", 1, 1));
    for (String fromJson :
        List.of("json_transform", "json_transform_strict", "from_json", "from_json_strict")) {
      String made = SYSTEM + fromJson + "(j, s)";
      macros.add("CREATE MACRO %s(j, s) AS %s".formatted(fromJson, unless(made, TUPLE)));
    }
    return macros;
  }

  /** A function of so many parameters, whose rows have the arguments' types. */
  private static String macro(String name, int least, int most) {
    return IntStream.rangeClosed(least, most)
        .mapToObj(count -> overload(name, count))
        .collect(Collectors.joining(", ", "CREATE MACRO " + name, ""));
  }

  private static String overload(String name, int count) {
    List<String> names = IntStream.range(0, count).mapToObj(i -> "v" + i).toList();
    List<String> values = names.stream().map(value -> ARGUMENT + "(" + value + ")").toList();
    return "(%s) AS %s%s(%s)"
        .formatted(String.join(", ", names), SYSTEM, name, String.join(", ", values));
  }

  /** A value, or a failure, by its type alone; not by {@code error}, which windows don't take. */
  private static String unless(String value, String type) {
    return "CASE WHEN regexp_matches(typeof(%s), %s) AND CAST('%s' AS BOOLEAN) THEN NULL ELSE %s END"
        .formatted(value, Sql.literal(type), REFUSAL, value);
  }
}
