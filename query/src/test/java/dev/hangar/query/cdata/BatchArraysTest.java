package dev.hangar.query.cdata;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hangar.query.arrow.BatchEncoder;
import dev.hangar.query.arrow.BatchSource.Loan;
import dev.hangar.query.arrow.BodyMemory;
import dev.hangar.query.duckdb.Sandbox;
import dev.hangar.store.Batch;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.arrow.c.ArrowArray;
import org.apache.arrow.c.CDataDictionaryProvider;
import org.apache.arrow.c.Data;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.duckdb.DuckDBConnection;
import org.duckdb.DuckDBResultSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Batches that go out through the C data interface, taken in again by Arrow's own importer. */
@Timeout(120)
class BatchArraysTest {
  private static final int ROWS = 5_000;

  /** Columns of every width, with and without nulls; the first three can be asked for values. */
  private static final String FLAT =
      "SELECT i::BIGINT - 2500 AS big, (i * 7919 % 5000)::INTEGER AS small,"
          + " CASE WHEN i % 10 = 0 THEN 'nan'::DOUBLE WHEN i % 10 = 1 THEN -1e9 ELSE i / 8 END AS real,"
          + " i % 3 = 0 AS bool, CASE WHEN i % 5 > 0 THEN i % 2 = 0 END AS bool_or_null,"
          + " (i % 100)::TINYINT AS tiny, (i % 1000)::SMALLINT AS short, i::FLOAT AS float,"
          + " DATE '2020-01-01' + i::INTEGER AS date, TIME '00:00:00' + to_seconds(i) AS time,"
          + " make_timestamp(i * 86400000000) AS stamp, (i / 7)::DECIMAL(9, 2) AS decimal,"
          + " (i * 12345678901234)::DECIMAL(38, 5) AS wide, uuid() AS uuid,"
          + " to_microseconds(i) + to_days(3) AS span, repeat('x', (i % 40)::INTEGER) || i AS text,"
          + " CASE WHEN i % 4 > 0 THEN repeat('é', (i % 9)::INTEGER) END AS text_or_null,"
          + " encode('b' || i) AS bytes FROM r";

  private static final String NESTED =
      "SELECT i::INTEGER AS n, range(i % 5) AS list, {'a': i, 'b': [i::VARCHAR, NULL]} AS struct,"
          + " map(['k' || i], [i]) AS map, [i, NULL, 3]::BIGINT[3] AS array, NULL AS none,"
          + " (CASE WHEN i % 2 = 0 THEN i::VARCHAR ELSE 'x' END)::UNION(num BIGINT, str VARCHAR) AS either,"
          + " CASE WHEN i % 7 > 0 THEN [[i], NULL, []] END AS lists FROM r";

  private final BufferAllocator allocator = new RootAllocator();
  private final AtomicInteger lent = new AtomicInteger();
  private DuckDBConnection duckDb;

  @BeforeEach
  void connect() throws Exception {
    duckDb = Sandbox.connect(true, List.of());
    run("CREATE TEMP TABLE r AS FROM range(" + ROWS + ") r(i)");
  }

  @AfterEach
  void everythingIsGivenBack() throws Exception {
    duckDb.close();
    assertThat(lent).hasValue(0);
    allocator.close();
  }

  @Test
  void columnsComeAsTheyAre() throws Exception {
    for (String sql : List.of(FLAT, NESTED)) {
      for (int rows : new int[] {1, 7, ROWS}) {
        run("CREATE OR REPLACE TEMP TABLE r AS FROM range(" + rows + ") r(i)");
        assertSame(sql, row -> true);
      }
    }
  }

  @Test
  void textsAndBytesComeAsViews() throws Exception {
    run("SET produce_arrow_string_view = true");
    run("SET arrow_output_version = '1.4'");
    assertThat(type("SELECT 'x' AS text")).isInstanceOf(ArrowType.Utf8View.class);
    assertSame(FLAT, row -> true);
    assertSame(NESTED, row -> true);
    assertSame(FLAT, row -> 17 <= small(row) && small(row) <= 90, bounds(1, 16.5, 90));
    assertSlice(1_024, 100, row -> 1_024 <= row && row < 1_124);
  }

