package dev.hangar.query.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CsvTest {
  @TempDir Path folder;
  private final BufferAllocator allocator = new RootAllocator();

  @AfterEach
  void nothingIsLeftAllocated() {
    allocator.close();
  }

  private Path file(String name, String... lines) throws IOException {
    return Files.writeString(folder.resolve(name), String.join("\n", lines) + "\n");
  }

  private List<String> types(Path file) throws IOException {
    return Rows.types(file, allocator);
  }

  private List<List<Object>> rows(Path file) throws IOException {
    return Rows.of(file, allocator);
  }

  private static List<Object> row(Object... values) {
    return Arrays.asList(values);
  }

  @Test
  void numbersWithMissingWordsStayNumbers() throws IOException {
    Path csv = file("air.csv", "\"Ozone\",\"Wind\"", "41,7.4", "NA,8", "18,NA");
    assertThat(types(csv)).containsExactly("Ozone: Int(64, true)", "Wind: FloatingPoint(DOUBLE)");
    assertThat(rows(csv)).containsExactly(row(41L, 7.4), row(null, 8.0), row(18L, null));
  }

  @Test
  void namibiaStaysBesideNumbersWithMissingWords() throws IOException {
    Path csv = file("c.csv", "country,code,n,d", "Namibia,NA,1,2020-01-02", "Chad,TD,NA,NA");
    assertThat(types(csv))
        .containsExactly("country: Utf8", "code: Utf8", "n: Int(64, true)", "d: Date(DAY)");
    assertThat(rows(csv))
        .containsExactly(row("Namibia", "NA", 1L, 18263), row("Chad", "TD", null, null));
  }

  @Test
  void rowsKeepTheirOrderBesideMissingWords() throws IOException {
    Path csv = folder.resolve("long.csv");
    try (var out = Files.newBufferedWriter(csv)) {
      out.write("n,t,m\n");
      for (int i = 0; i < 300_000; i++) {
        out.write(i + ",text," + (i % 7 == 0 ? "NA" : Integer.toString(i)) + "\n");
      }
    }
    assertInOrder(csv);
    Path copy = folder.resolve("copy.csv");
    try (DataFile data = DataFile.open(csv, allocator)) {
      new DataFileWriter(allocator, rows -> {}).write(data.reader(), copy);
    }
    assertInOrder(copy);
  }

  private void assertInOrder(Path csv) throws IOException {
    long next = 0;
    for (List<Object> row : rows(csv)) {
      assertThat(row.getFirst()).isEqualTo(next++);
    }
    assertThat(next).isEqualTo(300_000);
  }

  @Test
  void datesOfOtherFormatsWithMissingWordsAreParsed() throws IOException {
    Path csv = file("d.csv", "who,when", "a,31/12/2020", "b,NA", "c,01/02/2021");
    assertThat(rows(csv)).containsExactly(row("a", 18627), row("b", null), row("c", 18659));
  }

  @Test
  void emptyFieldIsNullAndQuotedEmptyIsText() throws IOException {
    Path csv = file("e.csv", "a,b", ",1", "\"\",2", "x,");
    assertThat(rows(csv)).containsExactly(row(null, 1L), row("", 2L), row("x", null));
  }

  @Test
  void quotedNumbersWithQuotedEmptiesAreNumbers() throws IOException {
    Path csv = file("q.csv", "\"t\",\"n\"", "\"x\",\"1\"", "\"y\",\"\"");
    assertThat(rows(csv)).containsExactly(row("x", 1L), row("y", null));
  }

  @Test
  void quotesThatComeLateAreUnderstood() throws IOException {
    Path csv = folder.resolve("late.csv");
    try (var out = Files.newBufferedWriter(csv)) {
      out.write("n,t\n");
      for (int i = 0; i < 50_000; i++) {
        out.write(i + ",plain\n");
      }
      out.write("50000,\"a,b\"\n");
    }
    assertThat(rows(csv).getLast()).isEqualTo(row(50_000L, "a,b"));
  }

  @Test
  void headerAloneIsATableOfNoRows() throws IOException {
    Path csv = file("h.csv", "a,b");
    assertThat(types(csv)).containsExactly("a: Utf8", "b: Utf8");
    assertThat(rows(csv)).isEmpty();
  }

  @Test
  void tabsSemicolonsAndGzipAreFound() throws IOException {
    assertThat(rows(file("t.tsv", "a\tb", "1,5\tx"))).containsExactly(row("1,5", "x"));
    assertThat(rows(file("s.csv", "a;b", "1;x"))).containsExactly(row(1L, "x"));
    Path gzip = folder.resolve("z.csv.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(gzip))) {
      out.write("a,b\n1,x\n".getBytes(StandardCharsets.UTF_8));
    }
    assertThat(rows(gzip)).containsExactly(row(1L, "x"));
  }

  @Test
  void namesThatLookLikePatternsAreNames() throws IOException {
    file("x1.csv", "a", "2");
    Path odd = file("x[1]*.csv", "a", "1");
    assertThat(rows(odd)).containsExactly(row(1L));
    Path partition = Files.createDirectories(folder.resolve("year=2020"));
    Path inPartition = Files.writeString(partition.resolve("p's.csv"), "a\n1\n");
    assertThat(types(inPartition)).containsExactly("a: Int(64, true)");
  }

  @Test
  void lineOfAnotherLengthIsNamed() throws IOException {
    Path csv = file("rag.csv", "a,b", "1,2", "3,4,5");
    assertThatThrownBy(() -> rows(csv))
        .isInstanceOf(DataFileException.class)
        .hasMessageContaining("rag.csv")
        .hasMessageContaining("line 3");
  }

  @Test
  void valueOfAnotherTypeIsNamedByLineAndColumn() throws IOException {
    Path csv = folder.resolve("late.csv.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(csv))) {
      out.write("n,m\n".getBytes(StandardCharsets.UTF_8));
      for (int i = 0; i < 500_000; i++) {
        out.write((i + ",1\n").getBytes(StandardCharsets.UTF_8));
      }
      out.write("500000,oops\n".getBytes(StandardCharsets.UTF_8));
    }
    assertThatThrownBy(() -> rows(csv))
        .isInstanceOf(DataFileException.class)
        .hasMessageContaining("line 500002")
        .hasMessageContaining("column m")
        .hasMessageContaining("oops");
  }

  @Test
  void onlyTrueAndFalseAreBooleans() throws IOException {
    Path csv = file("b.csv", "sex,answer,flag,none", "f,yes,TRUE,", "f,no,false,");
    assertThat(types(csv)).containsExactly("sex: Utf8", "answer: Utf8", "flag: Bool", "none: Utf8");
    assertThat(rows(csv)).containsExactly(row("f", "yes", true, null), row("f", "no", false, null));
  }

  @Test
  void textThatIsNotUtf8IsSaid() throws IOException {
    Path csv = Files.write(folder.resolve("l.csv"), new byte[] {'a', '\n', 'x', (byte) 0xE9, '\n'});
    assertThatThrownBy(() -> rows(csv))
        .isInstanceOf(DataFileException.class)
        .hasMessageContaining("unicode");
  }

  @Test
  void textComesBackFromCsvAsItWas() throws IOException {
    Path csv = folder.resolve("t.csv");
    List<String> texts =
        Arrays.asList("x", null, "", "NA", "a,b", "say \"hi\"", "two\nlines", "cr\r", " sp ", "é");
    var schema =
        new Schema(
            List.of(
                Field.nullable("a,\"b", new ArrowType.Utf8()),
                Field.nullable("tail", new ArrowType.Utf8())));
    try (var reader =
        Rows.reader(
            schema,
            allocator,
            root -> {
              for (int i = 0; i < texts.size(); i++) {
                if (texts.get(i) != null) {
                  byte[] utf8 = texts.get(i).getBytes(StandardCharsets.UTF_8);
                  ((VarCharVector) root.getVector(0)).setSafe(i, utf8);
                }
                ((VarCharVector) root.getVector(1)).setSafe(i, "t".getBytes());
              }
              root.setRowCount(texts.size());
            })) {
      assertThat(new DataFileWriter(allocator, rows -> {}).write(reader, csv)).isEqualTo(10);
    }
    assertThat(types(csv)).containsExactly("a,\"b: Utf8", "tail: Utf8");
    assertThat(rows(csv)).extracting(List::getFirst).isEqualTo(texts);
  }

  @Test
  void pipesAreReadByContent() throws IOException {
    var in = new ByteArrayInputStream("a,b\n1,x\n".getBytes(StandardCharsets.UTF_8));
    try (DataFile data = DataFile.open(in, "standard input", allocator)) {
      assertThat(data.format()).isEqualTo(FileFormat.CSV);
      assertThat(Rows.of(data.reader())).containsExactly(row(1L, "x"));
    }
  }
}
