package dev.hangar.query.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.TinyIntVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.Dictionary;
import org.apache.arrow.vector.dictionary.DictionaryProvider.MapDictionaryProvider;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.DictionaryEncoding;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DataFileTest {
  private static final Schema NUMBERS =
      new Schema(List.of(Field.nullable("n", new ArrowType.Int(64, true))), Map.of("k", "v"));

  @TempDir Path folder;
  private final BufferAllocator allocator = new RootAllocator();
  private final DataFileWriter writer = new DataFileWriter(allocator, rows -> {});

  @AfterEach
  void nothingIsLeftAllocatedAndNoFileHalfWritten() throws IOException {
    allocator.close();
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).noneMatch(file -> file.toString().endsWith(".part"));
    }
  }

  private ArrowReader numbers(int... batchRows) {
    @SuppressWarnings({"unchecked", "rawtypes"})
    java.util.function.Consumer<org.apache.arrow.vector.VectorSchemaRoot>[] batches =
        new java.util.function.Consumer[batchRows.length];
    for (int b = 0; b < batchRows.length; b++) {
      int rows = batchRows[b];
      batches[b] =
          root -> {
            var vector = (BigIntVector) root.getVector(0);
            for (int i = 0; i < rows; i++) {
              vector.setSafe(i, i);
            }
            root.setRowCount(rows);
          };
    }
    return Rows.reader(NUMBERS, allocator, batches);
  }

  private Path written(String name, int... batchRows) throws IOException {
    Path file = folder.resolve(name);
    try (ArrowReader batches = numbers(batchRows)) {
      assertThat(writer.write(batches, file)).isEqualTo(Arrays.stream(batchRows).sum());
    }
    return file;
  }

  @ParameterizedTest
  @ValueSource(strings = {"t.parquet", "t.csv", "t.csv.gz", "t.jsonl", "t.arrow", "t.arrows"})
  void batchesComeBackInOrder(String name) throws IOException {
    Path file = written(name, 3, 0, 100_000, 1);
    List<List<Object>> rows = Rows.of(file, allocator);
    assertThat(rows).hasSize(100_004);
    assertThat(rows.subList(3, 100_003)).extracting(List::getFirst).isSorted();
    assertThat(rows.getLast()).containsExactly(0L);
  }

  @ParameterizedTest
  @ValueSource(strings = {"t.parquet", "t.csv", "t.arrow", "t.arrows"})
  void tablesOfNoRowsKeepTheirColumns(String name) throws IOException {
    for (Path file : List.of(written(name), written("0" + name, 0))) {
      assertThat(Rows.of(file, allocator)).isEmpty();
      assertThat(Rows.fields(file, allocator)).extracting(Field::getName).containsExactly("n");
    }
  }

  @Test
  void rowsAreKnownFromMetadata() throws IOException {
    for (String name : List.of("t.parquet", "t.arrow")) {
      try (DataFile data = DataFile.open(written(name, 5, 7), allocator)) {
        assertThat(data.rows()).hasValue(12);
      }
    }
  }

  @Test
  void contentGoesBeforeTheEnding() throws IOException {
    Path parquet = written("t.parquet", 5);
    Path renamed = Files.move(parquet, folder.resolve("t.dat"));
    try (DataFile data = DataFile.open(renamed, allocator)) {
      assertThat(data.format()).isEqualTo(FileFormat.PARQUET);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"PARQUET", "CSV", "JSON_LINES", "ARROW_FILE", "ARROW_STREAM"})
  void pipesCarryEveryFormat(FileFormat format) throws IOException {
    var out = new ByteArrayOutputStream();
    try (ArrowReader batches = numbers(3)) {
      assertThat(writer.write(batches, out, format)).isEqualTo(3);
    }
    var in = new ByteArrayInputStream(out.toByteArray());
    try (DataFile data = DataFile.open(in, "standard input", allocator)) {
      assertThat(data.format()).isEqualTo(format);
      assertThat(Rows.of(data.reader())).containsExactly(List.of(0L), List.of(1L), List.of(2L));
    }
  }

  @Test
  void jsonOfManyTypesIsRead() throws IOException {
    Path json = folder.resolve("t.json");
    Files.writeString(
        json, "{\"a\":1,\"b\":\"x\",\"c\":[1,2]}\n{\"a\":null,\"b\":\"NA\",\"d\":true}\n");
    assertThat(Rows.of(json, allocator))
        .containsExactly(
            Arrays.asList(1L, "x", List.of(1L, 2L), null), Arrays.asList(null, "NA", null, true));
    Path array = Files.writeString(folder.resolve("u.json"), "[{\"a\":1},{\"a\":2}]");
    assertThat(Rows.of(array, allocator)).containsExactly(List.of(1L), List.of(2L));
  }

  @Test
  void bodiesOfWideTablesStaySmall() throws IOException {
    Path csv = folder.resolve("wide.csv");
    String line = ("12345678,".repeat(200) + "0\n");
    Files.writeString(csv, line.replace("12345678", "abcdefgh") + line.repeat(10_000));
    try (DataFile data = DataFile.open(csv, allocator)) {
      data.reader().loadNextBatch();
      assertThat(data.reader().getVectorSchemaRoot().getRowCount()).isEqualTo(2048);
      assertThat(data.reader().bytesRead()).isLessThan(8 << 20);
    }
  }

  @Test
  void readerClosedEarlyLeavesNothing() throws IOException {
    Path parquet = written("t.parquet", 200_000);
    try (DataFile data = DataFile.open(parquet, allocator)) {
      assertThat(data.reader().loadNextBatch()).isTrue();
    }
    try (DataFile data = DataFile.open(parquet, allocator)) {
      assertThat(data.reader().getVectorSchemaRoot().getSchema().getFields()).hasSize(1);
    }
  }

  @Test
  void whatIsNoFileOfRowsIsSaid() throws IOException {
    refused(folder.resolve("none.csv"), "does not exist");
    refused(folder, "is a directory");
    refused(Files.createFile(folder.resolve("empty.csv")), "is empty");
    refused(Files.write(folder.resolve("a.bin"), new byte[] {1, 0, 2, 0}), "unknown format");
    refused(Files.writeString(folder.resolve("a.xlsx"), "PK\3\4\0\0"), "ZIP");
    refused(Files.writeString(folder.resolve("a.parquet"), "hello\n"), "named like Parquet");
    refused(Files.writeString(folder.resolve("b.parquet"), "PAR1 but nothing else"), "damaged");
    refused(Files.writeString(folder.resolve("b.arrow"), "ARROW1\0\0 but nothing"), "damaged");
    refused(Files.writeString(folder.resolve("a.jsonl"), "{\"a\":1}\n{\"a\":\n"), "a.jsonl");
  }

  private void refused(Path file, String reason) {
    assertThatThrownBy(() -> Rows.of(file, allocator))
        .isInstanceOf(DataFileException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining(reason)
        .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"t.parquet", "t.arrow", "t.arrows"})
  void filesCutShortAreRefused(String name) throws IOException {
    Path file = written(name, 50_000, 50_000);
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length * 3 / 4));
    refused(file, "damaged or cut short");
  }

  @Test
  void writingFailsWithOneSentence() throws IOException {
    try (ArrowReader batches = numbers(3)) {
      assertThatThrownBy(() -> writer.write(batches, folder.resolve("t.xyz")))
          .hasMessageContaining("t.xyz")
          .hasMessageContaining(".parquet");
      assertThatThrownBy(() -> writer.write(batches, folder.resolve("no/t.csv")))
          .hasMessageContaining("folder does not exist");
      assertThatThrownBy(
              () -> writer.write(batches, Files.createDirectory(folder.resolve("d.csv"))))
          .hasMessageContaining("is a directory");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"t.parquet", "t.csv", "t.arrow"})
  void sourceThatFailsLeavesTheOldFile(String name) throws IOException {
    Path file = written(name, 2);
    byte[] before = Files.readAllBytes(file);
    byte[] stream;
    var out = new ByteArrayOutputStream();
    try (ArrowReader batches = numbers(10_000, 10_000)) {
      writer.write(batches, out, FileFormat.ARROW_STREAM);
      stream = out.toByteArray();
    }
    byte[] half = Arrays.copyOf(stream, stream.length / 2 + 30_000);
    try (var broken = new ArrowStreamReader(new ByteArrayInputStream(half), allocator)) {
      assertThatThrownBy(() -> writer.write(broken, file)).isInstanceOf(IOException.class);
    }
    assertThat(file).hasBinaryContent(before);
  }

  @Test
  void tableWithoutColumnsGoesToArrowOnly() throws IOException {
    var none = new Schema(List.of());
    Path arrow = folder.resolve("t.arrow");
    try (ArrowReader batches = Rows.reader(none, allocator, root -> root.setRowCount(3))) {
      writer.write(batches, arrow);
      try (DataFile data = DataFile.open(arrow, allocator)) {
        assertThat(data.rows()).hasValue(3);
      }
      assertThatThrownBy(() -> writer.write(batches, folder.resolve("t.csv")))
          .hasMessageContaining("without columns");
    }
  }

  @Test
  void namesThatDifferInCaseOrNotAtAllAreDifferentColumns() throws IOException {
    var number = new ArrowType.Int(64, true);
    for (List<String> names : List.of(List.of("a", "A"), List.of("a", "a"))) {
      var schema = new Schema(names.stream().map(name -> Field.nullable(name, number)).toList());
      for (String ending : List.of("csv", "parquet")) {
        Path file = folder.resolve("t." + ending);
        try (ArrowReader batches =
            Rows.reader(
                schema,
                allocator,
                root -> {
                  ((BigIntVector) root.getVector(0)).setSafe(0, 1);
                  ((BigIntVector) root.getVector(1)).setSafe(0, 2);
                  root.setRowCount(1);
                })) {
          writer.write(batches, file);
        }
        assertThat(Rows.of(file, allocator)).as(file.toString()).containsExactly(List.of(1L, 2L));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"t.parquet", "t.csv", "t.jsonl", "t.arrow", "t.arrows"})
  void dictionariesComeBackAsTheirValues(String name) throws IOException {
    var values = new VarCharVector("values", allocator);
    values.setSafe(0, "red".getBytes());
    values.setSafe(1, "blue".getBytes());
    values.setValueCount(2);
    var encoding = new DictionaryEncoding(1, false, new ArrowType.Int(8, true));
    var stream = new ByteArrayOutputStream();
    try (var dictionaries = new MapDictionaryProvider(new Dictionary(values, encoding));
        var indices =
            new TinyIntVector(
                "c", new FieldType(true, new ArrowType.Int(8, true), encoding), allocator);
        var root = VectorSchemaRoot.of(indices);
        var arrow = new ArrowStreamWriter(root, dictionaries, stream)) {
      indices.setSafe(0, 1);
      indices.setNull(1);
      indices.setSafe(2, 0);
      root.setRowCount(3);
      arrow.writeBatch();
    }
    Path file = folder.resolve(name);
    var in = new ByteArrayInputStream(stream.toByteArray());
    try (DataFile data = DataFile.open(in, "stdin", allocator)) {
      writer.write(data.reader(), file);
    }
    assertThat(Rows.of(file, allocator))
        .extracting(List::getFirst)
        .containsExactly("blue", null, "red");
  }

  @Test
  void lineOfTextFilesIsOneRow() throws IOException {
    var schema = new Schema(List.of(Field.nullable("t", new ArrowType.Utf8())));
    var out = new ByteArrayOutputStream();
    try (ArrowReader batches =
        Rows.reader(
            schema,
            allocator,
            root -> {
              ((VarCharVector) root.getVector(0)).setSafe(0, "a\nb\"".getBytes());
              root.setRowCount(2);
            })) {
      writer.write(batches, out, FileFormat.JSON_LINES);
    }
    assertThat(out).hasToString("{\"t\":\"a\\nb\\\"\"}\n{\"t\":null}\n");
  }
}
