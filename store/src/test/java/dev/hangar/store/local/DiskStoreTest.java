package dev.hangar.store.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hangar.store.DamagedPartException;
import dev.hangar.store.Durability;
import dev.hangar.store.NoSuchTableException;
import dev.hangar.store.StorageException;
import dev.hangar.store.TableName;
import dev.hangar.store.WriteOptions;
import dev.hangar.store.file.DiskFiles;
import dev.hangar.store.file.FailingFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A data directory, well and not. */
@Timeout(120)
class DiskStoreTest {
  private static final WriteOptions MEMORY = WriteOptions.DEFAULT.withDurability(Durability.MEMORY);

  private final Numbers numbers = new Numbers();
  private final FailingFiles files = new FailingFiles(new DiskFiles());

  @TempDir private Path folder;

  @AfterEach
  void nothingIsLeftBehind() {
    assertThat(numbers.held()).isZero();
    assertThat(files.open()).isZero();
  }

  @Test
  void whatIsReplacedOrDroppedLeavesNoFile() throws IOException {
    try (var store = open()) {
      for (int i = 0; i < 5; i++) {
        numbers.put(store, "t", i);
        numbers.put(store, "gone", i);
      }
      store.drop(TableName.parse("gone"));
    }
    assertThat(partFiles()).hasSize(1);
  }

  @Test
  void aReaderKeepsTheFilesItReads() throws IOException {
    try (var store = open()) {
      numbers.put(store, "t", 1);
      var lease = store.open(TableName.parse("t"));
      numbers.put(store, "t", 2);
      assertThat(Numbers.values(lease)).containsExactly(1);
      assertThat(partFiles()).hasSize(2);
      var part = lease.parts().getFirst().open();
      var late = part.retain();
      part.close();
      lease.close();
      assertThat(late.batches()).hasSize(1);
      assertThat(partFiles()).hasSize(2);
      late.close();
      assertThatThrownBy(late::batches).hasMessageContaining("version 1 of t is closed");
    }
    assertThat(partFiles()).hasSize(1);
  }

  @Test
  void aLeaseOutlivesTheStore() {
    var store = open();
    numbers.put(store, "t", 1);
    var lease = store.open(TableName.parse("t"));
    store.close();
    assertThat(Numbers.values(lease)).containsExactly(1);
    lease.close();
  }

  @Test
  void whatACrashLeftIsRemoved() throws IOException {
    try (var store = open()) {
      numbers.put(store, "t", 1);
    }
    Files.writeString(folder.resolve("data/parts/00/00ab.tmp"), "half");
    Files.writeString(folder.resolve("data/parts/01/01ab.arrow"), "whole");
    try (var store = open()) {
      assertThat(Numbers.values(store, "t")).containsExactly(1);
    }
    assertThat(partFiles()).hasSize(1);
  }

  @Test
  void aMissingFileIsNamedAndTheRestIsServed() throws IOException {
    try (var store = open()) {
      numbers.put(store, "well", 1);
      var others = partFiles();
      numbers.put(store, "ill", 2);
      var ill = partFiles().stream().filter(file -> !others.contains(file)).toList();
      assertThat(ill).hasSize(1);
      Files.delete(ill.getFirst());
    }
    try (var store = open()) {
      assertThat(store.damages()).singleElement().asString().contains("table ill: its file");
      assertThat(Numbers.values(store, "well")).containsExactly(1);
      assertThatThrownBy(() -> Numbers.values(store, "ill"))
          .isInstanceOf(DamagedPartException.class)
          .hasMessageContaining("missing");
      numbers.put(store, "ill", 3);
      assertThat(Numbers.values(store, "ill")).containsExactly(3);
    }
  }

  @Test
  void tablesInMemoryAreGoneAfterARestartAndNothingComesBack() {
    try (var store = open()) {
      numbers.put(store, "t", 1);
      numbers.put(store, "t", MEMORY, 2);
      assertThat(Numbers.values(store, "t")).containsExactly(2);
    }
    try (var store = open()) {
      assertThatThrownBy(() -> Numbers.values(store, "t")).isInstanceOf(NoSuchTableException.class);
      assertThat(numbers.put(store, "t", 3).version()).isEqualTo(3);
    }
  }

