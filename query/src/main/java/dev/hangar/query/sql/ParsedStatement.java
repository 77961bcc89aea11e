package dev.hangar.query.sql;

import java.util.List;

/**
 * A statement: a query, and what becomes of its rows. Immutable.
 *
 * @param target where they go
 */
record ParsedStatement(ParsedQuery query, Target target) {
  /** What becomes of a query's rows. */
  sealed interface Target {
    /** They are answered. */
    record Answer() implements Target {}

    /**
     * They are not asked for: what is answered is how DuckDB comes by them.
     *
     * @param isRun whether the query runs for that, and the plan tells how long it took
     * @param format DuckDB's name for how the plan is written
     */
    record Explain(boolean isRun, String format) implements Target {
      /** What stands before the query. */
      String prefix() {
        return "EXPLAIN (" + (isRun ? "ANALYZE, " : "") + "FORMAT " + format + ") ";
      }
    }

    /** They become a table. */
    record Create(List<String> path, Mode mode) implements Target {
      /** What becomes of a table that is there. */
      enum Mode {
        REFUSE,
        REPLACE,
        KEEP
      }
    }

    /**
     * They are added to a table.
     *
     * @param columns which of its columns they are; empty: all of them
     * @param isByName whether a row's values go to the columns of their own names
     */
    record Insert(List<String> path, List<String> columns, boolean isByName) implements Target {}
  }
}