  @Test
  void longOffsetsAreTaken() throws Exception {
    run("SET arrow_large_buffer_size = true");
    assertThat(type("SELECT 'x' AS text")).isInstanceOf(ArrowType.LargeUtf8.class);
    assertSame(FLAT, row -> row < 100, bounds(0, -1e300, -2401));
    assertSlice(1_024, 100, row -> 1_024 <= row && row < 1_124);
  }

  @Test
  void rowsThatCanNotCountAreLeftOut() throws Exception {
    assertSame(FLAT, row -> small(row) == 7, bounds(1, 7, 7));
    assertSame(FLAT, row -> row >= 4_999, bounds(0, 2498.5, 1e300));
    assertSame(
        FLAT,
        row -> 2_000 <= row && row < 2_500 && small(row) >= 1_000,
        bounds(1, 1_000, 1e300),
        bounds(0, -500, -1));
    // what is not a number is greater than all numbers
    assertSame(
        FLAT,
        row -> row % 10 == 0 || (row % 10 > 1 && 100 <= row && row <= 200),
        bounds(2, 100 / 8.0, 200 / 8.0));
  }

  @Test
  void someRowsComeWithoutTheOthers() throws Exception {
    for (int from : new int[] {0, 8, 1_024, 4_992}) {
      for (int count : new int[] {1, 7, 8}) {
        assertSlice(from, count, row -> from <= row && row < from + count);
      }
    }
    assertSlice(0, 5_000, row -> true);
    assertSlice(
        1_000, 3_000, row -> 1_000 <= row && row < 4_000 && small(row) == 7, bounds(1, 7, 7));
  }

  @Test
  void wholeBatchesCanBeLeftOut() throws Exception {
    assertSame(FLAT, row -> false, bounds(0, 2500, 1e300));
    assertSame(FLAT, row -> false, bounds(1, 7.1, 7.9));
    assertSame(FLAT, row -> false, bounds(1, 1e18, 1e19));
  }

  @Test
  void manyRowsAndNestedOnesComeWhole() throws Exception {
    assertSame(FLAT, row -> true, bounds(1, 0, 2500));
    assertSame(NESTED, row -> true, bounds(0, 7, 7));
  }

  @Test
  void whatIsLargeIsNotCopied() throws Exception {
    String texts = "SELECT i AS n, repeat('x', %d) AS text FROM r";
    assertSame(texts.formatted(10_000), row -> true, bounds(0, 0, 999));
    assertSame(texts.formatted(1_000), row -> row < 1_000, bounds(0, 0, 999));
  }

  @Test
  void someColumnsComeWithoutTheOthers() throws Exception {
    assertSame(NESTED, List.of(2, 7), row -> true);
    assertSame(FLAT, List.of(1, 4, 15), row -> small(row) == 7, bounds(0, 7, 7));
  }

  /** As pyarrow's {@code binary(0)}; DuckDB makes none, Arrow's importer takes none. */
  @Test
  void valuesWithoutBytesAreNoColumnsOfOthers() {
    var none = Field.nullable("none", new ArrowType.FixedSizeBinary(0));
    var number = Field.nullable("n", new ArrowType.Int(64, true));
    try (VectorSchemaRoot root = VectorSchemaRoot.create(new Schema(List.of(number)), allocator)) {
      var numbers = (BigIntVector) root.getVector(0);
      numbers.allocateNew(1);
      numbers.set(0, 7);
      root.setRowCount(1);
      Batch batch = Objects.requireNonNull(new BatchEncoder(root, this::allocate).encode());
      var arrays = new BatchArrays(List.of(number, none), List.of(0), List.of(), allocator);
      assertThat(imported(arrays::export, batch, root.getSchema())).containsExactly("7");
    }
  }

  private static int small(int row) {
    return row * 7919 % 5000;
  }

  private static ColumnBounds bounds(int column, double least, double most) {
    return new ColumnBounds(column, least, most);
  }

