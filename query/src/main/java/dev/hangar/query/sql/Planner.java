package dev.hangar.query.sql;

import dev.hangar.query.cdata.ColumnBounds;
import dev.hangar.query.duckdb.DuckDb;
import dev.hangar.query.duckdb.Sandbox;
import dev.hangar.query.duckdb.Sql;
import dev.hangar.query.sql.ExplainedPlan.TableScan;
import dev.hangar.query.sql.QueryPlan.Scan;
import dev.hangar.query.sql.SqlException.Kind;
import java.io.IOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.duckdb.DuckDBConnection;
import org.duckdb.DuckDBResultSet;
import org.jspecify.annotations.Nullable;

/**
 * Finds out what queries need and what they answer with: binds them, in a database whose tables are
 * all empty, and runs nothing. Thread-safe: one query after the other.
 *
 * <p>What DuckDB concludes from rows and their number would be wrong of the tables themselves, so
 * the optimizers that do are off. So is the one that computes what is constant: that can take any
 * time and memory, and belongs to where a statement runs.
 */
final class Planner implements AutoCloseable {
  private static final String WITHOUT_ROWS =
      "disabled_optimizers = 'statistics_propagation,late_materialization,expression_rewriter'";

  private static final String DESCRIBE = "DESCRIBE (";

  /**
   * What a plan follows from.
   *
   * @param original the query as its author wrote it, whose words are in the answer's names
   * @param tables schemas of what comes as batches, and identities of other files
   */
  private record Question(String original, String text, List<Object> tables) {
    static Question of(SplicedText query, List<SqlTable> tables) {
      return new Question(
          query.original(),
          query.text(),
          tables.stream()
              .<Object>map(table ->
                  switch (table) {
                    case SqlTable.Batches batches -> batches.schema();
                    case SqlTable.Files files -> files.identity();
                  })
              .toList());
    }
  }

  /** A column of an answer, and its type in SQL. */
  private record Column(String name, String type) {
    /** A name for batches: of an expression without one, all of it would be. */
    String answeredName() {
      return name.length() <= Limits.NAME_CHARS
          ? name
          : name.substring(0, Limits.NAME_CHARS - 1) + "…";
    }

    /** The type it is answered in. */
    String answered() {
      return AnswerTypes.of(type);
    }
  }

  private final ReentrantLock lock = new ReentrantLock(true);
  private final List<String> directories;
  private DuckDBConnection connection;
  private final BufferAllocator allocator;
  private final RecentlyUsed<Schema, TableColumns> known = new RecentlyUsed<>(Limits.KNOWN_SCHEMAS);
  private final RecentlyUsed<Question, QueryPlan> plans =
      new RecentlyUsed<>(Limits.KNOWN_STATEMENTS);

  /**
   * @param directories that files may lie in
   */
  Planner(List<String> directories, BufferAllocator allocator) throws SQLException {
    this.directories = List.copyOf(directories);
    this.connection = connect(directories);
    this.allocator = allocator;
  }

  private static DuckDBConnection connect(List<String> directories) throws SQLException {
    return GuardedFunctions.define(
        Sandbox.connect(
            false,
            List.of(
                "threads = 1",
                "memory_limit = '" + Limits.PLANNING_MEMORY + "'",
                WITHOUT_ROWS,
                DuckDbFailure.SETTING,
                "temp_directory = ''",
                "allowed_directories = " + Sql.list(directories))));
  }

  /**
   * The plan of a query over {@code tables}, which are in the order of its references.
   *
   * @param insert what its rows are added to; null: nothing
   * @throws SqlException INVALID: it names columns, functions or types that are not there; BUSY:
   *     others are being planned for too long
   */
  QueryPlan plan(SplicedText query, List<SqlTable> tables, @Nullable InsertShape insert) {
    if (insert != null || query.text().length() > Limits.KNOWN_STATEMENT_CHARS) {
      return newPlan(query, tables, insert);
    }
    Question question = Question.of(query, tables);
    QueryPlan known = plans.get(question);
    QueryPlan plan = known == null ? newPlan(query, tables, null) : known;
    if (known == null) {
      plans.put(question, plan);
    }
    return plan;
  }

