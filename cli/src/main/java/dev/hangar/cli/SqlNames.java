package dev.hangar.cli;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** Names as SQL writes them. */
final class SqlNames {
  private static final Pattern PLAIN = Pattern.compile("[a-z_][a-z0-9_]*");

  /** Words that mean something else without quotes. */
  private static final Set<String> RESERVED =
      Set.of(
          "all",
          "and",
          "any",
          "array",
          "as",
          "asc",
          "between",
          "both",
          "case",
          "cast",
          "check",
          "collate",
          "column",
          "constraint",
          "create",
          "default",
          "desc",
          "distinct",
          "do",
          "else",
          "end",
          "except",
          "false",
          "fetch",
          "for",
          "foreign",
          "from",
          "grant",
          "group",
          "having",
          "in",
          "initially",
          "intersect",
          "into",
          "lambda",
          "lateral",
          "leading",
          "limit",
          "not",
          "null",
          "offset",
          "on",
          "only",
          "or",
          "order",
          "pivot",
          "placing",
          "primary",
          "qualify",
          "references",
          "returning",
          "select",
          "show",
          "some",
          "summarize",
          "symmetric",
          "table",
          "then",
          "to",
          "trailing",
          "true",
          "union",
          "unique",
          "unpivot",
          "using",
          "variadic",
          "when",
          "where",
          "window",
          "with");

  private SqlNames() {}

  /** A name in quotes, where it needs them. */
  static String written(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return PLAIN.matcher(lower).matches() && !RESERVED.contains(lower) ? name : quoted(name);
  }

  static String quoted(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }
}
