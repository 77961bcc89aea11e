package dev.hangar.query.sql;

import java.util.List;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * What a query needs and answers with, whatever rows its tables have. Immutable.
 *
 * @param sql what is run: the query's text, or one around it, whose tables are called {@link
 *     SplicedText#view}
 * @param scans what is read of each table, in their order
 * @param schema of the answer, without dictionaries
 */
record QueryPlan(String sql, List<Scan> scans, Schema schema) {
  QueryPlan {
    scans = List.copyOf(scans);
  }

  /** What is read of one table. */
  sealed interface Scan {
    /**
     * Some columns of what comes as batches.
     *
     * @param columns their numbers; ascending, and at least one
     * @param filters what all rows that count fulfil, in SQL over numbered columns
     * @param isReadOnce whether one pass is enough
     */
    record Columns(
        TableColumns all, List<Integer> columns, List<String> filters, boolean isReadOnce)
        implements Scan {}

    /** What DuckDB needs of files that it reads, which it finds out by itself. */
    record Files() implements Scan {}
  }
}
