package dev.hangar.query.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.hangar.query.arrow.SharedMemory;
import dev.hangar.query.dataset.Dataset;
import dev.hangar.query.dataset.DatasetException;
import dev.hangar.query.dataset.Datasets;
import dev.hangar.query.dataset.Mount;
import dev.hangar.query.duckdb.Sandbox;
import dev.hangar.query.file.DataFileWriter;
import dev.hangar.query.sql.QueryPlan.Scan;
import dev.hangar.store.TableName;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.arrow.compression.CommonsCompressionFactory;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.IntervalDayVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.compression.CompressionUtil.CodecType;
import org.apache.arrow.vector.dictionary.Dictionary;
import org.apache.arrow.vector.dictionary.DictionaryProvider.MapDictionaryProvider;
import org.apache.arrow.vector.ipc.ArrowFileWriter;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.ipc.message.IpcOption;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.DictionaryEncoding;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.duckdb.DuckDBConnection;
import org.duckdb.DuckDBResultSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Statements over files in Arrow's own formats. */
@Timeout(120)
class ArrowFilesTest {
  private static final long MEMORY_BYTES = dev.hangar.query.dataset.Limits.READERS_BYTES;

  private static final String NUMBERS = "SELECT i AS a, 'x' || i AS b FROM range(10000) r(i)";

  @TempDir Path folder;
  private Datasets datasets;
  private SqlTestTables tables;

  @BeforeEach
  void start() throws IOException {
    Path root = folder.toRealPath();
    datasets =
        Datasets.of(List.of(Mount.parse(root.toString())), MEMORY_BYTES, SharedMemory.UNCOUNTED);
    tables =
        new SqlTestTables(
            new SqlSettings(
                2, 4, 256L << 20, 2L << 30, Duration.ofMinutes(1), List.of(root), null));
  }

  @AfterEach
  void everythingIsGivenBack() {
    tables.close();
    datasets.close(); // fails where memory is not given back
  }

  @ParameterizedTest
  @ValueSource(strings = {"f.arrow", "f.feather", "f.arrows"})
  void theyAreReadAsTablesAre(String file) throws Exception {
    write(file, NUMBERS);
    tables.create("t", "SELECT i * 100 AS a, i AS c FROM range(50) r(i)");
    assertThat(rows("SELECT f.b, t.c FROM '%s' f JOIN t USING (a) WHERE t.c > 47", file))
        .containsExactlyInAnyOrder("x4800|48", "x4900|49");
    assertThat(rows("SELECT count(*), sum(a), min(b) FROM '%s'", file))
        .containsExactly("10000|49995000|x0");
    assertThat(rows("SELECT a FROM '%s'", file)).hasSize(10_000).startsWith("0", "1", "2");
    assertThat(rows("SELECT * FROM '%s' WHERE a = 7", file)).containsExactly("7|x7");
    assertThat(rows("SELECT count(*) FROM '%1$s' x JOIN '%1$s' y ON x.a = y.a + 1", file))
        .containsExactly("9999");
    assertThat(
            rows(
                "WITH s AS NOT MATERIALIZED (SELECT a FROM '%s') "
                    + "SELECT count(*) FROM s x JOIN s y USING (a)",
                file))
        .as("read twice")
        .containsExactly("10000");
  }

  @Test
  void allTypesAreWhatTheyAreInParquet() throws Exception {
    String sql =
        "SELECT CASE WHEN i % 7 > 0 THEN i END AS n, (i / 3)::DECIMAL(12, 3) AS d, "
            + "TIMESTAMPTZ '2024-01-01 00:00:00+00' + to_hours(i::INT) AS z, i % 2 = 0 AS b, "
            + "[i, NULL, i + 1] AS l, {'x': i, 'y': 'é' || i} AS s, i::VARCHAR::BLOB AS y, "
            + "DATE '2024-01-01' + i::INT AS t, i::FLOAT AS f FROM range(5000) r(i)";
    write("f.arrow", sql);
    write("f.parquet", sql);
    for (String order :
        List.of("'f.arrow' EXCEPT ALL FROM 'f.parquet'", "'f.parquet' EXCEPT ALL FROM 'f.arrow'")) {
      assertThat(rows("FROM " + order)).isEmpty();
    }
    assertThat(rows("SELECT count(*), count(n), sum(l[3])::BIGINT, max(s.y) FROM 'f.arrow'"))
        .containsExactly("5000|4285|12502500|é999");
  }