  private void run(String sql) throws Exception {
    try (var statement = duckDb.createStatement()) {
      statement.execute(sql);
    }
  }

  private ArrowType type(String sql) throws Exception {
    try (var statement = duckDb.createStatement();
        var result = (DuckDBResultSet) statement.executeQuery(sql);
        ArrowReader reader = (ArrowReader) result.arrowExportStream(allocator, ROWS)) {
      return reader.getVectorSchemaRoot().getVector(0).getField().getType();
    }
  }

  private interface Rows {
    boolean count(int row);
  }

  private void assertSame(String sql, Rows rows, ColumnBounds... bounds) throws Exception {
    assertSame(sql, List.of(), rows, bounds);
  }

  private void assertSlice(int from, int count, Rows rows, ColumnBounds... bounds)
      throws Exception {
    assertSame(
        FLAT,
        List.of(),
        rows,
        (arrays, loan) -> {
          assertThat(arrays.canSlice(loan.batch())).isTrue();
          return arrays.export(loan, from, count);
        },
        bounds);
  }

  /** Where none are named, all columns are asked for. */
  private void assertSame(String sql, List<Integer> some, Rows rows, ColumnBounds... bounds)
      throws Exception {
    assertSame(sql, some, rows, BatchArrays::export, bounds);
  }

  private void assertSame(
      String sql, List<Integer> some, Rows rows, Export export, ColumnBounds... bounds)
      throws Exception {
    try (var statement = duckDb.createStatement();
        var result = (DuckDBResultSet) statement.executeQuery(sql);
        ArrowReader reader = (ArrowReader) result.arrowExportStream(allocator, ROWS)) {
      VectorSchemaRoot root = reader.getVectorSchemaRoot();
      List<Field> fields = root.getSchema().getFields();
      List<Integer> columns =
          some.isEmpty() ? IntStream.range(0, fields.size()).boxed().toList() : some;
      var arrays = new BatchArrays(fields, columns, Arrays.asList(bounds), allocator);
      assertThat(reader.loadNextBatch()).isTrue();
      List<String> expected =
          texts(columns.stream().map(root::getVector).toList(), root.getRowCount(), rows);
      Batch batch = Objects.requireNonNull(new BatchEncoder(root, this::allocate).encode());
      var schema = new Schema(columns.stream().map(fields::get).toList());
      assertThat(imported(loan -> export.of(arrays, loan), batch, schema)).isEqualTo(expected);
    }
  }

  /** Hands rows of a batch over. */
  private interface Export {
    @Nullable ExportedArray of(BatchArrays arrays, Loan loan);
  }

  private List<String> imported(
      Function<Loan, @Nullable ExportedArray> export, Batch batch, Schema schema) {
    try (ExportedArray array =
            Objects.requireNonNull(export.apply(new Loan(batch, batch::release)));
        ArrowArray struct = ArrowArray.allocateNew(allocator);
        var dictionaries = new CDataDictionaryProvider();
        VectorSchemaRoot root = VectorSchemaRoot.create(schema, allocator)) {
      if (array.isEmpty()) {
        return List.of();
      }
      array.moveTo(struct.memoryAddress());
      Data.importIntoVectorSchemaRoot(allocator, struct, root, dictionaries);
      return texts(root.getFieldVectors(), root.getRowCount(), row -> true);
    }
  }

  private static List<String> texts(List<FieldVector> columns, int count, Rows rows) {
    var texts = new ArrayList<String>();
    for (int row = 0; row < count; row++) {
      if (rows.count(row)) {
        int at = row;
        Stream<String> values =
            columns.stream()
                .map(column ->
                    column.getObject(at) instanceof byte[] bytes
                        ? Arrays.toString(bytes)
                        : String.valueOf(column.getObject(at)));
        texts.add(String.join(" | ", values.toList()));
      }
    }
    return texts;
  }

  private BodyMemory.Room allocate(int bytes) {
    lent.incrementAndGet();
    return new BodyMemory.Room(ByteBuffer.allocateDirect(bytes), lent::decrementAndGet);
  }
}
