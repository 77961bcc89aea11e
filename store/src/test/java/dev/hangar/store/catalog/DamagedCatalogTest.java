package dev.hangar.store.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hangar.store.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A database that is not what was written never gives other contents without a word. */
@Timeout(540)
class DamagedCatalogTest {
  private static final boolean LONG = Boolean.getBoolean("hangar.long");
  private static final long SEED =
      Long.getLong("hangar.seed", LONG ? System.nanoTime() & 0xffff_ffffL : 20261121);
  private static final int FLIPS = LONG ? 100_000 : 1_000;
  private static final int PAGE = 4096;

  @TempDir Path directory;
  private Path file;
  private byte[] older;
  private byte[] whole;
  private List<String> contents;

  @BeforeEach
  void write() throws IOException {
    file = directory.resolve("catalog.db");
    try (var catalog = SqliteCatalog.open(file)) {
      catalog.apply(Samples.tables(50));
      catalog.apply(uploadsAndKeys());
      catalog.apply(List.of(new Edit.SaveHighestVersion(90)));
    }
    older = Files.readAllBytes(file);
    try (var catalog = SqliteCatalog.open(file)) {
      for (long table = 1; table <= 50; table++) {
        catalog.apply(Samples.put(table, table, 100 + table));
      }
      catalog.apply(List.of(new Edit.SaveHighestVersion(200), new Edit.RemoveUpload("u1")));
      contents = Samples.lines(catalog.load());
    }
    whole = Files.readAllBytes(file);
  }

  @Test
  void flippedBytesAreNoticed() throws IOException {
    var random = new Random(SEED);
    int passed = 0;
    int noticed = 0;
    List<String> failures = new ArrayList<>();
    for (int flip = 0; flip < FLIPS; flip++) {
      byte[] bytes = whole.clone();
      int offset = random.nextInt(bytes.length);
      bytes[offset] ^= (byte) (1 << random.nextInt(8));
      String outcome = outcome(bytes);
      if (outcome.startsWith("wrong")) {
        failures.add("offset " + offset + ": " + outcome);
      } else {
        passed++;
        noticed += outcome.equals("same") ? 0 : 1;
      }
    }
    String result = "%d passed, %d failed (seed %d)".formatted(passed, failures.size(), SEED);
    System.out.println("flipped bits in a catalog of " + whole.length + " bytes: " + result);
    assertThat(failures).as(result).isEmpty();
    assertThat(noticed).isGreaterThan(FLIPS / 10);
  }

  /** As a killed process leaves it: the newest commits are in the log alone. */
  @Test
  void flippedBytesOfTheLogAreNoticed() throws IOException {
    Crash crash = crash(21);
    contents = crash.atEnd();
    assertThat(outcome(whole, crash.log())).isEqualTo("same");
    var random = new Random(SEED);
    int told = 0;
    for (int flip = 0; flip < FLIPS; flip++) {
      byte[] flipped = crash.log().clone();
      int offset = flip < 80 ? flip : random.nextInt(crash.inFrontOfLast());
      flipped[offset] ^= (byte) (1 << random.nextInt(8));
      String outcome = outcome(whole, flipped);
      assertThat(outcome).as("offset %d (seed %d)", offset, SEED).doesNotStartWith("wrong");
      told += outcome.startsWith("told") ? 1 : 0;
    }
    assertThat(told).isGreaterThan(FLIPS * 9 / 10);
  }

  /** A power cut leaves the commit that was being written in any state, and no other. */
  @Test
  void aCutLastCommitIsNoDamage() throws IOException {
    Crash crash = crash(3);
    contents = crash.beforeLast();
    int pages = (crash.log().length - crash.inFrontOfLast()) / PAGE;
    assertThat(pages).isGreaterThan(2);
    for (int page = 0; page < pages; page++) {
      byte[] cut = crash.log().clone();
      int at = crash.inFrontOfLast() + page * PAGE;
      Arrays.fill(cut, at, Math.min(cut.length, at + PAGE), (byte) 0);
      assertThat(outcome(whole, cut)).as("page %d", page).isEqualTo("same");
      assertThat(outcome(whole, Arrays.copyOf(cut, at))).as("up to %d", page).isEqualTo("same");
    }
  }

  /** The log that a killed process leaves, and what was there with its last commit and before. */
  private record Crash(
      byte[] log, int inFrontOfLast, List<String> beforeLast, List<String> atEnd) {}

  /** What is left of a process that was killed behind so many commits. */
  private Crash crash(int commits) throws IOException {
    Path log = WriteAheadLog.of(file);
    try (var catalog = SqliteCatalog.open(file)) {
      for (long table = 1; table < commits; table++) {
        catalog.apply(Samples.put(table, 100 + table, 300 + table));
      }
      int inFrontOfLast = (int) Files.size(log);
      List<String> beforeLast = Samples.lines(catalog.load());
      catalog.apply(Samples.put(commits, 100 + commits, 300 + commits));
      whole = Files.readAllBytes(file);
      return new Crash(
          Files.readAllBytes(log), inFrontOfLast, beforeLast, Samples.lines(catalog.load()));
    }
  }

