package dev.hangar.store.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hangar.store.Durability;
import dev.hangar.store.StorageException;
import dev.hangar.store.TableName;
import dev.hangar.store.WriteOptions;
import dev.hangar.store.WriteOptions.Mode;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Data directories verified, backed up and restored. */
@Timeout(300)
class UpkeepTest {
  private static final WriteOptions APPEND = WriteOptions.DEFAULT.withMode(Mode.APPEND);
  private static final Backup.Progress SILENT = (bytes, total) -> {};

  private final Numbers numbers = new Numbers();

  @TempDir private Path folder;

  @AfterEach
  void nothingIsLeftBehind() {
    assertThat(numbers.held()).isZero();
  }

  @Test
  void aWholeDirectoryHasNoFaults() {
    try (var store = open("data")) {
      fill(store);
      var faults = new ArrayList<Fault>();
      var summary = store.upkeep().verify(null, faults::add);
      assertThat(faults).isEmpty();
      assertThat(summary.tables()).isEqualTo(3);
      assertThat(summary.parts()).isEqualTo(6);
      assertThat(store.upkeep().verify(TableName.parse("a/b"), faults::add).parts()).isEqualTo(3);
    }
    assertThat(faults("data")).isEmpty();
    assertThat(verify("data", new ArrayList<>()).toString())
        .matches("checked 3 tables, 6 parts, [\\d,]+ bytes: 0 faults");
  }

  @Test
  void howFarItIsIsToldWithinAFileToo() {
    try (var store = open("data")) {
      fill(store);
      var told = new ArrayList<Long>();
      var totals = new ArrayList<Long>();
      var summary =
          store
              .upkeep()
              .verify(
                  null,
                  new Verification.Listener() {
                    @Override
                    public void begins(long rows, long bytes) {
                      totals.add(bytes);
                    }

                    @Override
                    public void progress(long rows, long bytes) {
                      told.add(bytes);
                    }

                    @Override
                    public void fault(Fault fault) {
                      throw new AssertionError(fault.toString());
                    }
                  });
      assertThat(totals).containsExactly(summary.bytes());
      assertThat(told).isSorted().endsWith(summary.bytes());
      assertThat(told).hasSizeGreaterThan(summary.parts());

      told.clear();
      var backup =
          store
              .upkeep()
              .backup(
                  folder.resolve("backup"),
                  (bytes, total) -> {
                    told.add(bytes);
                    totals.add(total);
                  });
      assertThat(told).isSorted().startsWith(0L).endsWith(backup.bytes());
      assertThat(totals).containsOnly(backup.bytes());
    }
  }

  @Test
  void everyPlantedFaultIsNamed() throws Exception {
    try (var store = open("data")) {
      fill(store);
    }
    var files = partsOf("data", "a/b");
    flip(files.get(0), 16);
    flip(files.get(1), Files.size(files.get(1)) - 1);
    try (var file = new RandomAccessFile(files.get(2).toFile(), "rw")) {
      file.setLength(file.length() - 5);
    }
    Files.delete(partsOf("data", "c").getFirst());
    Files.writeString(folder.resolve("data/parts/00/00ff.arrow"), "stray");
    Files.writeString(folder.resolve("data/parts/00/00ff.tmp"), "half");

    var lines = faults("data");
    assertThat(lines).hasSize(6);
    assertThat(lines)
        .anyMatch(line -> line.matches("table a/b, version 1, .*arrow, byte 16: schema at .*"))
        .anyMatch(line -> line.matches("table a/b, version 2, .*arrow, byte \\d+: no ARROW1 .*"))
        .anyMatch(line -> line.matches("table a/b, version 3, .*arrow, byte \\d+: it has .*"))
        .anyMatch(line -> line.matches("table c, version \\d, .*arrow: the file is missing"))
        .anyMatch(line -> line.matches(".*00ff.arrow: it is of no table.*"))
        .anyMatch(line -> line.matches(".*00ff.tmp: it is of no table.*"));
    assertThat(faults("data")).as("nothing was repaired").isEqualTo(lines);
    try (var store = open("data")) {
      var found = new ArrayList<Fault>();
      store.upkeep().verify(null, found::add);
      assertThat(found).as("on a store at work").hasSize(4);
    }
  }

  @Test
  void faultsOfTheCatalogAreNamed() throws Exception {
    try (var store = open("data")) {
      fill(store);
    }
    change("data", "UPDATE versions SET data_rows = data_rows + 1 WHERE version = 2");
    assertThat(faults("data"))
        .anyMatch(line -> line.contains("version 2 of table number"))
        .anyMatch(line -> line.contains("table \"d\": the catalog should have"));
    change("data", "DELETE FROM parts WHERE first_version = 3");
    assertThat(faults("data")).anyMatch(line -> line.startsWith("table a/b, version 3: it has"));
    Files.writeString(folder.resolve("data/catalog.sqlite"), "no database at all");
    assertThat(faults("data")).singleElement().asString().contains("is damaged");
    Files.delete(folder.resolve("data/catalog.sqlite"));
    assertThat(faults("data")).singleElement().asString().contains("it is missing");
    assertThat(folder.resolve("data/catalog.sqlite")).doesNotExist();
  }

