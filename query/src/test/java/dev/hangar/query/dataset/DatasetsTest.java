package dev.hangar.query.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hangar.query.arrow.SharedMemory;
import dev.hangar.query.dataset.DatasetException.Kind;
import dev.hangar.store.IllegalNameException;
import dev.hangar.store.TableName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class DatasetsTest {
  @TempDir Path folder;
  private Path root;
  private Datasets datasets;

  @BeforeEach
  void mount() throws IOException {
    root = Files.createDirectory(folder.resolve("root [1] *"));
    datasets =
        Datasets.of(
            List.of(Mount.parse(root.toString())), Limits.READERS_BYTES, SharedMemory.UNCOUNTED);
  }

  /** Fails where a buffer was not given back. */
  @AfterEach
  void close() {
    datasets.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "t.parquet",
        "t.csv",
        "t.csv.gz",
        "t.tsv",
        "t.jsonl",
        "t.arrow",
        "t.arrows",
        "t[1]*?{2}.parquet",
        "it's.csv",
        "ü n ï.arrow"
      })
  void everyKindOfFileIsReadInOrder(String file) throws Exception {
    DatasetFiles.numbers(root.resolve("a/b/" + file), 10_000);
    Dataset dataset = dataset("a/b/" + file);
    assertThat(dataset.schema().getFields()).extracting("name").containsExactly("n", "t");
    assertThat(dataset.rows()).isIn(10_000L, -1L);
    assertThat(dataset.bytes()).isPositive();
    List<List<Object>> rows = DatasetFiles.rows(dataset.read(DatasetRange.ALL));
    assertThat(rows).hasSize(10_000);
    assertThat(rows.get(9_999)).containsExactly(9_999L, "text 9999");
    assertThat(rows).extracting(row -> (Long) row.getFirst()).isSorted();
    try (var allocator = new RootAllocator();
        var reader = dataset.open(allocator)) {
      assertThat(DatasetFiles.rows(reader)).isEqualTo(rows);
    }
    assertThat(names()).containsExactly("a/b/" + file);
  }

  @Test
  void scansAreTextForDuckDb() throws Exception {
    DatasetFiles.numbers(root.resolve("t.parquet"), 10);
    DatasetFiles.numbers(root.resolve("t.csv"), 10);
    DatasetFiles.numbers(root.resolve("t.arrow"), 10);
    try (Connection db = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = db.createStatement()) {
      for (String name : List.of("t.parquet", "t.csv")) {
        String scan = dataset(name).scan().orElseThrow();
        var sum = statement.executeQuery("SELECT sum(s.n) FROM " + scan + " AS s");
        assertThat(sum.next()).isTrue();
        assertThat(sum.getLong(1)).isEqualTo(45);
      }
    }
    assertThat(dataset("t.arrow").scan()).isEmpty();
  }

  @Test
  void partitionedFoldersAreOneDatasetWithTheirKeys() throws Exception {
    DatasetFiles.parquet(root.resolve("sales/y=2023/m=1/a.parquet"), DatasetFiles.numbers(5), 2048);
    DatasetFiles.parquet(root.resolve("sales/y=2024/m=1/a.parquet"), DatasetFiles.numbers(7), 2048);
    DatasetFiles.parquet(root.resolve("sales/y=2024/m=2/b.pq"), DatasetFiles.numbers(9), 2048);
    Files.writeString(root.resolve("sales/y=2024/m=2/_SUCCESS"), "");
    Files.writeString(root.resolve("sales/y=2024/.hidden.parquet"), "");
    Files.writeString(root.resolve("sales/notes.csv"), "a,b\n1,2\n");
    assertThat(names()).containsExactlyInAnyOrder("sales", "sales/notes.csv");
    Dataset sales = dataset("sales");
    assertThat(sales.isPartitioned()).isTrue();
    assertThat(sales.rows()).isEqualTo(21);
    assertThat(sales.schema().getFields())
        .extracting("name")
        .containsExactlyInAnyOrder("n", "t", "y", "m");
    List<List<Object>> all = DatasetFiles.rows(sales.read(DatasetRange.ALL));
    assertThat(all).hasSize(21);
    assertThat(sales.ranges(1, 64)).containsExactly(DatasetRange.ALL);
  }

  @Test
  void rangesOfRowGroupsAreTheWholeInOrder() throws Exception {
    DatasetFiles.parquet(root.resolve("t.parquet"), DatasetFiles.numbers(100_000), 10_240);
    Dataset dataset = dataset("t.parquet");
    List<DatasetRange> ranges = dataset.ranges(1, 4);
    assertThat(ranges).hasSizeBetween(2, 4);
    List<List<Object>> together = new ArrayList<>();
    for (DatasetRange range : ranges) {
      together.addAll(DatasetFiles.rows(dataset.read(range)));
    }
    assertThat(together)
        .extracting(row -> (Long) row.getFirst())
        .isEqualTo(IntStream.range(0, 100_000).mapToObj(n -> (long) n).toList());
    assertThat(dataset.ranges(Long.MAX_VALUE, 64)).containsExactly(DatasetRange.ALL);
  }

  @Test
  void columnsNamedLikePositionsAreColumns() throws Exception {
    DatasetFiles.parquet(
        root.resolve("t.parquet"), "SELECT 7 - range AS file_row_number FROM range(8)", 2048);
    Dataset dataset = dataset("t.parquet");
    assertThat(dataset.ranges(1, 64)).containsExactly(DatasetRange.ALL);
    assertThat(DatasetFiles.rows(dataset.read(DatasetRange.ALL)).getFirst()).containsExactly(7L);
  }

  @Test
  void nothingOutsideTheRootAndNothingHiddenIsFound() throws Exception {
    Path secret = DatasetFiles.numbers(folder.resolve("secret.parquet"), 3);
    Path inside = DatasetFiles.numbers(root.resolve("in/inside.parquet"), 3);
    DatasetFiles.numbers(root.resolve(".hidden/x.parquet"), 3);
    DatasetFiles.numbers(root.resolve(".x.parquet"), 3);
    Files.writeString(root.resolve("readme.md"), "no data");
    Files.createSymbolicLink(root.resolve("out.parquet"), secret);
    Files.createSymbolicLink(root.resolve("outside"), folder);
    Files.createSymbolicLink(root.resolve("nowhere.parquet"), folder.resolve("none"));
    Files.createSymbolicLink(root.resolve("in/loop"), root);
    Files.createSymbolicLink(root.resolve("link.parquet"), inside);
    assertThat(names()).containsExactlyInAnyOrder("in/inside.parquet", "link.parquet");
    for (String name :
        List.of(
            "../secret.parquet",
            "in/../in/inside.parquet",
            "./in/inside.parquet",
            "out.parquet",
            "outside/secret.parquet",
            "nowhere.parquet",
            ".hidden/x.parquet",
            ".x.parquet",
            "..\\secret.parquet",
            "readme.md",
            "in")) {
      assertThat(datasets.find(TableName.parse(name))).as(name).isEmpty();
    }
    assertThat(DatasetFiles.rows(dataset("link.parquet").read(DatasetRange.ALL))).hasSize(3);
    assertThatThrownBy(() -> TableName.parse(secret.toString()))
        .isInstanceOf(IllegalNameException.class);
  }

  @Test
  void damagedFilesSayWhatTheyAreAndHarmNoOther() throws Exception {
    DatasetFiles.numbers(root.resolve("good.parquet"), 3);
    Path cut = DatasetFiles.parquet(root.resolve("cut.parquet"), DatasetFiles.numbers(9), 2048);
    byte[] bytes = Files.readAllBytes(cut);
    Files.write(cut, Arrays.copyOf(bytes, bytes.length / 2));
    Files.writeString(root.resolve("text.parquet"), "hello");
    Files.write(root.resolve("empty.parquet"), new byte[0]);
    for (String name : List.of("cut.parquet", "text.parquet", "empty.parquet")) {
      for (int again = 0; again < 2; again++) {
        assertThatThrownBy(() -> dataset(name).rows())
            .isInstanceOfSatisfying(
                DatasetException.class,
                e -> {
                  assertThat(e.kind()).isEqualTo(Kind.UNREADABLE);
                  assertThat(e).hasMessageContaining(name);
                  assertThat(e.getMessage()).doesNotContain(folder.toString());
                });
      }
    }
    assertThat(DatasetFiles.rows(dataset("good.parquet").read(DatasetRange.ALL))).hasSize(3);
  }

  @Test
  void filesThatChangeAreNeverMixed() throws Exception {
    Path file = root.resolve("t.parquet");
    DatasetFiles.parquet(file, DatasetFiles.numbers(1_000_000), 122_880);
    Dataset before = dataset("t.parquet");
    String fingerprint = before.fingerprint();
    assertThat(dataset("t.parquet").fingerprint()).isEqualTo(fingerprint);
    try (DatasetMessages messages = before.read(DatasetRange.ALL)) {
      messages.next().release().run();
      Path other = DatasetFiles.parquet(folder.resolve("o.parquet"), DatasetFiles.numbers(9), 2048);
      Files.move(other, file, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
      assertThatThrownBy(
              () -> {
                for (DatasetMessages.Message m; (m = messages.next()) != null; ) {
                  m.release().run();
                }
              })
          .isInstanceOfSatisfying(
              DatasetException.class, e -> assertThat(e.kind()).isEqualTo(Kind.CHANGED));
    }
    assertThat(before.isCurrent()).isFalse();
    assertThat(dataset("t.parquet").fingerprint()).isNotEqualTo(fingerprint);
    assertThat(dataset("t.parquet").rows()).isEqualTo(9);
  }

  @Test
  void readersWhoseClientsDoNotReadMakeRoomForOthers() throws Exception {
    DatasetFiles.parquet(root.resolve("t.parquet"), DatasetFiles.numbers(4_000_000), 122_880);
    Dataset dataset = dataset("t.parquet");
    List<DatasetMessages> waiting = new ArrayList<>();
    for (int i = 0; i < 6; i++) { // three times as many as may read at once
      DatasetMessages messages = dataset.read(DatasetRange.ALL);
      waiting.add(messages);
      messages.next().release().run();
    }
    for (DatasetMessages messages : waiting) {
      long rows = 0;
      for (DatasetMessages.Message m; (m = messages.next()) != null; ) {
        rows += m.rows();
        m.release().run();
      }
      assertThat(rows).isBetween(4_000_000L - 65_536, 4_000_000L - 1);
      messages.close();
    }
  }

  @Test
  void tooManyReadersAreRefused() {
    var turns = new Turns(1, 1, Duration.ofMillis(100), Turns.Room.NONE);
    TableName name = TableName.parse("t.csv");
    Runnable end = turns.take(name, Turns.KEEPING);
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> turns.take(name, Turns.KEEPING))
          .isInstanceOfSatisfying(
              DatasetException.class, e -> assertThat(e.kind()).isEqualTo(Kind.BUSY));
    }
    end.run();
    end.run();
    turns.take(name, Turns.KEEPING).run();
  }

  @Test
  void namesNearOneThatIsNotThereAreTold() throws Exception {
    DatasetFiles.numbers(root.resolve("trades.parquet"), 3);
    assertThatThrownBy(() -> datasets.get(TableName.parse("trade.parquet")))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining("nearest: \"trades.parquet\"");
  }

  @Test
  void mountsHaveTheirNames() throws Exception {
    Path other = Files.createDirectory(folder.resolve("other"));
    DatasetFiles.numbers(other.resolve("k=1/t.parquet"), 3);
    DatasetFiles.numbers(root.resolve("t.csv"), 3);
    try (Datasets two =
        Datasets.of(
            List.of(Mount.parse(root.toString()), Mount.parse("lake/gold=" + other)),
            Limits.READERS_BYTES,
            SharedMemory.UNCOUNTED)) {
      assertThat(two.find(TableName.parse("lake/gold")).orElseThrow().rows()).isEqualTo(3);
      assertThat(two.find(TableName.parse("t.csv"))).isPresent();
      assertThat(two.roots()).containsExactly(root.toRealPath(), other.toRealPath());
      assertThat(two.isFile(TableName.parse("lake/gold/x.parquet"))).isTrue();
    }
    for (String bad : List.of("", "x=", "/no/such/folder", "a//b=" + other, root + "/t.csv")) {
      assertThatThrownBy(() -> Mount.parse(bad))
          .as(bad)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  private Dataset dataset(String name) {
    return datasets.get(TableName.parse(name));
  }

  private List<String> names() {
    List<String> names = new ArrayList<>();
    datasets.list(dataset -> names.add(dataset.name().toString()));
    return names;
  }
}
