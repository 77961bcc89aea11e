package dev.hangar.query.sql;

import dev.hangar.query.arrow.BatchReader;
import dev.hangar.query.duckdb.Sandbox;
import dev.hangar.query.duckdb.Sql;
import dev.hangar.query.sql.ExplainedPlan.TableScan;
import dev.hangar.query.sql.QueryPlan.Scan;
import java.io.IOException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
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
 * the optimizers that do are off.
 */
final class Planner implements AutoCloseable {
  private static final String WITHOUT_ROWS =
      "disabled_optimizers = 'statistics_propagation,late_materialization'";

  private final DuckDBConnection connection;
  private final BufferAllocator allocator;

  /**
   * @param directories that files may lie in
   */
  Planner(List<String> directories, BufferAllocator allocator) throws SQLException {
    this.connection =
        Sandbox.connect(
            false,
            List.of(
                "threads = 1",
                WITHOUT_ROWS,
                DuckDbFailure.SETTING,
                "temp_directory = ''",
                "allowed_directories = " + Sql.list(directories)));
    this.allocator = allocator;
  }

  /**
   * The plan of a query over {@code tables}, which are in the order of its references.
   *
   * @param insert what its rows are added to; null: nothing
   * @throws SqlException INVALID: it names columns, functions or types that are not there
   */
  synchronized QueryPlan plan(
      SplicedText query, List<SqlTable> tables, @Nullable InsertShape insert) {
    try (Statement statement = connection.createStatement()) {
      var columns = new ArrayList<TableColumns>();
      for (SqlTable table : tables) {
        columns.add(columns(table));
      }
      statement.execute("BEGIN TRANSACTION");
      try {
        for (int i = 0; i < tables.size(); i++) {
          define(tables.get(i), columns.get(i), i, statement);
        }
        String sql = insert == null ? answerable(query) : insertable(query, insert);
        Schema schema = schema(sql);
        if (insert != null) {
          insert.requireSameLayout(schema);
        }
        return new QueryPlan(query, sql, scans(query.text(), tables, columns, statement), schema);
      } finally {
        statement.execute("ROLLBACK");
      }
    } catch (SQLException e) {
      throw query.failure(e, query.text()); // binding fails first where the query stands alone
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private TableColumns columns(SqlTable table) throws SQLException {
    return switch (table) {
      case SqlTable.Files files -> TableColumns.of(new Schema(List.of()), connection, allocator);
      case SqlTable.Stored stored -> {
        Schema schema = BatchReader.schema(stored.version().schema());
        TableColumns columns = TableColumns.of(schema, connection, allocator);
        if (columns.readable().isEmpty()) {
          throw SqlException.invalid(
              "table " + stored.version().name() + " has no column that SQL can read");
        }
        yield columns;
      }
    };
  }

  /** Makes an empty table and the view by whose name the query reads it. */
  private static void define(SqlTable table, TableColumns columns, int number, Statement statement)
      throws SQLException {
    String view = "CREATE TEMP VIEW " + SplicedText.view(number) + " AS SELECT ";
    switch (table) {
      case SqlTable.Files files -> statement.execute(view + "* FROM " + files.scan());
      case SqlTable.Stored stored -> {
        String name = "hangar_t" + number;
        statement.execute("CREATE TEMP TABLE " + name + columns.definition());
        statement.execute(view + columns.selection(columns.readable()::contains) + " FROM " + name);
      }
    }
  }

  private static List<Scan> scans(
      String sql, List<SqlTable> tables, List<TableColumns> columns, Statement statement)
      throws SQLException {
    ExplainedPlan plan;
    try (ResultSet rows = statement.executeQuery("EXPLAIN (FORMAT json) " + sql)) {
      rows.next();
      plan = ExplainedPlan.of(rows.getString(2));
    }
    var scans = new ArrayList<Scan>();
    for (int i = 0; i < tables.size(); i++) {
      TableScan scan = plan.scan(i);
      TableColumns all = columns.get(i);
      scans.add(
          switch (tables.get(i)) {
            case SqlTable.Stored stored ->
                new Scan.Stored(
                    stored,
                    all,
                    needed(scan, all),
                    scan.count() == 1 ? scan.filters() : List.of(),
                    scan.count() <= 1);
            case SqlTable.Files files -> new Scan.Files(files);
          });
    }
    return scans;
  }

  /** Those it reads; all, where the plan does without the table; one at least. */
  private static List<Integer> needed(TableScan scan, TableColumns all) {
    if (scan.count() == 0) {
      return all.readable();
    }
    return scan.columns().isEmpty() ? List.of(all.cheapest()) : scan.columns();
  }

  /** The query, with its columns in the order and of the types of the table they go to. */
  private String insertable(SplicedText query, InsertShape insert) throws SQLException {
    try (PreparedStatement prepared = connection.prepareStatement(query.text())) {
      ResultSetMetaData columns = prepared.getMetaData();
      var names = new ArrayList<String>();
      for (int i = 1; i <= columns.getColumnCount(); i++) {
        names.add(columns.getColumnName(i));
      }
      return "SELECT %s FROM (%s\n) AS answer%s"
          .formatted(insert.selection(names), query.text(), numbers(names.size()));
    }
  }

  /** The names of so many columns: k1, and so on. */
  private static String numbers(int columns) {
    return IntStream.rangeClosed(1, columns)
        .mapToObj(i -> "k" + i)
        .collect(Collectors.joining(", ", "(", ")"));
  }

  /** The columns of a stored table, as DuckDB has them. */
  synchronized TableColumns columns(Schema schema) {
    try {
      return TableColumns.of(schema, connection, allocator);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The query, with columns of types that batches can't have made into such as they can. */
  private String answerable(SplicedText query) throws SQLException {
    try (PreparedStatement prepared = connection.prepareStatement(query.text())) {
      ResultSetMetaData columns = prepared.getMetaData();
      var answers = new ArrayList<String>();
      boolean isChanged = false;
      for (int i = 1; i <= columns.getColumnCount(); i++) {
        String type = columns.getColumnTypeName(i);
        String answered = AnswerTypes.of(type);
        isChanged |= !answered.equals(type);
        String cast = answered.equals(type) ? "" : "::" + answered;
        answers.add("k" + i + cast + " AS " + Sql.identifier(columns.getColumnName(i)));
      }
      return isChanged
          ? "SELECT %s FROM (%s\n) AS answer%s"
              .formatted(String.join(", ", answers), query.text(), numbers(answers.size()))
          : query.text();
    }
  }

  /**
   * The schema of what a query answers; names come from itself, since a wrapped one changes them.
   */
  private Schema schema(String sql) throws SQLException, IOException {
    List<String> names = new ArrayList<>();
    try (PreparedStatement prepared = connection.prepareStatement(sql)) {
      ResultSetMetaData columns = prepared.getMetaData();
      for (int i = 1; i <= columns.getColumnCount(); i++) {
        names.add(columns.getColumnName(i));
      }
    }
    String empty = "SELECT * FROM (" + sql + "\n) AS answer" + numbers(names.size()) + " LIMIT 0";
    try (Statement statement = connection.createStatement();
        var rows = (DuckDBResultSet) statement.executeQuery(empty);
        ArrowReader reader = (ArrowReader) rows.arrowExportStream(allocator, 1)) {
      List<Field> fields = reader.getVectorSchemaRoot().getSchema().getFields();
      var named = new ArrayList<Field>();
      for (int i = 0; i < fields.size(); i++) {
        Field field = fields.get(i);
        var type = new FieldType(field.isNullable(), field.getType(), field.getDictionary());
        named.add(new Field(names.get(i), type, field.getChildren()));
      }
      return new Schema(named);
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