  @Test
  void whatIsNoDirectoryOfOursIsLeftAsItIs() throws IOException {
    assertThatThrownBy(() -> faults("nothing"))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("nothing is not there");
    assertThat(folder.resolve("nothing")).doesNotExist();
    Files.createDirectory(folder.resolve("empty"));
    assertThatThrownBy(() -> faults("empty")).hasMessageContaining("no file 'hangar-format'");
    assertThat(folder.resolve("empty")).isEmptyDirectory();
    try (var store = open("data")) {
      assertThatThrownBy(() -> faults("data")).hasMessageContaining("in use by another server");
      assertThat(store.list()).isEmpty();
    }
  }

  @Test
  void aBackupIsOneMomentWhileWritersGoOn() throws Exception {
    var isOver = new AtomicBoolean();
    try (var store = open("data");
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      fill(store);
      var upload = store.startUpload(TableName.parse("up"), new byte[0], WriteOptions.DEFAULT);
      numbers.part(store, upload, 0, 70);
      var writers =
          IntStream.range(0, 4)
              .mapToObj(writer -> threads.submit(() -> write(store, writer, isOver)))
              .toList();
      for (int round = 0; round < 5; round++) {
        var backup = folder.resolve("backups/" + round);
        var summary = store.upkeep().backup(backup, SILENT);
        assertThat(summary.linked()).isEqualTo(summary.parts());
        assertThat(summary.tables()).isGreaterThanOrEqualTo(3);
      }
      isOver.set(true);
      for (var writer : writers) {
        writer.get();
      }
      for (int round = 0; round < 5; round++) {
        var backup = "backups/" + round;
        assertThat(faults(backup)).isEmpty();
        restore(backup, "restored/" + round);
        assertThat(faults("restored/" + round)).isEmpty();
        assertWhole("restored/" + round, upload);
      }
      store.abortUpload(upload);
    }
    assertThat(faults("data")).isEmpty();
  }

  /** Two tables for each writer: one is replaced, with a history, one grows and is dropped. */
  private Callable<Void> writing(LocalStore store, int writer, AtomicBoolean isOver) {
    return () -> {
      for (int i = 0; !isOver.get(); i++) {
        numbers.put(store, "w" + writer, WriteOptions.DEFAULT.withKeepVersions(2), i, i, i);
        numbers.put(store, "g" + writer, APPEND, i);
        if (i % 10 == 9) {
          store.drop(TableName.parse("g" + writer));
        }
      }
      return null;
    };
  }

  private Void write(LocalStore store, int writer, AtomicBoolean isOver) throws Exception {
    return writing(store, writer, isOver).call();
  }

  private void assertWhole(String directory, String upload) {
    try (var store = open(directory)) {
      assertThat(store.damages()).isEmpty();
      assertThat(Numbers.values(store, "a/b")).containsExactly(1, 2, 3);
      assertThat(store.uploadTable(upload)).isEqualTo(TableName.parse("up"));
      for (var table : store.list()) {
        for (var version : store.versions(table.name())) {
          var values = Numbers.values(store, table.name().toString(), version.version());
          assertThat((long) values.size() * Numbers.ROWS).isEqualTo(version.rows());
          if (table.name().toString().startsWith("w")) {
            assertThat(values).hasSize(3).containsOnly(values.getFirst());
          } else if (table.name().toString().startsWith("g")) {
            var first = values.getFirst();
            assertThat(values)
                .isEqualTo(IntStream.range(first, first + values.size()).boxed().toList());
          }
        }
      }
      numbers.put(store, "a/b", 9);
      assertThat(Numbers.values(store, "a/b")).containsExactly(9);
    }
  }

  @Test
  void aBackupStaysAsItIsWhenItsSourceChanges() {
    try (var store = open("data")) {
      fill(store);
      store.upkeep().backup(folder.resolve("backup"), SILENT);
      store.clear();
      numbers.put(store, "c", 99);
    }
    try (var backup = open("backup")) {
      assertThat(Numbers.values(backup, "a/b")).containsExactly(1, 2, 3);
      assertThat(Numbers.values(backup, "c")).containsExactly(5);
      backup.clear();
    }
    try (var store = open("data")) {
      assertThat(Numbers.values(store, "c")).containsExactly(99);
    }
  }

