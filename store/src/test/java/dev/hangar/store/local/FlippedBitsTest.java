package dev.hangar.store.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hangar.store.Batch;
import dev.hangar.store.DamagedPartException;
import dev.hangar.store.Durability;
import dev.hangar.store.NoSuchUploadException;
import dev.hangar.store.StorageException;
import dev.hangar.store.TableName;
import dev.hangar.store.TableSummary;
import dev.hangar.store.TableVersion;
import dev.hangar.store.Trials;
import dev.hangar.store.WriteOptions;
import dev.hangar.store.WriteOptions.Mode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A bit flipped anywhere in a data directory: each table reads as it was, or says that it is
 * damaged, or the directory is refused. None reads differently, and none is gone without a word.
 */
class FlippedBitsTest {
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-01-01T00:00:00Z"), ZoneOffset.UTC);
  private static final WriteOptions APPEND = WriteOptions.DEFAULT.withMode(Mode.APPEND);
  private static final WriteOptions KEEP = WriteOptions.DEFAULT.withKeepVersions(3);

  /** A version as it is told, and all its bytes. */
  private record Known(TableSummary summary, ByteBuffer bytes) {}

  private final Numbers numbers = new Numbers();
  private final TreeMap<String, TreeMap<Long, Known>> written = new TreeMap<>();
  private List<Path> files;
  private String upload;

  @TempDir private Path folder;

  @BeforeEach
  void fill() throws IOException {
    try (var store = open()) {
      for (int i = 0; i < 8; i++) {
        numbers.put(store, "plain/" + i + "x", i, i + 1);
        numbers.put(store, "grown/" + i + "x", APPEND, i);
      }
      for (int i = 0; i < 4; i++) {
        numbers.put(store, "grown/" + i + "x", APPEND, 100 + i);
        numbers.put(store, "kept/" + i + "x", KEEP, 1, i);
        numbers.put(store, "kept/" + i + "x", KEEP, 2, i);
      }
      var key = WriteOptions.DEFAULT.withIdempotencyKey("a key");
      numbers.put(store, "keyed/x", key, 7);
      upload = store.startUpload(TableName.parse("later/x"), new byte[0], WriteOptions.DEFAULT);
      numbers.part(store, upload, 0, 1);
      numbers.part(store, upload, 1, 2);
      remember(store);
    }
    try (var all = Files.walk(folder)) {
      files = all.filter(Files::isRegularFile).filter(file -> !file.endsWith("lock")).toList();
    }
    assertThat(written).hasSize(21);
    assertThat(files).hasSize(2 + 8 + 8 + 4 + 8 + 1 + 2);
  }

  @Test
  @Timeout(value = 6, unit = TimeUnit.HOURS)
  void nothingReadsDifferently() throws IOException {
    var trials = new Trials("R-3");
    var random = trials.random();
    for (int round = 0; round < Trials.count(1_000, 100_000); round++) {
      var flip = new Flip(file(random), random);
      flip.make();
      @Nullable String wrong = wrong();
      if (wrong != null) {
        System.out.println("R-3: " + flip + ": " + wrong);
      }
      trials.count(flip.undo() && wrong == null);
    }
    trials.report();
    assertThat(wrong()).isNull();
    assertThat(trials.failed()).as(trials.replay()).isZero();
  }

  @Test
  @Timeout(value = 2, unit = TimeUnit.HOURS)
  void nothingThatIsMappedReadsDifferently() throws IOException {
    var trials = new Trials("R-3, mapped");
    var random = trials.random();
    var parts = files.stream().filter(file -> file.toString().endsWith(".arrow")).toList();
    try (var store = open()) {
      assertThat(wrong(store)).isNull();
      for (int round = 0; round < Trials.count(1_000, 100_000); round++) {
        var flip = new Flip(parts.get(random.nextInt(parts.size())), random);
        flip.make();
        @Nullable String wrong = wrong(store);
        trials.count(flip.undo() && wrong == null);
      }
      assertThat(wrong(store)).isNull();
      assertThat(store.damages()).isEmpty();
    }
    trials.report();
    assertThat(trials.failed()).as(trials.replay()).isZero();
  }

  /** Half of them in the catalog, one of a hundred in the few bytes that tell the format. */
  private Path file(Random random) {
    if (random.nextInt(100) == 0) {
      return folder.resolve("hangar-format");
    }
    return random.nextBoolean()
        ? folder.resolve("catalog.sqlite")
        : files.get(random.nextInt(files.size()));
  }

  /** What is not as it should be; null: all is. */
  private @Nullable String wrong() {
    try (var store = open()) {
      return wrong(store);
    } catch (StorageException refused) {
      return String.valueOf(refused.getMessage()).contains(folder.toString())
          ? null
          : "refused without a word where: " + refused.getMessage();
    } catch (RuntimeException e) {
      return "failed: " + e;
    }
  }