  @Test
  void dictionariesAndCompressedBatchesAreUnderstood() throws Exception {
    dictionary(folder.resolve("f.arrow"), CodecType.ZSTD);
    dictionary(folder.resolve("g.arrow"), CodecType.LZ4_FRAME);
    for (String file : List.of("f.arrow", "g.arrow")) {
      assertThat(
              rows("SELECT word, count(*), sum(n)::BIGINT FROM '%s' GROUP BY 1 ORDER BY 1", file))
          .containsExactly("no|1500|2248500", "yes|1500|2250000");
    }
  }

  @Test
  void valuesThatDuckDbMistakesAreRefusedWhereTheyAreRead() throws Exception {
    try (var allocator = new RootAllocator();
        var n = new IntVector("n", allocator);
        var span = new IntervalDayVector("span", allocator);
        var root = VectorSchemaRoot.of((FieldVector) n, span);
        var out = new FileOutputStream(folder.resolve("f.arrow").toFile());
        var writer = new ArrowFileWriter(root, null, out.getChannel())) {
      n.setSafe(0, 7);
      span.setSafe(0, 1, 1);
      root.setRowCount(1);
      writer.writeBatch();
      writer.end();
    }
    assertThat(rows("SELECT n FROM 'f.arrow'")).containsExactly("7");
    assertThatThrownBy(() -> rows("SELECT span FROM 'f.arrow'"))
        .isInstanceOf(SqlException.class)
        .hasMessageContaining("column span has the value PT24H0.001S")
        .hasMessageContaining("SQL holds only intervals of other units");
  }

  @Test
  void onlyTheColumnsThatCountAreRead() throws Exception {
    write("f.arrow", NUMBERS);
    try (PreparedQuery query = prepare("SELECT max(b) FROM 'f.arrow'")) {
      assertThat(query.plan().scans())
          .singleElement()
          .isInstanceOfSatisfying(
              Scan.Columns.class, scan -> assertThat(scan.columns()).containsExactly(1));
    }
  }

  @Test
  void namesThatAreNotThereAreToldWithTheirPlace() throws Exception {
    write("f.arrow", NUMBERS);
    SqlException failure =
        catchThrowableOfType(SqlException.class, () -> prepare("SELECT nope FROM 'f.arrow'"));
    assertThat(failure.kind()).isEqualTo(SqlException.Kind.INVALID);
    assertThat(failure.position()).hasValue(7);
    assertThat(failure).hasMessageContaining("nope");
    assertThatThrownBy(() -> prepare("INSERT INTO \"f.arrow\" SELECT 1, 'x'"))
        .hasMessage("f.arrow is a file, and rows can be added to tables alone");
  }

  @Test
  void aFileThatChangedSinceItWasFoundIsNotRead() throws Exception {
    write("f.arrow", NUMBERS);
    write("g.arrows", NUMBERS);
    for (String file : List.of("f.arrow", "g.arrows")) {
      PreparedQuery before = prepare("SELECT sum(a) FROM '%s'", file);
      PreparedQuery unread = prepare("SELECT sum(a) FROM '%s'", file);
      write(file, "SELECT 5::BIGINT AS a, 'y' AS b");
      assertChanged(before, file);
      try (PreparedQuery after = prepare("SELECT sum(a) FROM '%s'", file)) {
        assertThat(after.key()).isNotEqualTo(before.key());
        assertThat(after.plan()).as("planned once").isSameAs(before.plan());
      }
      assertThat(rows("SELECT sum(a) FROM '%s'", file)).containsExactly("5");
      write(file, "SELECT 5::BIGINT AS a, 'y' AS b LIMIT 0");
      assertChanged(unread, file);
      assertThat(rows("SELECT count(*) FROM '%s'", file)).containsExactly("0");
    }
  }

  @Test
  void aFileOfOtherColumnsIsPlannedAnew() throws Exception {
    write("f.arrow", NUMBERS);
    assertThat(rows("SELECT * FROM 'f.arrow' WHERE a = 1")).containsExactly("1|x1");
    write("f.arrow", "SELECT 'one' AS z, 1 AS a");
    assertThat(rows("SELECT * FROM 'f.arrow' WHERE a = 1")).containsExactly("one|1");
  }

  @Test
  void filesLargerThanTheMemoryForThemAreRead() throws Exception {
    write("f.arrow", "SELECT range AS a, hash(range) AS b, -range AS c FROM range(12000000)");
    assertThat(Files.size(folder.resolve("f.arrow"))).isGreaterThan(3 * MEMORY_BYTES / 2);
    assertThat(rows("SELECT sum(a + c)::BIGINT, count(b), count(*) FROM 'f.arrow'"))
        .containsExactly("0|12000000|12000000");
  }

