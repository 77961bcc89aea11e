package dev.hangar.store.part;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.hangar.store.DamagedPartException;
import dev.hangar.store.Trials;
import dev.hangar.store.catalog.Rows;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A damaged part is refused, or was damaged where nothing is kept; it never reads differently. */
@Timeout(300)
class PartDamageTest {
  @TempDir Path directory;
  private PartFixture parts;
  private Samples samples;
  private Rows.PartFile stored;
  private byte[] whole;

  @BeforeEach
  void write() throws IOException {
    parts = new PartFixture(directory);
    samples =
        Samples.ofNumbers(9, null, Samples.bytes("beside"), Samples.bytes(""))
            .with(Samples.note("alone"));
    stored = parts.write(samples);
    whole = Files.readAllBytes(parts.file());
  }

  @Test
  void everyByteIsGuardedOrDoesNotMatter() throws IOException {
    var trials = new Trials("flipped bytes of a part");
    var random = trials.random();
    int refused = 0;
    for (int offset = 0; offset < whole.length; offset++) {
      byte[] damaged = whole.clone();
      damaged[offset] ^= (byte) (1 + random.nextInt(255));
      refused += isRefused(damaged, trials) ? 1 : 0;
    }
    trials.report();

    assertThat(trials.failed()).as(trials.replay()).isZero();
    assertThat(refused).isGreaterThan(whole.length / 2);
  }

  @Test
  void aCheckFindsEveryFlippedByte() throws IOException {
    var trials = new Trials("flipped bytes of a part that a check finds");
    var random = trials.random();
    for (int offset = 0; offset < whole.length; offset++) {
      byte[] damaged = whole.clone();
      damaged[offset] ^= (byte) (1 + random.nextInt(255));
      Files.write(parts.file(), damaged);
      trials.count(found().size() == 1);
    }
    Files.write(parts.file(), whole);
    trials.report();

    assertThat(found()).isEmpty();
    assertThat(trials.failed()).as(trials.replay()).isZero();
    assertThat(parts.files().open()).isZero();
  }

  private List<DamagedPartException> found() {
    var found = new ArrayList<DamagedPartException>();
    new PartCheck(parts.files(), found::add).check(directory, stored, "trades", bytes -> {});
    assertThat(found).allMatch(damage -> damage.offset().orElse(-1) <= whole.length);
    return found;
  }

  @Test
  void manyFlippedBytesAreOnlyEverRefused() throws IOException {
    var trials = new Trials("parts with several flipped bytes");
    var random = trials.random();
    for (int round = 0; round < Trials.count(1000, 100_000); round++) {
      isRefused(damaged(random), trials);
    }
    trials.report();

    assertThat(trials.failed()).as(trials.replay()).isZero();
  }

  private byte[] damaged(Random random) {
    byte[] damaged = whole.clone();
    for (int flips = random.nextInt(8); flips >= 0; flips--) {
      damaged[random.nextInt(whole.length)] = (byte) random.nextInt();
    }
    return damaged;
  }

  @Test
  void aPartCutAnywhereIsRefused() throws IOException {
    var trials = new Trials("parts cut short");
    for (int length = 0; length < whole.length; length += 1 + length / 100) {
      trials.count(isRefused(Arrays.copyOf(whole, length), new Trials("")));
    }
    trials.count(isRefused(Arrays.copyOf(whole, whole.length - 1), new Trials("")));
    trials.count(isRefused(Arrays.copyOf(whole, whole.length + 1), new Trials("")));
    trials.report();

    assertThat(trials.failed()).isZero();
  }

  /** Where the catalog's length is as wrong as the file's, the checks behind it hold too. */
  @Test
  void aPartCutAnywhereIsRefusedWhateverTheCatalogSays() throws IOException {
    for (int length = 0; length < whole.length; length++) {
      Files.write(parts.file(), Arrays.copyOf(whole, length));
      var file = stored(length, stored.footerChecksum(), stored.batches());

      assertThatExceptionOfType(DamagedPartException.class)
          .isThrownBy(() -> parts.assertHas(file, samples));
    }
  }

  @Test
  void theCatalogMustAgree() {
    assertDamaged(stored(stored.fileBytes() + 1, stored.footerChecksum(), 4), "stored were");
    assertDamaged(stored(stored.fileBytes(), 1, 4), "the catalog 00000001");
    assertDamaged(stored(stored.fileBytes(), stored.footerChecksum(), 5), "4 messages of 27 rows");
  }

  private Rows.PartFile stored(long fileBytes, int checksum, int batches) {
    return new Rows.PartFile(
        stored.id(), fileBytes, checksum, stored.rows(), stored.bytes(), batches);
  }

  @Test
  void damageIsNamed() throws IOException {
    try (var part = parts.part(stored)) {
      byte[] damaged = whole.clone();
      int body = whole.length / 4 / 64 * 64;
      damaged[body] ^= 1;
      Files.write(parts.file(), damaged);
      var messages = part.hold();
      try {
        assertThatExceptionOfType(DamagedPartException.class)
            .isThrownBy(() -> messages.forEach(message -> {}))
            .withMessageMatching(
                "table trades: part .*0a1b.arrow: message \\d at byte \\d+ has the checksum"
                    + " [0-9a-f]{8}, stored was [0-9a-f]{8}; restore .*");
      } finally {
        part.letGo();
      }
    }
  }

  /** Memory behind a file's end ends a process that reads it, unless it reads with care. */
  @Test
  void aPartCutWhileItIsMappedIsRefused() throws IOException {
    var large = Samples.ofNumbers(100_000, null, null, null);
    Files.delete(parts.file());
    var file = parts.write(large);
    for (int round = 0; round < 50; round++) {
      try (var part = parts.part(file)) {
        var messages = part.hold();
        try (var channel = FileChannel.open(parts.file(), StandardOpenOption.WRITE)) {
          channel.truncate(file.fileBytes() / 2);
        }
        assertThatExceptionOfType(DamagedPartException.class)
            .isThrownBy(() -> messages.get(2))
            .withMessageContaining("message 2 at byte")
            .withMessageContaining("cannot be read");
        assertThat(messages.getFirst().body()).isEqualTo(large.batches().getFirst().body());
        part.letGo();
      }
      Files.delete(parts.file());
      parts.write(large);
    }
  }

  @Test
  void aMissingPartIsNamed() throws IOException {
    Files.delete(parts.file());

    assertDamaged(stored, "0a1b.arrow: the file is missing");
  }

  private void assertDamaged(Rows.PartFile file, String what) {
    assertThatExceptionOfType(DamagedPartException.class)
        .isThrownBy(() -> parts.assertHas(file, samples))
        .withMessageContaining(what);
    assertThat(parts.files().open()).isZero();
  }

  /** Whether it was; anything else than a refusal or the same data is a failure. */
  private boolean isRefused(byte[] bytes, Trials trials) throws IOException {
    Files.write(parts.file(), bytes);
    try {
      parts.assertHas(stored, samples);
      trials.count(true);
      return false;
    } catch (DamagedPartException e) {
      trials.count(parts.files().open() == 0);
      return true;
    } catch (AssertionError | RuntimeException e) {
      trials.count(false);
      return false;
    }
  }
}
