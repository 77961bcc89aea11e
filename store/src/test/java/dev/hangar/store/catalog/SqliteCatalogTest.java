package dev.hangar.store.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class SqliteCatalogTest {
  @TempDir Path directory;
  private Path file;

  @BeforeEach
  void nameFile() throws Exception {
    // What means something in URLs, to the driver and in SQL means nothing in a path.
    file = Files.createDirectory(directory.resolve("a b?c=1#'é%41")).resolve("catalog.db");
  }

  @Test
  void newCatalogHoldsNothing() {
    Contents contents = loaded();
    assertThat(contents.damages()).isEmpty();
    assertThat(Samples.lines(contents)).containsExactly("highest 0");
    assertThat(Samples.lines(loaded())).containsExactly("highest 0");
    assertThat(file).exists();
  }

  @Test
  void putIsThereWhenReopened() {
    apply(Samples.put(7, 0, 3));
    Contents contents = loaded();
    assertThat(contents.tables()).containsExactly(Samples.table(7, 3));
    assertThat(contents.versions()).hasSize(1);
    assertThat(lines(contents)).contains(lines(Samples.version(7, 3)));
    assertThat(contents.parts()).containsExactly(Samples.part(7, 0, "p7-3", 3));
    assertThat(contents.highestVersion()).isEqualTo(3);
  }

  @Test
  void everyValueOfAVersionIsKept() {
    Rows.Version version =
        new Rows.Version(
            7,
            4,
            new byte[0],
            new byte[] {0, -1},
            Long.MAX_VALUE,
            0,
            -1,
            Instant.MAX,
            Instant.MIN,
            Integer.MAX_VALUE);
    apply(Samples.put(7, 0, 3));
    apply(new Edit.SaveVersion(version));
    assertThat(lines(loaded())).contains(lines(version));
  }

  @Test
  void replacingPutEndsThePartsBefore() {
    apply(Samples.put(7, 0, 3));
    apply(Samples.put(7, 3, 5));
    Rows.Part before = Samples.part(7, 0, "p7-3", 3);
    assertThat(loaded().parts())
        .containsExactly(new Rows.Part(7, 0, before.file(), 3, 5), Samples.part(7, 0, "p7-5", 5));
  }

  @Test
  void appendingPutAddsOneRow() {
    apply(Samples.put(7, 0, 3));
    apply(
        new Edit.SaveTable(Samples.table(7, 4), 3),
        new Edit.SaveVersion(Samples.version(7, 4)),
        new Edit.SavePart(Samples.part(7, 1, "more", 4)));
    assertThat(loaded().parts())
        .containsExactly(Samples.part(7, 0, "p7-3", 3), Samples.part(7, 1, "more", 4));
  }

  @Test
  void versionsAndPartsCanBeRemoved() {
    apply(Samples.put(7, 0, 3));
    apply(Samples.put(7, 3, 5));
    apply(new Edit.RemoveVersion(7, 3), new Edit.RemovePart("p7-3"));
    Contents contents = loaded();
    assertThat(contents.versions()).extracting(Rows.Version::version).containsExactly(5L);
    assertThat(contents.parts()).containsExactly(Samples.part(7, 0, "p7-5", 5));
  }

  @Test
  void whatIsNotThereIsRemovedToo() {
    apply(
        new Edit.RemoveVersion(7, 3),
        new Edit.RemovePart("p"),
        new Edit.RemoveTable(7),
        new Edit.RemoveUpload("u"),
        new Edit.RetireParts(7, 3));
    assertThat(Samples.lines(loaded())).containsExactly("highest 0");
  }

  @Test
  void tableGoesWithItsVersionsAndParts() {
    apply(Samples.tables(3));
    apply(new Edit.RemoveTable(2));
    Contents contents = loaded();
    assertThat(contents.tables()).containsExactly(Samples.table(1, 1), Samples.table(3, 3));
    assertThat(contents.versions()).hasSize(2);
    assertThat(contents.parts()).hasSize(2);
  }

  @Test
  void tableCanBeReplacedInOneStep() {
    apply(Samples.put(7, 0, 3));
    List<Edit> edits = new ArrayList<>(List.of(new Edit.RemoveTable(7)));
    edits.addAll(Samples.put(7, 0, 4));
    apply(edits);
    assertThat(loaded().parts()).containsExactly(Samples.part(7, 0, "p7-4", 4));
  }

  @Test
  void tableCanBeRenamed() {
    apply(Samples.put(7, 0, 3));
    var renamed = new Rows.Table(7, "other", 3);
    apply(new Edit.SaveTable(renamed, 3));
    assertThat(loaded().tables()).containsExactly(renamed);
  }

  @Test
  void uploadsHaveParts() {
    apply(
        new Edit.SaveUpload(Samples.upload("u")),
        new Edit.SaveUpload(Samples.upload("v")),
        new Edit.SaveUploadPart(Samples.uploadPart("u", 2, "a")),
        new Edit.SaveUploadPart(Samples.uploadPart("v", 1, "b")),
        new Edit.SaveUploadPart(Samples.uploadPart("u", 2, "c")));
    assertThat(loaded().uploads()).extracting(Rows.Upload::id).containsExactly("u", "v");
    assertThat(loaded().uploadParts()).extracting(row -> row.file().id()).containsExactly("c", "b");
    apply(new Edit.RemoveUpload("u"));
    assertThat(loaded().uploads()).extracting(Rows.Upload::id).containsExactly("v");
    assertThat(loaded().uploadParts()).extracting(row -> row.file().id()).containsExactly("b");
  }

  @Test
  void keysAreForgottenByAge() {
    apply(
        new Edit.SaveKey(Samples.key("old", Samples.TIME.minusNanos(1))),
        new Edit.SaveKey(Samples.key("older", Samples.TIME.minusSeconds(1))),
        new Edit.SaveKey(Samples.key("new", Samples.TIME)));
    apply(new Edit.SaveKey(Samples.key("new", Samples.TIME)));
    assertThat(loaded().keys()).hasSize(3);
    apply(new Edit.RemoveKeysBefore(Samples.TIME));
    assertThat(loaded().keys()).containsExactly(Samples.key("new", Samples.TIME));
  }

  @Test
  void highestVersionOutlivesItsTable() {
    apply(Samples.put(7, 0, 3));
    apply(new Edit.SaveHighestVersion(12), new Edit.RemoveTable(7));
    assertThat(loaded().highestVersion()).isEqualTo(12);
  }

  @Test
  void writerWhoExpectsAnotherVersionIsRefusedAndChangesNothing() {
    apply(Samples.put(7, 0, 3));
    List<String> before = lines(loaded());
    for (long wrong : new long[] {0, 2, 4}) {
      List<Edit> edits = new ArrayList<>(List.of(new Edit.SaveKey(Samples.key("k", Samples.TIME))));
      edits.addAll(Samples.put(7, wrong, 9));
      assertThatThrownBy(() -> apply(edits)).isInstanceOf(StaleCatalogException.class);
    }
    assertThatThrownBy(() -> apply(Samples.put(8, 3, 9)))
        .isInstanceOf(StaleCatalogException.class)
        .hasMessageContaining("table \"größe/t8\" is no longer at version 3");
    assertThat(lines(loaded())).isEqualTo(before);
  }

  @Test
  void twoTablesCannotShareANameNorTwoPartsAnId() {
    apply(Samples.put(7, 0, 3));
    List<String> before = lines(loaded());
    assertThatThrownBy(
            () -> apply(new Edit.SaveTable(new Rows.Table(8, Samples.table(7, 3).name(), 4), 0)))
        .isInstanceOf(StaleCatalogException.class);
    assertThatThrownBy(() -> apply(new Edit.SavePart(Samples.part(7, 1, "p7-3", 3))))
        .isInstanceOf(StaleCatalogException.class);
    assertThatThrownBy(() -> apply(new Edit.SavePart(Samples.part(9, 0, "p9", 3))))
        .isInstanceOf(StaleCatalogException.class)
        .hasMessageContaining("\"table 9\" is not in the catalog");
    assertThat(lines(loaded())).isEqualTo(before);
  }

  @Test
  void catalogGoesOnAfterARefusal() {
    try (var catalog = SqliteCatalog.open(file)) {
      catalog.apply(Samples.put(7, 0, 3));
      assertThatThrownBy(() -> catalog.apply(Samples.put(7, 2, 4)))
          .isInstanceOf(StaleCatalogException.class);
      catalog.apply(Samples.put(7, 3, 4));
      assertThat(catalog.load().damages()).isEmpty();
    }
    assertThat(loaded().tables()).containsExactly(Samples.table(7, 4));
  }

  @Test
  void manyEditsAreOneChange() {
    List<Edit> edits = Samples.tables(1_000);
    apply(edits);
    apply(Samples.tables(2_000).subList(4_000, 8_000));
    assertThat(loaded().tables()).hasSize(2_000);
    assertThat(loaded().parts()).hasSize(2_000);
  }

  @Test
  void inMemoryItIsTheSame() {
    try (var catalog = SqliteCatalog.inMemory()) {
      catalog.apply(Samples.tables(3));
      assertThat(catalog.load().tables()).hasSize(3);
      catalog.backupTo(file);
      catalog.apply(Samples.put(4, 0, 9));
      assertThat(loaded().tables()).hasSize(3);
    }
  }

  @Test
  void backupIsOneStateWhileWritesGoOn() throws Exception {
    Path backup = directory.resolve("backup.db");
    var begun = new CountDownLatch(1);
    try (var catalog = SqliteCatalog.open(file)) {
      catalog.apply(Samples.tables(1_000));
      Thread writer =
          Thread.ofPlatform()
              .start(() -> {
                for (long version = 2; version < 200; version++) {
                  catalog.apply(Samples.put(1, version - 1, version));
                  begun.countDown();
                }
              });
      begun.await();
      catalog.backupTo(backup);
      writer.join();
      assertThat(catalog.load().tables().getFirst().current()).isEqualTo(199);
    }
    try (var copy = SqliteCatalog.open(backup)) {
      Contents contents = copy.load();
      assertThat(contents.damages()).isEmpty();
      assertThat(contents.tables()).hasSize(1_000);
      long current = contents.tables().getFirst().current();
      assertThat(current).isGreaterThan(1);
      assertThat(contents.parts())
          .filteredOn(part -> part.table() == 1 && part.end() == Long.MAX_VALUE)
          .containsExactly(Samples.part(1, 0, "p1-" + current, current));
    }
    try (var files = Files.list(directory)) {
      assertThat(files).doesNotContain(directory.resolve("backup.db.part"));
    }
  }

  @Test
  void closedCatalogIsOneFile() throws Exception {
    apply(Samples.tables(10));
    try (var files = Files.list(file.getParent())) {
      assertThat(files).containsExactly(file);
    }
  }

  private void apply(Edit... edits) {
    apply(List.of(edits));
  }

  private void apply(List<Edit> edits) {
    try (var catalog = SqliteCatalog.open(file)) {
      catalog.apply(edits);
    }
  }

  /** What is there after another opening, with every row as it was written. */
  private Contents loaded() {
    try (var catalog = SqliteCatalog.open(file)) {
      Contents contents = catalog.load();
      assertThat(contents.damages()).isEmpty();
      assertThat(contents.damagedTables()).isEmpty();
      return contents;
    }
  }

  private static List<String> lines(Contents contents) {
    return Samples.lines(contents);
  }

  private static String lines(Rows.Version version) {
    return Samples.line(version);
  }
}
