package dev.hangar.query.sql;

import java.util.List;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * What a query needs and answers with. Immutable.
 *
 * @param text the query as it was written, but for names and values
 * @param sql what is run: the text, or one around it, whose tables are called {@link
 *     SplicedText#view}
 * @param scans what is read of each table, in their order
 * @param schema of the answer, without dictionaries
 */
record QueryPlan(SplicedText text, String sql, List<Scan> scans, Schema schema) {
  /** What is read of one table. */
  sealed interface Scan {
    /**
     * Some columns of a stored table.
     *
     * @param columns their numbers; ascending, and at least one
     * @param filters what all rows that count fulfil, in SQL over numbered columns
     * @param isReadOnce whether one pass is enough
     */
    record Stored(
        SqlTable.Stored table,
        TableColumns all,
        List<Integer> columns,
        List<String> filters,
        boolean isReadOnce)
        implements Scan {}

    /** Files, of which DuckDB reads what it needs. */
    record Files(SqlTable.Files table) implements Scan {}
  }
}
