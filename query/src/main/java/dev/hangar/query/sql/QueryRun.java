package dev.hangar.query.sql;

import dev.hangar.query.arrow.NumberedColumns;
import dev.hangar.query.cdata.BatchStream;
import dev.hangar.query.cdata.ColumnBounds;
import dev.hangar.query.duckdb.DuckDb;
import dev.hangar.query.duckdb.Sql;
import dev.hangar.query.file.BatchSize;
import dev.hangar.query.sql.ParsedStatement.Target;
import dev.hangar.query.sql.QueryPlan.Scan;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.apache.arrow.c.ArrowArrayStream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;
import org.duckdb.DuckDBConnection;
import org.duckdb.DuckDBPreparedStatement;
import org.duckdb.DuckDBResultSet;
import org.duckdb.QueryProgress;
import org.jspecify.annotations.Nullable;

/**
 * A query that runs. One thread reads; any may cancel and ask how far it is. The tables' leases
 * have to outlive it.
 */
final class QueryRun implements AutoCloseable {
  /** All that is said of a query that fails before its first row, if its result streams. */
  private static final String REASON_LOST = "Invalid result set";

  private final PreparedQuery query;
  private final Workplace place;
  private final PartStatistics.OfParts statistics;
  private final BufferAllocator allocator;
  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private final List<TableSource> sources = new CopyOnWriteArrayList<>(); // any thread asks them
  private volatile @Nullable DuckDBPreparedStatement running;
  private volatile @Nullable SqlException stopped;
  private boolean isBroken;
  private @Nullable ArrowReader rows;

  QueryRun(
      PreparedQuery query,
      Workplace place,
      PartStatistics.OfParts statistics,
      BufferAllocator allocator) {
    this.query = query;
    this.place = place;
    this.statistics = statistics;
    this.allocator = allocator;
  }

  /**
   * Begins; blocks until the first rows are there.
   *
   * @return the vectors that {@link #next} fills
   */
  VectorSchemaRoot start() {
    try {
      return start(place.streaming());
    } catch (SQLException | IOException | RuntimeException e) {
      throw failure(e);
    }
  }

  private VectorSchemaRoot start(StatementDatabase database) throws SQLException, IOException {
    DuckDBConnection connection = database.connect();
    open.push(connection);
    for (int i = 0; i < query.tables().size(); i++) {
      define(i, connection, database);
    }
    var statement = (DuckDBPreparedStatement) connection.createStatement();
    open.push(statement);
    running = statement;
    requireWanted();
    var result = (DuckDBResultSet) statement.executeQuery(query.plan().sql());
    open.push(result);
    var reader = (ArrowReader) result.arrowExportStream(allocator, BatchSize.rows(rowBytes()));
    ArrowReader answer = answer(reader);
    open.push(answer);
    rows = answer;
    return answer.getVectorSchemaRoot();
  }

  /** Of an explained query, the plan. */
  private ArrowReader answer(ArrowReader reader) {
    Target.Explain explain = query.plan().explain();
    if (explain == null) {
      return reader;
    }
    var text = new PlanText(query, explain, place.folders());
    return new PlanReader(reader, text::told, () -> text.tables(sources), allocator);
  }

  /** Loads the next rows; false behind the last. Blocks. */
  boolean next() {
    ArrowReader reader = rows;
    if (reader == null) {
      throw new IllegalStateException("the query was not started");
    }
    try {
      requireWanted();
      return reader.loadNextBatch();
    } catch (IOException | RuntimeException e) {
      throw failure(e);
    }
  }

  /** From 0 to 1, where it is known. */
  OptionalDouble progress() {
    long all = sources.stream().mapToLong(TableSource::rows).sum();
    if (all > 0 && sources.stream().noneMatch(source -> source.rows() < 0)) {
      long given = sources.stream().mapToLong(TableSource::rowsGiven).sum();
      return OptionalDouble.of(Math.min(1, (double) given / all));
    }
    DuckDBPreparedStatement statement = running;
    try {
      QueryProgress progress = statement == null ? null : statement.getQueryProgress();
      return progress == null || progress.getPercentage() < 0
          ? OptionalDouble.empty()
          : OptionalDouble.of(Math.min(1, progress.getPercentage() / 100));
    } catch (SQLException ended) {
      return OptionalDouble.empty();
    }
  }

  /** How many batches of its tables were left out, because their values are known. */
  long batchesSkipped() {
    return sources.stream().mapToLong(TableSource::batchesSkipped).sum();
  }

  /** Has it end soon, and fail like this. */
  void cancel(SqlException why) {
    if (stopped == null) {
      stopped = why;
    }
    DuckDBPreparedStatement statement = running;
    if (statement != null) {
      try {
        statement.cancel();
      } catch (SQLException ended) {
        // what has ended needs no cancelling
      }
    }
  }

