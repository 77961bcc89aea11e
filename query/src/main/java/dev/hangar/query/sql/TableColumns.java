package dev.hangar.query.sql;

import dev.hangar.query.arrow.BatchReader;
import dev.hangar.query.arrow.NumberedColumns;
import dev.hangar.query.duckdb.Sql;
import java.io.IOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.arrow.c.ArrowArrayStream;
import org.apache.arrow.c.Data;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.duckdb.DuckDBConnection;

/**
 * A stored table's columns as DuckDB has them: under unique names, and with its types. Immutable.
 */
final class TableColumns {
  private static final String PROBE = "hangar_probe";
  private static final String UNREADABLE_TYPE = "VARCHAR";

  /**
   * @param type in SQL; empty where DuckDB has none for it
   */
  private record Column(String name, Field field, Optional<String> type) {}

  private final Schema schema;
  private final List<Column> columns;

  private TableColumns(Schema schema, List<Column> columns) {
    this.schema = schema;
    this.columns = columns;
  }

  /** What DuckDB makes of a schema; asks it on {@code connection}, which nobody else uses now. */
  static TableColumns of(Schema schema, DuckDBConnection connection, BufferAllocator allocator)
      throws SQLException {
    List<Optional<String>> types = types(schema, connection, allocator);
    var names = new HashSet<String>();
    var columns = new ArrayList<Column>();
    for (int i = 0; i < types.size(); i++) {
      Field field = schema.getFields().get(i);
      columns.add(new Column(unique(field.getName(), names), field, types.get(i)));
    }
    return new TableColumns(schema, columns);
  }

  Schema schema() {
    return schema;
  }

  /** Numbers of the columns that can be read. */
  List<Integer> readable() {
    return IntStream.range(0, columns.size())
        .filter(column -> columns.get(column).type().isPresent())
        .boxed()
        .toList();
  }

  /** The type of a column in SQL; of one that can't be read, text. */
  String type(int column) {
    return columns.get(column).type().orElse(UNREADABLE_TYPE);
  }

  /** The columns' names, no two of which differ in capitals alone. */
  List<String> names() {
    return columns.stream().map(Column::name).toList();
  }

  /** The number of the column that costs least to read, for who counts rows alone. */
  int cheapest() {
    return readable().stream()
        .filter(column -> columns.get(column).field().getType() instanceof ArrowType.Int)
        .findFirst()
        .orElseGet(() -> readable().getFirst());
  }

  /** The definition of a table of the columns that can be read, under numbers for names. */
  String definition() {
    return readable().stream()
        .map(column -> NumberedColumns.at(column) + " " + type(column))
        .collect(Collectors.joining(", ", "(", ")"));
  }

  /**
   * What selects the columns under their own names where some are there under their numbers. The
   * others fail when somebody looks at them.
   */
  String selection(IntPredicate isThere) {
    return IntStream.range(0, columns.size())
        .mapToObj(column -> selected(column, isThere.test(column)))
        .collect(Collectors.joining(", "));
  }

  /** The same of columns that are there under the names of {@link #named}. */
  String namedSelection(IntPredicate isThere) {
    return IntStream.range(0, columns.size())
        .mapToObj(column ->
            isThere.test(column) && isNameable()
                ? Sql.identifier(columns.get(column).name())
                : selected(column, isThere.test(column)))
        .collect(Collectors.joining(", "));
  }

  /** A schema with numbered columns, with names for them that people know. */
  Schema named(Schema numbered) {
    if (!isNameable()) {
      return numbered;
    }
    return new Schema(
        IntStream.range(0, columns.size())
            .mapToObj(column -> named(columns.get(column).name(), numbered.getFields().get(column)))
            .toList());
  }

  private static Field named(String name, Field field) {
    return new Field(name, field.getFieldType(), field.getChildren());
  }

  /** Whether all names come through Arrow's C interface as they are. */
  private boolean isNameable() {
    return names().stream()
        .allMatch(name -> name.length() <= Limits.NAME_CHARS && name.indexOf(0) < 0);
  }

  private String selected(int number, boolean isThere) {
    Column column = columns.get(number);
    String name = " AS " + Sql.identifier(column.name());
    if (isThere) {
      return NumberedColumns.at(number) + name;
    }
    String why =
        column.type().isPresent()
            ? "column " + column.name() + " was not read"
            : "column %s has the Arrow type %s, which SQL can't read"
                .formatted(column.name(), ReadableTypes.text(column.field()));
    return "error(" + Sql.literal(why) + ")::" + type(number) + name;
  }

  /** The first name of its kind stays; DuckDB has capitals and small letters alike. */
  private static String unique(String name, Set<String> taken) {
    String unique = name.isEmpty() ? "_" : name;
    for (int i = 1; !taken.add(unique.toLowerCase(Locale.ROOT)); i++) {
      unique = name + "_" + i;
    }
    return unique;
  }

  private static List<Optional<String>> types(
      Schema schema, DuckDBConnection connection, BufferAllocator allocator) throws SQLException {
    List<Integer> all = IntStream.range(0, schema.getFields().size()).boxed().toList();
    if (all.isEmpty()) {
      return List.of();
    }
    try {
      if (schema.getFields().stream().allMatch(ReadableTypes::isReadable)) {
        return described(schema, all, connection, allocator).stream().map(Optional::of).toList();
      }
    } catch (SQLException someIsUnreadable) {
      // which is found below
    }
    var types = new ArrayList<Optional<String>>();
    for (Integer column : all) {
      types.add(type(schema, column, connection, allocator));
    }
    return types;
  }

  private static Optional<String> type(
      Schema schema, Integer column, DuckDBConnection connection, BufferAllocator allocator) {
    if (!ReadableTypes.isReadable(schema.getFields().get(column))) {
      return Optional.empty();
    }
    try {
      return Optional.of(described(schema, List.of(column), connection, allocator).getFirst());
    } catch (SQLException unreadable) {
      return Optional.empty();
    }
  }

  private static List<String> described(
      Schema schema, List<Integer> columns, DuckDBConnection connection, BufferAllocator allocator)
      throws SQLException {
    Schema numbered = NumberedColumns.of(schema);
    try (var nothing = new BatchReader(numbered, columns, () -> null, allocator);
        ArrowArrayStream stream = ArrowArrayStream.allocateNew(allocator);
        Statement statement = connection.createStatement()) {
      Data.exportArrayStream(allocator, nothing, stream);
      connection.registerArrowStream(PROBE, stream);
      try (ResultSet rows =
          statement.executeQuery("SELECT column_type FROM (DESCRIBE FROM " + PROBE + ")")) {
        var types = new ArrayList<String>();
        while (rows.next()) {
          types.add(rows.getString(1));
        }
        requireNamed(types, connection);
        return types;
      } finally {
        statement.execute("DROP VIEW IF EXISTS " + PROBE);
      }
    } catch (IOException | RuntimeException e) {
      throw new SQLException(e);
    }
  }

  /** DuckDB makes types of streams that it does not take where they are written out. */
  private static void requireNamed(List<String> types, DuckDBConnection connection)
      throws SQLException {
    String casts = types.stream().map(type -> "NULL::" + type).collect(Collectors.joining(", "));
    try (Statement statement = connection.createStatement()) {
      statement.executeQuery("SELECT " + casts + " LIMIT 0").close();
    }
  }
}