  @Test
  void lostAndMisplacedAndOlderPagesAreNoticed() throws IOException {
    List<String> failures = new ArrayList<>();
    int pages = whole.length / PAGE;
    for (int page = 0; page < pages; page++) {
      int next = (page + 1) % pages;
      failures.addAll(wrong("lost", page, replaced(page, new byte[PAGE])));
      failures.addAll(wrong("misplaced", page, replaced(page, page(whole, next))));
      if ((page + 1) * PAGE <= older.length) {
        failures.addAll(wrong("older", page, replaced(page, page(older, page))));
      }
      failures.addAll(wrong("cut", page, Arrays.copyOf(whole, Math.max(1, page * PAGE))));
    }
    assertThat(failures).isEmpty();
  }

  @Test
  void damagedRowIsNamedAndItsTableTold() throws Exception {
    change("UPDATE versions SET data_rows = 4 WHERE table_id = 7 AND version = 107");
    Contents damaged = load(file);
    assertThat(damaged.damages())
        .containsExactly(
            "the catalog's row of version 107 of table number 7 is damaged",
            "table \"größe/t7\": the catalog should have 4 rows of it, and has 3");
    assertThat(damaged.damagedTables()).containsExactly(7L);
    assertThat(damaged.versions()).hasSize(99);
    assertThat(damaged.tables()).hasSize(50);
  }

  @Test
  void aDamagedFormatIsToldWithTheFileItIsIn() throws Exception {
    change("UPDATE meta SET amount = 0 WHERE name = 'format'");
    assertThatThrownBy(() -> load(file))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining("row of \"format\" is damaged");
  }

  @Test
  void everyValueOfEveryRowIsUnderItsChecksum() throws Exception {
    for (RowKind<?> kind : kinds()) {
      String[] columns = kind.select.replaceAll("SELECT | FROM .*", "").split(", ", -1);
      for (String column : columns) {
        Files.write(file, whole);
        change(
            "UPDATE %s SET %s = 12345 WHERE rowid = (SELECT MAX(rowid) FROM %1$s)"
                .formatted(kind.table, column));
        assertThat(outcome()).as("%s.%s", kind.table, column).startsWith("told");
      }
    }
  }

  @Test
  void vanishedRowsAreNoticed() throws Exception {
    for (RowKind<?> kind : kinds()) {
      Files.write(file, whole);
      change(
          "DELETE FROM "
              + kind.table
              + " WHERE rowid = (SELECT MAX(rowid) FROM "
              + kind.table
              + ")");
      assertThat(outcome()).as(kind.table).startsWith("told");
      Files.write(file, whole);
      change("DELETE FROM " + kind.table);
      assertThat(outcome()).as("all of " + kind.table).startsWith("told");
    }
  }

  @Test
  void damagedTallyKeepsItsTableFromBeingWritten() throws Exception {
    change("UPDATE tallies SET row_count = 5 WHERE owner = 'table 7'");
    try (var catalog = SqliteCatalog.open(file)) {
      assertThat(failure(() -> catalog.apply(Samples.put(7, 107, 300))))
          .isInstanceOf(StorageException.class)
          .hasMessageContaining("\"table 7\" is damaged: stop the server and restore");
    }
  }

  private static List<RowKind<?>> kinds() {
    return List.of(
        RowKinds.META,
        RowKinds.TABLES,
        RowKinds.VERSIONS,
        RowKinds.PARTS,
        RowKinds.UPLOADS,
        RowKinds.UPLOAD_PARTS,
        RowKinds.KEYS,
        RowKinds.TALLIES);
  }

  private static List<Edit> uploadsAndKeys() {
    List<Edit> edits = new ArrayList<>();
    IntStream.range(0, 5)
        .forEach(i -> {
          edits.add(new Edit.SaveUpload(Samples.upload("u" + i)));
          edits.add(new Edit.SaveUploadPart(Samples.uploadPart("u" + i, i, "up" + i)));
          edits.add(new Edit.SaveKey(Samples.key("k" + i, Samples.TIME)));
        });
    return edits;
  }

  private List<String> wrong(String how, int page, byte[] bytes) throws IOException {
    String outcome = outcome(bytes);
    return outcome.startsWith("wrong")
        ? List.of(how + " page " + page + ": " + outcome)
        : List.of();
  }

  private byte[] replaced(int page, byte[] by) {
    byte[] bytes = whole.clone();
    System.arraycopy(by, 0, bytes, page * PAGE, PAGE);
    return bytes;
  }

  private static byte[] page(byte[] bytes, int page) {
    return Arrays.copyOfRange(bytes, page * PAGE, (page + 1) * PAGE);
  }

  private String outcome(byte[] bytes) throws IOException {
    Files.write(file, bytes);
    return outcome();
  }

  private String outcome(byte[] database, byte[] log) throws IOException {
    Files.write(WriteAheadLog.of(file), log);
    return outcome(database);
  }

  private String outcome() throws IOException {
    try {
      Contents now = load(file);
      if (!now.damages().isEmpty()) {
        return "told: " + now.damages();
      }
      return Samples.lines(now).equals(contents) ? "same" : "wrong: " + Samples.lines(now);
    } catch (StorageException e) {
      return "told: " + e.getMessage();
    } finally {
      Files.deleteIfExists(WriteAheadLog.of(file));
      Files.deleteIfExists(directory.resolve("catalog.db-shm"));
    }
  }

  private static Contents load(Path file) {
    try (var catalog = SqliteCatalog.open(file)) {
      return catalog.load();
    }
  }

  private static Throwable failure(Runnable running) {
    return org.assertj.core.api.Assertions.catchThrowable(running::run);
  }

  private void change(String sql) throws SQLException {
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        var statement = connection.createStatement()) {
      assertThat(statement.executeUpdate(sql)).isPositive();
    }
  }
}
