package dev.hangar.query;

import java.util.Collection;
import java.util.stream.Collectors;

/** SQL text made of values: quoted so that no value is read as SQL. */
final class Sql {
  private Sql() {}

  /** {@code "name"}, an identifier. */
  static String identifier(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  /** {@code 'text'}, a string literal. */
  static String literal(String text) {
    return '\'' + text.replace("'", "''") + '\'';
  }

  /** {@code ['a', 'b']}, a list of string literals. */
  static String list(Collection<String> texts) {
    return texts.stream().map(Sql::literal).collect(Collectors.joining(", ", "[", "]"));
  }
}