  private @Nullable String wrong(LocalStore store) {
    var damages = String.join("\n", store.damages());
    var names = store.list().stream().map(table -> table.name().toString()).toList();
    if (!written.keySet().containsAll(names)) {
      return "tables nobody wrote: " + names;
    }
    for (var table : written.entrySet()) {
      boolean isThere = names.contains(table.getKey());
      String wrong = isThere ? wrong(store, table.getKey(), damages) : "it is gone";
      if (wrong != null && (isThere || !isNamed(table.getKey(), damages))) {
        return table.getKey() + ": " + wrong + "; told was: " + damages;
      }
    }
    return isUploadThere(store) || damages.contains("upload") ? null : "the upload is gone";
  }

  /** A table whose own row is damaged is named by its number. */
  private boolean isNamed(String table, String damages) {
    return damages.contains(table) || damages.contains("its own row is missing");
  }

  private @Nullable String wrong(LocalStore store, String table, String damages) {
    var told = store.versions(TableName.parse(table)).stream().map(TableSummary::version).toList();
    for (var version : written.get(table).entrySet()) {
      if (told.contains(version.getKey())) {
        var expected = version.getValue();
        try (var lease = store.open(TableName.parse(table), version.getKey())) {
          if (!isSame(lease.summary(), expected.summary())
              || !bytes(lease).equals(expected.bytes())) {
            return "version " + version.getKey() + " reads differently";
          }
        } catch (DamagedPartException damaged) {
          if (!String.valueOf(damaged.getMessage()).contains("table " + table)) {
            return "damaged without its name: " + damaged.getMessage();
          }
        }
      } else if (!damages.contains(table)) {
        return "version " + version.getKey() + " is gone";
      }
    }
    return written.get(table).keySet().containsAll(told) ? null : "versions nobody wrote";
  }

  private boolean isUploadThere(LocalStore store) {
    try {
      return store.uploadTable(upload).equals(TableName.parse("later/x"));
    } catch (NoSuchUploadException gone) {
      return false;
    }
  }

  private static boolean isSame(TableSummary found, TableSummary expected) {
    return found.rows() == expected.rows()
        && found.bytes() == expected.bytes()
        && found.batches() == expected.batches()
        && found.schema().equals(expected.schema())
        && Arrays.equals(found.origin(), expected.origin())
        && found.created().equals(expected.created());
  }

  private void remember(LocalStore store) {
    for (var table : store.list()) {
      var versions = new TreeMap<Long, Known>();
      for (var version : store.versions(table.name())) {
        try (var lease = store.open(table.name(), version.version())) {
          versions.put(version.version(), new Known(version, bytes(lease)));
        }
      }
      written.put(table.name().toString(), versions);
    }
  }

  private static ByteBuffer bytes(TableVersion version) {
    var bytes = new ByteArrayOutputStream();
    for (var part : version.parts()) {
      try (var open = part.open()) {
        open.batches().forEach(batch -> add(bytes, batch));
      }
    }
    return ByteBuffer.wrap(bytes.toByteArray());
  }

  private static void add(ByteArrayOutputStream bytes, Batch batch) {
    add(bytes, batch.metadata());
    add(bytes, batch.appMetadata());
    add(bytes, batch.body());
  }

  private static void add(ByteArrayOutputStream bytes, @Nullable ByteBuffer buffer) {
    if (buffer != null) {
      bytes.writeBytes(Edits.bytes(buffer));
    }
  }

  private LocalStore open() {
    return LocalStore.open(DataDirectory.open(folder), Durability.DISK, Duration.ZERO, CLOCK);
  }

  /** One bit of a file. */
  private static final class Flip {
    private final Path file;
    private final byte[] before;
    private final long offset;
    private final int bit;

    private Flip(Path file, Random random) throws IOException {
      this.file = file;
      this.before = Files.readAllBytes(file);
      this.offset = random.nextInt(before.length);
      this.bit = 1 << random.nextInt(8);
    }

    private void make() throws IOException {
      write(before[(int) offset] ^ bit);
    }

    /** Whether there was still the file to undo it in. */
    private boolean undo() throws IOException {
      if (!Files.exists(file)) {
        return false;
      }
      write(before[(int) offset]);
      boolean isSame = Arrays.equals(Files.readAllBytes(file), before);
      if (!isSame) { // SQLite mends some bytes of its header itself
        Files.write(file, before);
      }
      return isSame || file.endsWith("catalog.sqlite");
    }

    private void write(int value) throws IOException {
      try (var bytes = new RandomAccessFile(file.toFile(), "rw")) {
        bytes.seek(offset);
        bytes.write(value);
      }
    }

    @Override
    public String toString() {
      return "%s, byte %d, bit %02x".formatted(file, offset, bit);
    }
  }
}
