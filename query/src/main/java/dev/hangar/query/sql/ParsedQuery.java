package dev.hangar.query.sql;

import java.util.List;

/**
 * What a query refers to, and where in its text. Places are bytes of UTF-8 from 0. Immutable.
 *
 * @param text the query
 * @param offset how many characters of the statement stand before it
 * @param tables the tables it reads, as often as it names them
 * @param columns those named by their table's whole name
 * @param parameters where values belong
 * @param normalized the same for queries that differ in spaces, comments and capitals alone
 * @param isDeterministic whether it answers the same as long as its tables are the same; a plan is
 *     not the same: its times are another run's, and how many rows DuckDB expects follows from more
 *     than tables, while it takes milliseconds to make another one
 */
record ParsedQuery(
    String text,
    int offset,
    List<TableReference> tables,
    List<ColumnReference> columns,
    List<Parameter> parameters,
    String normalized,
    boolean isDeterministic) {
  /**
   * A table's name.
   *
   * @param path as its parts were separated by dots
   * @param isNamed whether the query gives it another name
   */
  record TableReference(List<String> path, Place place, boolean isNamed) {}

  /** A column's name, of at least three parts. */
  record ColumnReference(List<String> path, Place place) {}

  /** {@code ?}, {@code $1} or {@code $name}; the first {@code ?} is called 1. */
  record Parameter(String name, Place place) {}

  /** Bytes of the text. */
  record Place(int from, int to) {}
}
