package dev.hangar.query.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hangar.query.arrow.SharedMemory;
import dev.hangar.query.dataset.DatasetException.Kind;
import dev.hangar.query.dataset.DatasetRange.Piece;
import dev.hangar.store.TableName;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Parquet files with damaged row groups. */
@Timeout(120)
class DamageTest {
  private static final int GROUPS = 10;
  private static final int GROUP_ROWS = 20_480;

  @TempDir Path folder;
  private Datasets datasets;

  @BeforeEach
  void mount() throws IOException {
    datasets =
        Datasets.of(
            List.of(Mount.parse(folder.toString())), Limits.READERS_BYTES, SharedMemory.UNCOUNTED);
  }

  /** Fails where a buffer was not given back. */
  @AfterEach
  void close() {
    datasets.close();
  }

  @ParameterizedTest
  @CsvSource({"0, n", "4, t", "7, n", "9, t"})
  void theRowGroupThatIsDamagedIsNamed(int group, String column) throws Exception {
    Path file = file();
    damage(file, group, column);
    long first = (long) group * GROUP_ROWS;
    assertThatThrownBy(() -> DatasetFiles.rows(dataset().read(DatasetRange.ALL)))
        .isInstanceOfSatisfying(
            DatasetException.class, e -> assertThat(e.kind()).isEqualTo(Kind.UNREADABLE))
        .hasMessageContaining("t.parquet")
        .hasMessageEndingWith(
            " (in row group %d, counted from 0, of 10: rows %d to %d)"
                .formatted(group, first, first + GROUP_ROWS - 1));
    for (DatasetRange range :
        List.of(new DatasetRange(0, first), new DatasetRange(first + GROUP_ROWS, Long.MAX_VALUE))) {
      long there = Math.min(range.to(), (long) GROUPS * GROUP_ROWS) - range.from();
      assertThat(DatasetFiles.rows(dataset().read(range))).hasSize((int) there);
    }
  }

  @Test
  void ofSeveralTheFirstIsNamed() throws Exception {
    Path file = file();
    damage(file, 8, "n");
    damage(file, 3, "n");
    assertThatThrownBy(() -> DatasetFiles.rows(dataset().read(DatasetRange.ALL)))
        .hasMessageContaining("in row group 3,");
    assertThatThrownBy(() ->
            DatasetFiles.rows(dataset().read(new DatasetRange(4 * GROUP_ROWS, Long.MAX_VALUE))))
        .hasMessageContaining("in row group 8,");
  }

  @Test
  void noGroupIsBlamedForWhatIsNotItsFault() {
    var asked = new ArrayList<DatasetRange>();
    var search =
        new DamageSearch(
            pieces(GROUPS),
            range -> {
              asked.add(range);
              throw new IOException("can't be opened");
            },
            () -> false);
    assertThat(search.find(0, 10 * GROUP_ROWS)).isEmpty();
    assertThat(asked).containsExactly(new DatasetRange(0, 0));
  }

  @Test
  void theSearchEndsSomewhere() throws Exception {
    var asked = new ArrayList<DatasetRange>();
    try (var allocator = new RootAllocator()) {
      int groups = Limits.SEARCHED_GROUPS + 1;
      DamageSearch.Source damagedAtTheEnd =
          range -> {
            asked.add(range);
            if (range.to() == (long) groups * GROUP_ROWS) {
              throw new IOException("damaged");
            }
            return new NoRows(allocator);
          };
      var all = new DamageSearch(pieces(groups), damagedAtTheEnd, () -> false);
      assertThat(all.find(0, (long) groups * GROUP_ROWS)).isEmpty();
      assertThat(asked).hasSize(1 + Limits.SEARCHED_GROUPS);
      assertThat(all.find(GROUP_ROWS, (long) groups * GROUP_ROWS)).hasValue(groups - 1);
      asked.clear();
      var givenUp = new DamageSearch(pieces(groups), damagedAtTheEnd, () -> true);
      assertThat(givenUp.find(0, (long) groups * GROUP_ROWS)).isEmpty();
      assertThat(asked).hasSize(1);
    }
  }

  /** A reader of nothing. */
  private static final class NoRows extends ArrowReader {
    NoRows(RootAllocator allocator) {
      super(allocator);
    }

    @Override
    public boolean loadNextBatch() {
      return false;
    }

    @Override
    public VectorSchemaRoot getVectorSchemaRoot() {
      throw new UnsupportedOperationException("it has none");
    }

    @Override
    public long bytesRead() {
      return 0;
    }

    @Override
    protected void closeReadSource() {}

    @Override
    protected Schema readSchema() {
      return new Schema(List.of());
    }
  }

  private static List<Piece> pieces(int groups) {
    return IntStream.rangeClosed(1, groups)
        .mapToObj(group -> new Piece((long) group * GROUP_ROWS, 1))
        .toList();
  }

  private Path file() throws Exception {
    return DatasetFiles.parquet(
        folder.resolve("t.parquet"),
        "SELECT hash(range) >> 1 AS n, md5(range::VARCHAR) AS t FROM range(%d)"
            .formatted(GROUPS * GROUP_ROWS),
        GROUP_ROWS);
  }

  /** Writes over a column's values in a row group. */
  private static void damage(Path file, int group, String column) throws Exception {
    String chunk =
        "SELECT data_page_offset, total_compressed_size FROM parquet_metadata('%s')"
            + " WHERE row_group_id = %d AND path_in_schema = '%s'";
    try (var db = DriverManager.getConnection("jdbc:duckdb:");
        var statement = db.createStatement();
        var place = statement.executeQuery(chunk.formatted(file, group, column));
        var bytes = new RandomAccessFile(file.toFile(), "rw")) {
      assertThat(place.next()).isTrue();
      byte[] noise = new byte[(int) place.getLong(2) / 2];
      Arrays.fill(noise, (byte) 0x5A);
      bytes.seek(place.getLong(1));
      bytes.write(noise);
    }
  }

  private Dataset dataset() {
    return datasets.get(TableName.parse("t.parquet"));
  }
}