  @Test
  void aBackupThatCannotBeWholeIsNone() throws IOException {
    try (var store = open("data")) {
      fill(store);
      store.upkeep().backup(folder.resolve("backup"), SILENT);
      assertThatThrownBy(() -> store.upkeep().backup(folder.resolve("backup"), SILENT))
          .isInstanceOf(StorageException.class)
          .hasMessageContaining("is there already");
      Files.delete(partsOf("data", "c").getFirst());
      assertThatThrownBy(() -> store.upkeep().backup(folder.resolve("other"), SILENT))
          .isInstanceOf(StorageException.class)
          .hasMessageContaining("is missing");
      assertThat(folder.resolve("other")).doesNotExist();
      Files.createDirectory(folder.resolve("empty"));
      assertThatThrownBy(() -> store.upkeep().backup(folder.resolve("empty"), SILENT))
          .isInstanceOf(StorageException.class);
      assertThat(folder.resolve("empty")).isEmptyDirectory();
      numbers.put(store, "c", 6);
      store.upkeep().backup(folder.resolve("empty"), SILENT);
    }
    assertThat(faults("empty")).isEmpty();
    assertThat(faults("backup")).isEmpty();
  }

  @Test
  void anUnfinishedBackupIsNoDataDirectory() throws IOException {
    try (var store = open("data")) {
      fill(store);
      store.upkeep().backup(folder.resolve("backup"), SILENT);
    }
    Files.delete(folder.resolve("backup/hangar-format"));
    assertThatThrownBy(() -> open("backup").close())
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("no file 'hangar-format'");
  }

  @Test
  void tablesInMemoryHaveNothingToVerifyOrBackUp() {
    try (var store = LocalStore.inMemory(Clock.systemUTC())) {
      assertThatThrownBy(store::upkeep)
          .isInstanceOf(StorageException.class)
          .hasMessageContaining("--data DIR");
    }
    try (var store = open("data")) {
      numbers.put(store, "m", WriteOptions.DEFAULT.withDurability(Durability.MEMORY), 1);
      assertThat(store.upkeep().backup(folder.resolve("backup"), SILENT).parts()).isZero();
    }
    assertThat(faults("backup")).isEmpty();
  }

  /** Three tables: one of three parts, one of one, one of two versions. */
  private void fill(LocalStore store) {
    numbers.put(store, "a/b", APPEND, 1);
    numbers.put(store, "a/b", APPEND, 2);
    numbers.put(store, "a/b", APPEND, 3);
    numbers.put(store, "c", 5);
    numbers.put(store, "d", WriteOptions.DEFAULT.withKeepVersions(1), 6);
    numbers.put(store, "d", WriteOptions.DEFAULT.withKeepVersions(1), 7, 8);
  }

  private void restore(String backup, String directory) {
    try (var source = DataDirectory.openExisting(folder.resolve(backup))) {
      var summary = Backup.of(source, folder.resolve(directory), false, SILENT);
      assertThat(summary.linked()).isZero();
    }
  }

  private List<String> faults(String directory) {
    var faults = new ArrayList<Fault>();
    var summary = verify(directory, faults);
    assertThat(summary.faults()).isEqualTo(faults.size());
    return faults.stream().map(Fault::toString).toList();
  }

  private Verification.Summary verify(String directory, List<Fault> faults) {
    try (var opened = DataDirectory.openExisting(folder.resolve(directory))) {
      return Verification.of(opened, faults::add);
    }
  }

  /** In the order of their positions. */
  private List<Path> partsOf(String directory, String table) {
    return query(
            directory,
            "SELECT p.id FROM parts p JOIN tables t ON t.id = p.table_id WHERE t.name = '"
                + table
                + "' ORDER BY p.part_position")
        .stream()
        .map(id -> folder.resolve(directory + "/parts/" + id.substring(0, 2) + "/" + id + ".arrow"))
        .toList();
  }

  private List<String> query(String directory, String sql) {
    var rows = new ArrayList<String>();
    try (var connection = DriverManager.getConnection(url(directory));
        var statement = connection.createStatement();
        var result = statement.executeQuery(sql)) {
      while (result.next()) {
        rows.add(result.getString(1));
      }
      return rows;
    } catch (java.sql.SQLException e) {
      throw new AssertionError(e);
    }
  }

  private void change(String directory, String sql) throws Exception {
    try (var connection = DriverManager.getConnection(url(directory));
        var statement = connection.createStatement()) {
      assertThat(statement.executeUpdate(sql)).isPositive();
    }
  }

  private String url(String directory) {
    return "jdbc:sqlite:" + folder.resolve(directory + "/catalog.sqlite");
  }

  private static void flip(Path file, long offset) throws IOException {
    try (var bytes = new RandomAccessFile(file.toFile(), "rw")) {
      bytes.seek(offset);
      int found = bytes.read();
      bytes.seek(offset);
      bytes.write(found ^ 1);
    }
  }

  private LocalStore open(String directory) {
    return LocalStore.open(
        DataDirectory.open(folder.resolve(directory)),
        Durability.DISK,
        Duration.ZERO,
        Clock.systemUTC());
  }
}
