package dev.hangar.query.duckdb;

import java.util.Collection;
import java.util.stream.Collectors;

/** SQL text made of values: quoted so that no value is read as SQL. */
public final class Sql {
  private Sql() {}

  /** {@code "name"}, an identifier. */
  public static String identifier(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  /** {@code 'text'}, a string literal. */
  public static String literal(String text) {
    return '\'' + text.replace("'", "''") + '\'';
  }

  /** {@code ['a', 'b']}, a list of string literals. */
  public static String list(Collection<String> texts) {
    return texts.stream().map(Sql::literal).collect(Collectors.joining(", ", "[", "]"));
  }

  /** A file's name as a pattern that no other name matches. */
  public static String exactly(String path) {
    return path.replaceAll("[*?\\[]", "[$0]");
  }
}
