package dev.hangar.query.sql;

import dev.hangar.query.cdata.ColumnBounds;
import dev.hangar.query.sql.ParsedStatement.Target;
import java.util.List;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * What a query needs and answers with, whatever rows its tables have. Immutable.
 *
 * @param sql what is run: the query's text, or one around it, whose tables are called {@link
 *     SplicedText#view}
 * @param scans what is read of each table, in their order
 * @param schema of the answer, without dictionaries
 * @param explain how the query itself is shown, where that is the answer
 */
record QueryPlan(String sql, List<Scan> scans, Schema schema, Target.@Nullable Explain explain) {
  QueryPlan {
    scans = List.copyOf(scans);
  }

  /** A plan that is answered with rows. */
  QueryPlan(String sql, List<Scan> scans, Schema schema) {
    this(sql, scans, schema, null);
  }

  /** The plan that shows itself: of the query as it was written, not as its rows are sent. */
  QueryPlan explained(SplicedText query, Target.Explain explain) {
    return new QueryPlan(explain.prefix() + query.text(), scans, PlanReader.SCHEMA, explain);
  }

  /** Whether it runs, and reads rows for that. */
  boolean isRun() {
    return explain == null || explain.isRun();
  }

  /** What is read of one table. */
  sealed interface Scan {
    /**
     * Some columns of what comes as batches.
     *
     * @param columns their numbers; ascending, and at least one
     * @param bounds of all rows that count
     * @param isReadOnce whether one pass is enough
     */
    record Columns(
        TableColumns all, List<Integer> columns, List<ColumnBounds> bounds, boolean isReadOnce)
        implements Scan {}

    /** What DuckDB needs of files that it reads, which it finds out by itself. */
    record Files() implements Scan {}
  }
}