  private QueryPlan newPlan(
      SplicedText query, List<SqlTable> tables, @Nullable InsertShape insert) {
    lock();
    try {
      return planned(query, tables, insert);
    } catch (BrokenDatabaseException e) {
      renew();
      throw e;
    } finally {
      lock.unlock();
    }
  }

  /** What failed closes the statement that said it, and the next one begins with a transaction. */
  private void rollBack() throws SQLException {
    DuckDb.execute(connection, "ROLLBACK");
  }

  private void renew() {
    try {
      connection.close();
      connection = connect(directories);
    } catch (SQLException e) {
      throw new IllegalStateException("DuckDB does not start again", e);
    }
  }

  private void lock() {
    try {
      if (lock.tryLock(Limits.PLANNING_TIME.toMillis(), TimeUnit.MILLISECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new SqlException(
        Kind.BUSY, "another statement takes long to be planned; try again in a moment");
  }

  private QueryPlan planned(
      SplicedText query, List<SqlTable> tables, @Nullable InsertShape insert) {
    try (Statement statement = connection.createStatement()) {
      var columns = new ArrayList<TableColumns>();
      for (SqlTable table : tables) {
        columns.add(columnsOf(table));
      }
      statement.execute("BEGIN TRANSACTION");
      try {
        for (int i = 0; i < tables.size(); i++) {
          define(tables.get(i), columns.get(i), i, statement);
        }
        List<Column> answer = described(query.text());
        String sql = insert == null ? answerable(query, answer) : insertable(query, insert, answer);
        Schema schema = schema(insert == null ? answer : described(sql), query);
        if (insert != null) {
          insert.requireSameLayout(schema);
        }
        return new QueryPlan(sql, scans(query.text(), tables, columns), schema);
      } finally {
        rollBack();
      }
    } catch (SQLException e) {
      throw query.failure(e, DESCRIBE + query.text()); // where it fails first, if it does
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private TableColumns columnsOf(SqlTable table) throws SQLException {
    return switch (table) {
      case SqlTable.Files files -> knownColumns(new Schema(List.of()));
      case SqlTable.Batches batches -> {
        TableColumns columns = knownColumns(batches.schema());
        if (columns.readable().isEmpty()) {
          throw SqlException.invalid(
              "table " + batches.name() + " has no column that SQL can read");
        }
        yield columns;
      }
    };
  }

  /** DuckDB is asked once about tables of the same columns. */
  private TableColumns knownColumns(Schema schema) throws SQLException {
    TableColumns columns = known.get(schema);
    if (columns == null) {
      columns = TableColumns.of(schema, connection, allocator);
      known.put(schema, columns);
    }
    return columns;
  }

  /** Makes an empty table and the view by whose name the query reads it. */
  private static void define(SqlTable table, TableColumns columns, int number, Statement statement)
      throws SQLException {
    String view = "CREATE TEMP VIEW " + SplicedText.view(number) + " AS SELECT ";
    switch (table) {
      case SqlTable.Files files -> statement.execute(view + "* FROM " + files.scan());
      case SqlTable.Batches _ -> {
        String name = "hangar_t" + number;
        statement.execute("CREATE TEMP TABLE " + name + columns.definition());
        statement.execute(view + columns.selection(columns.readable()::contains) + " FROM " + name);
      }
    }
  }

  private List<Scan> scans(String sql, List<SqlTable> tables, List<TableColumns> columns)
      throws SQLException {
    ExplainedPlan plan;
    try (Statement statement = connection.createStatement(); // one that fails is of no more use
        ResultSet rows = statement.executeQuery("EXPLAIN (FORMAT json) " + sql)) {
      rows.next();
      plan = ExplainedPlan.of(rows.getString(2));
    }
    var scans = new ArrayList<Scan>();
    for (int i = 0; i < tables.size(); i++) {
      TableScan scan = plan.scan(i);
      TableColumns all = columns.get(i);
      scans.add(
          switch (tables.get(i)) {
            case SqlTable.Batches _ ->
                new Scan.Columns(
                    all,
                    needed(scan, all, plan.isRecursive()),
                    scan.count() == 1 ? bounds(scan, all) : List.of(),
                    scan.count() <= 1);
            case SqlTable.Files _ -> new Scan.Files();
          });
    }
    return scans;
  }

  private static List<ColumnBounds> bounds(TableScan scan, TableColumns columns) {
    return PlanFilters.bounds(scan.filters(), columns.schema().getFields());
  }

  /** Those it reads; all, where the plan does without the table; one at least. */
  private static List<Integer> needed(TableScan scan, TableColumns all, boolean isRecursive) {
    if (scan.count() == 0 || (isRecursive && scan.columns().isEmpty())) {
      return all.readable();
    }
    return scan.columns().isEmpty() ? List.of(all.cheapest()) : scan.columns();
  }

  /** The query, with its columns in the order and of the types of the table they go to. */
  private static String insertable(SplicedText query, InsertShape insert, List<Column> columns) {
    return "SELECT %s FROM (%s\n) AS answer%s"
        .formatted(
            insert.selection(columns.stream().map(Column::name).toList()),
            query.text(),
            numbers(columns.size()));
  }

  /** The names of so many columns: k1, and so on. */
  private static String numbers(int columns) {
    return IntStream.rangeClosed(1, columns)
        .mapToObj(i -> "k" + i)
        .collect(Collectors.joining(", ", "(", ")"));
  }

  /** The columns of a stored table, as DuckDB has them. */
  TableColumns columns(Schema schema) {
    lock();
    try {
      return knownColumns(schema);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    } finally {
      lock.unlock();
    }
  }

  /** The query, with columns of types that batches can't have made into such as they can. */
  private static String answerable(SplicedText query, List<Column> columns) {
    var answers = new ArrayList<String>();
    boolean isChanged = false;
    for (Column column : columns) {
      String given = "k" + (answers.size() + 1);
      String cast = column.answered().equals(column.type()) ? "" : "::" + column.answered();
      String value = AnswerTypes.guarded(given + cast, column.answered(), column.answeredName());
      isChanged |= !value.equals(given) || !column.answeredName().equals(column.name());
      answers.add(value + " AS " + Sql.identifier(column.answeredName()));
    }
    return isChanged
        ? "SELECT %s FROM (%s\n) AS answer%s"
            .formatted(String.join(", ", answers), query.text(), numbers(answers.size()))
        : query.text();
  }

  /** The columns of a query, which is bound for that, and neither optimized nor run. */
  private List<Column> described(String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(DESCRIBE + query + "\n)")) {
      var columns = new ArrayList<Column>();
      while (rows.next()) {
        columns.add(new Column(rows.getString(1), rows.getString(2)));
      }
      return columns;
    }
  }

  /** The Arrow schema of an answer with such columns. */
  private Schema schema(List<Column> columns, SplicedText query) throws SQLException, IOException {
    String nulls =
        columns.stream()
            .map(column -> "NULL::" + column.answered())
            .collect(Collectors.joining(", "));
    try (Statement statement = connection.createStatement();
        var rows = (DuckDBResultSet) statement.executeQuery("SELECT " + nulls + " LIMIT 0");
        ArrowReader reader = (ArrowReader) rows.arrowExportStream(allocator, 1)) {
      List<Field> fields = reader.getVectorSchemaRoot().getSchema().getFields();
      var named = new ArrayList<Field>();
      for (int i = 0; i < fields.size(); i++) {
        Field field = fields.get(i);
        var type = new FieldType(field.isNullable(), field.getType(), field.getDictionary());
        named.add(new Field(query.told(columns.get(i).answeredName()), type, field.getChildren()));
      }
      return new Schema(named);
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