  private void define(int number, DuckDBConnection connection, StatementDatabase database)
      throws SQLException {
    SqlTable table = query.tables().get(number);
    Scan scan = query.plan().scans().get(number);
    String view = SplicedText.view(number);
    if (table instanceof SqlTable.Files files) {
      DuckDb.execute(connection, "CREATE TEMP VIEW " + view + " AS SELECT * FROM " + files.scan());
    } else if (table instanceof SqlTable.Batches batches && scan instanceof Scan.Columns columns) {
      String from = view + "_rows";
      connection.registerArrowStream(from, stream(batches, columns));
      if (!columns.isReadOnce() && query.plan().isRun()) {
        String copy = copy(number);
        DuckDb.execute(connection, "CREATE TEMP TABLE " + copy + " AS FROM " + from);
        from = copy;
      }
      database.define(view, "SELECT " + selection(columns) + " FROM temp." + from, connection);
    }
  }

  private String selection(Scan.Columns scan) {
    return isShown()
        ? scan.all().namedSelection(scan.columns()::contains)
        : scan.all().selection(scan.columns()::contains);
  }

  /** What the copy of a table is called; in a plan, as people know it, but for its number. */
  private String copy(int number) {
    return isShown()
        ? Sql.identifier(query.text().name(number).replace("\"", "") + " #" + (number + 1))
        : SplicedText.view(number) + "_copy";
  }

  /** Whether people see what things are called here. */
  private boolean isShown() {
    return query.plan().explain() != null;
  }

  private ArrowArrayStream stream(SqlTable.Batches table, Scan.Columns scan) {
    TableStream batches = batches(table, scan);
    open.push(batches);
    ArrowArrayStream stream = ArrowArrayStream.allocateNew(allocator);
    open.push(() -> {
      stream.release(); // unless it was taken over
      stream.close();
    });
    BatchStream.export(batches, stream);
    return stream;
  }

  private TableStream batches(SqlTable.Batches table, Scan.Columns scan) {
    Schema numbered = NumberedColumns.of(scan.all().schema());
    TableSource source =
        opened(
            switch (table) {
              case SqlTable.Stored stored -> new VersionSource(stored, scan.bounds(), statistics);
              case SqlTable.ArrowFile file -> new ArrowFileSource(file);
            });
    Schema given = isShown() ? scan.all().named(numbered) : numbered;
    List<ColumnBounds> bounds =
        scan.bounds().stream().flatMap(bound -> bound.among(scan.columns()).stream()).toList();
    return new TableStream(given, scan.columns(), scan.all().names(), bounds, source, allocator);
  }

  private <S extends TableSource> S opened(S source) {
    sources.add(source);
    open.push(source);
    return source;
  }

  /** About how many bytes a row of the answer takes. */
  private long rowBytes() {
    return query.tables().stream()
        .mapToLong(table ->
            switch (table) {
              case SqlTable.Batches batches -> batches.bytes() / Math.max(1, batches.rows());
              case SqlTable.Files files -> files.bytes() / Math.max(1, files.rows());
            })
        .sum();
  }

  private void requireWanted() {
    SqlException why = stopped;
    if (why != null) {
      throw why;
    }
  }

  /** What a failure means; the store's own come through as they are. */
  private RuntimeException failure(Exception e) {
    for (TableSource source : sources) {
      source.rethrowFailure();
    }
    SqlException why = stopped;
    if (why != null) {
      return why;
    }
    if (e instanceof SqlException told) {
      return told;
    }
    if (String.valueOf(e.getMessage()).contains(REASON_LOST)) {
      return reason(e);
    }
    return told(e);
  }

  private RuntimeException told(Exception e) {
    try {
      return AnswerTypes.named(
          query.text().failure(e, query.plan().sql()), query.plan().schema().getFields());
    } catch (BrokenDatabaseException broken) {
      isBroken = true;
      return broken;
    }
  }

  /** Runs it once more, to fail with the reason. */
  private RuntimeException reason(Exception lost) {
    try {
      close();
      start(place.explaining());
      return new SqlException(
          SqlException.Kind.INVALID,
          "the statement failed, and did not when it was run again to find out why: it reads other"
              + " rows each time, as by TABLESAMPLE or random(); ask again",
          -1,
          lost);
    } catch (SQLException | IOException | RuntimeException e) {
      SqlException why = stopped;
      if (why != null) {
        return why;
      }
      return e instanceof SqlException told ? told : told(e);
    }
  }

  /** Which tables it reads, for messages. */
  @Override
  public String toString() {
    return query.tables().stream().map(SqlTable::identity).collect(Collectors.joining(", "));
  }

  @Override
  public void close() {
    RuntimeException failed = null;
    running = null;
    while (!open.isEmpty()) {
      try {
        open.pop().close();
      } catch (Exception e) {
        failed = failed == null ? new IllegalStateException("a query can't be closed", e) : failed;
      }
    }
    renewPlace();
    if (failed != null) {
      throw failed;
    }
  }

  private void renewPlace() {
    if (isBroken) {
      isBroken = false;
      try {
        place.renew();
      } catch (SQLException e) {
        throw new IllegalStateException("a broken database can't be closed", e);
      }
    }
  }
}