  @Test
  void ofTablesInMemoryTheLongestUnreadGoFirst() {
    try (var store = open()) {
      numbers.put(store, "disk", 0);
      numbers.put(store, "a", MEMORY, 1);
      numbers.put(store, "b", MEMORY, 2);
      numbers.put(store, "c", MEMORY, 3);
      Numbers.values(store, "a");
      var reading = store.open(TableName.parse("b"));
      assertThat(store.reclaim(1)).isEqualTo(Numbers.BODY_BYTES);
      assertThatThrownBy(() -> Numbers.values(store, "c")).isInstanceOf(NoSuchTableException.class);
      assertThat(store.reclaim(100)).isEqualTo(Numbers.BODY_BYTES);
      assertThat(Numbers.values(reading)).containsExactly(2);
      reading.close();
      assertThat(store.list())
          .extracting(table -> table.name().toString())
          .containsExactly("b", "disk");
    }
  }

  @Test
  void aDirectoryInUseIsRefused() {
    try (var store = open()) {
      assertThatThrownBy(this::open)
          .isInstanceOf(StorageException.class)
          .hasMessageContaining(
              "is in use by another server (process " + ProcessHandle.current().pid());
      assertThat(store.list()).isEmpty();
    }
  }

  @Test
  void aForeignDirectoryIsRefusedAndLeftAsItIs() throws IOException {
    var data = Files.createDirectory(folder.resolve("data"));
    Files.writeString(data.resolve("letter.txt"), "dear");
    assertThatThrownBy(this::open)
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("is not a Hangar data directory: it has 'letter.txt'");
    try (var left = Files.list(data)) {
      assertThat(left).hasSize(1);
    }
  }

  @Test
  void anInterruptedFirstStartIsMadeUpFor() throws IOException {
    Files.createDirectories(folder.resolve("data/parts/00"));
    try (var store = open()) {
      numbers.put(store, "t", 1);
    }
    Files.delete(folder.resolve("data/hangar-format"));
    assertThatThrownBy(this::open).hasMessageContaining("is not a Hangar data directory");
  }

  @Test
  void aNewerFormatIsRefused() throws IOException {
    open().close();
    Files.writeString(folder.resolve("data/hangar-format"), "hangar 2\n");
    assertThatThrownBy(this::open)
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("written by a newer Hangar (format 2; this one reads up to 1)");
    Files.writeString(folder.resolve("data/hangar-format"), "?");
    assertThatThrownBy(this::open).hasMessageContaining("is damaged");
  }

  @Test
  void aReadOnlyDirectoryIsRefused() {
    try (var mounted = Mounted.memory(folder.resolve("disk"), 4)) {
      var directory = mounted.directory().resolve("data");
      DataDirectory.open(directory).close();
      mounted.makeReadOnly();
      assertThatThrownBy(() -> DataDirectory.open(directory).close())
          .isInstanceOf(StorageException.class)
          .hasMessageContaining("data directory " + directory + " can't be used: ")
          .hasMessageContaining("Read-only file system");
    }
  }

  @Test
  void aFileIsNoDirectory() throws IOException {
    Files.writeString(folder.resolve("data"), "");
    assertThatThrownBy(this::open)
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("is a file; choose another");
  }

  @Test
  void partsWithoutTheirCatalogAreLeftAsTheyAre() throws IOException {
    try (var store = open()) {
      numbers.put(store, "t", 1);
    }
    Files.delete(folder.resolve("data/catalog.sqlite"));
    assertThatThrownBy(this::open)
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("catalog.sqlite is missing or empty");
    Files.createFile(folder.resolve("data/catalog.sqlite"));
    assertThatThrownBy(this::open).hasMessageContaining("catalog.sqlite is missing or empty");
    assertThat(partFiles()).hasSize(1);
  }

  /** SQLite's first commit makes the file: an empty one beside parts is never a crash's. */
  @Test
  void theCatalogIsNeverEmptyBesideParts() {
    try (var store = open()) {
      assertThat(folder.resolve("data/catalog.sqlite")).isNotEmptyFile();
      numbers.put(store, "t", 1);
    }
  }

  private List<Path> partFiles() throws IOException {
    try (var all = Files.walk(folder.resolve("data/parts"))) {
      return all.filter(Files::isRegularFile).toList();
    }
  }

  private LocalStore open() {
    return LocalStore.open(
        DataDirectory.open(folder.resolve("data"), files),
        Durability.DISK,
        Duration.ZERO,
        Clock.systemUTC());
  }
}