  @Test
  void damageIsToldWithTheFilesName() throws Exception {
    write("f.arrow", NUMBERS);
    Path file = folder.resolve("f.arrow");
    byte[] bytes = Files.readAllBytes(file);
    int at = indexOf(bytes, new byte[] {2, 0, 0, 0, 4, 0, 0, 0, 6, 0, 0, 0}); // offsets of x0, x1 …
    bytes[at + 7] = 1; // far behind the values
    Files.write(file, bytes);
    assertThatThrownBy(() -> rows("SELECT max(b) FROM 'f.arrow'"))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining("f.arrow")
        .hasMessageNotContaining(folder.toString());
    Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length / 2));
    assertThatThrownBy(() -> rows("SELECT max(b) FROM 'f.arrow'"))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining("f.arrow");
    assertThat(rows("SELECT 1::BIGINT")).containsExactly("1");
  }

  private void assertChanged(PreparedQuery query, String file) {
    DatasetException failure =
        catchThrowableOfType(DatasetException.class, () -> tables.rows(query));
    assertThat(failure).isNotNull();
    assertThat(failure.kind()).isEqualTo(DatasetException.Kind.CHANGED);
    assertThat(failure).hasMessageContaining(file).hasMessageContaining("was changed");
  }

  /** Behind FROM names may stand in apostrophes too. */
  private PreparedQuery prepare(String sql, Object... names) {
    return tables.engine.prepare(SqlCommand.of(sql.formatted(names)), this::table);
  }

  private List<String> rows(String sql, Object... names) {
    return tables.rows(prepare(sql, names));
  }

  private SqlTable table(TableName name) {
    return datasets.find(name).map(ArrowFilesTest::table).orElseGet(() -> tables.open(name));
  }

  private static SqlTable table(Dataset dataset) {
    return dataset
        .scan()
        .<SqlTable>map(scan ->
            new SqlTable.Files(scan, dataset.fingerprint(), dataset.rows(), dataset.bytes()))
        .orElseGet(() -> SqlTable.ArrowFile.of(dataset));
  }

  /** A file of what DuckDB answers, in batches of 2,048 rows, in the format of its ending. */
  private void write(String name, String sql) throws Exception {
    try (var allocator = new RootAllocator();
        DuckDBConnection duckDb = Sandbox.connect(true, List.of());
        var statement = duckDb.createStatement();
        var rows = (DuckDBResultSet) statement.executeQuery(sql);
        ArrowReader reader = (ArrowReader) rows.arrowExportStream(allocator, 2048)) {
      Path aside = folder.resolve("aside-" + name);
      new DataFileWriter(allocator, count -> {}).write(reader, aside);
      Files.move(aside, folder.resolve(name), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /** Three batches of 1,000 rows: numbers, and words by their numbers. */
  private static void dictionary(Path file, CodecType codec) throws IOException {
    var encoding = new DictionaryEncoding(5, false, new ArrowType.Int(32, true));
    try (var allocator = new RootAllocator();
        var words = new VarCharVector("words", allocator);
        var n = new IntVector("n", allocator);
        var codes =
            new IntVector(
                "word", new FieldType(true, encoding.getIndexType(), encoding), allocator);
        var root = VectorSchemaRoot.of((FieldVector) n, codes);
        var out = new FileOutputStream(file.toFile());
        var writer =
            new ArrowFileWriter(
                root,
                new MapDictionaryProvider(new Dictionary(words, encoding)),
                out.getChannel(),
                null,
                IpcOption.DEFAULT,
                CommonsCompressionFactory.INSTANCE,
                codec)) {
      words.setSafe(0, "no".getBytes(StandardCharsets.UTF_8));
      words.setSafe(1, "yes".getBytes(StandardCharsets.UTF_8));
      words.setValueCount(2);
      writer.start();
      for (int batch = 0; batch < 3; batch++) {
        for (int row = 0; row < 1_000; row++) {
          n.setSafe(row, batch * 1_000 + row);
          codes.setSafe(row, row % 2);
        }
        root.setRowCount(1_000);
        writer.writeBatch();
      }
      writer.end();
    }
  }

  private static int indexOf(byte[] bytes, byte[] part) {
    for (int at = 0; at <= bytes.length - part.length; at++) {
      if (java.util.Arrays.equals(bytes, at, at + part.length, part, 0, part.length)) {
        return at;
      }
    }
    throw new AssertionError("the value is not there");
  }
}
