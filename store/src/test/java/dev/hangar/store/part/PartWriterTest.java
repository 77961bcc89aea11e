package dev.hangar.store.part;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hangar.store.Limits;
import dev.hangar.store.StorageException;
import dev.hangar.store.StorageException.Remedy;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class PartWriterTest {
  private static final String FULL = "No space left on device";

  /** Bodies too large to wait for others. */
  private static final Samples SAMPLES =
      Samples.ofNumbers(10_000, Samples.bytes("a"), null, null, null).with(Samples.note("n"));

  /** Small enough that the disk is set to work by nearly every message. */
  private static final int STEP_BYTES = 512;

  @TempDir Path directory;
  private PartFixture parts;

  @BeforeEach
  void open() {
    parts = new PartFixture(directory);
  }

  @Test
  void theDiskWorksMeanwhile() throws IOException {
    write(STEP_BYTES);
    long often = parts.files().operations();
    Files.delete(parts.file());

    write(Long.MAX_VALUE);

    assertThat(often).isGreaterThan(parts.files().operations() - often);
  }

  @Test
  void itCountsWhatItHas() {
    try (var writer = writer(STEP_BYTES)) {
      SAMPLES.batches().forEach(writer::append);

      assertThat(writer.rows()).isEqualTo(40_000);
      assertThat(writer.batches()).isEqualTo(5);
      assertThat(writer.bytes())
          .isEqualTo(SAMPLES.batches().stream().mapToLong(batch -> batch.bodyBytes()).sum());
      assertThat(directory).isDirectoryContaining("glob:**/0a1b.tmp");
    }
    assertNothingLeft();
  }

  @Test
  void anEndedWriterTakesNothingMore() {
    var writer = writer(STEP_BYTES);
    writer.finish();
    var batch = SAMPLES.batches().getFirst();

    assertThatThrownBy(() -> writer.append(batch)).hasMessageContaining("0a1b.tmp is finished");
    assertThatThrownBy(writer::finish).isInstanceOf(IllegalStateException.class);
    writer.close();
    writer.close();

    assertThat(directory).isDirectoryContaining("glob:**/0a1b.arrow");
  }

  @Test
  void whatHasNeitherMetadataNorAnyIsRefused() {
    var nothing = Samples.batch(null, null, ByteBuffer.allocate(0));
    var bare = Samples.batch(null, Samples.bytes("a"), ByteBuffer.allocateDirect(8));
    for (var batch : List.of(nothing, bare)) {
      try (var writer = writer(STEP_BYTES)) {
        assertThatThrownBy(() -> writer.append(batch)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(writer::finish).hasMessageContaining("is failed");
      }
      assertNothingLeft();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {FULL, "Input/output error"})
  void whereverTheDiskFailsNothingIsLeft(String message) {
    var remedy = message.equals(FULL) ? Remedy.ROOM : Remedy.RESTART;
    int failures = 0;
    for (boolean hasFailed = true; hasFailed; failures++) {
      parts.files().failAt(failures + 1, message).writeShort();
      hasFailed = isFailing(remedy);
      parts.files().heal();
    }

    assertThat(failures).isGreaterThan(10);
  }

  /** Whether it failed, which leaves nothing; the one that does not has come to the end. */
  private boolean isFailing(Remedy remedy) {
    try {
      write(STEP_BYTES);
      return false;
    } catch (StorageException e) {
      assertThat(e.remedy()).isEqualTo(remedy);
      assertThat(e).hasMessageContaining("0a1b.tmp");
      assertNothingLeft();
      return true;
    }
  }

  @Test
  void aDiskThatGoesOnFailingLeavesOneFile() throws IOException {
    for (int n = 1; ; n++) {
      parts.files().failAt(n, FULL).goOn();
      try {
        write(STEP_BYTES);
        break;
      } catch (StorageException e) {
        parts.files().heal();
        assertThat(parts.files().open()).isZero();
        removeRest();
      }
    }
    assertThat(parts.file()).exists();
  }

  private void removeRest() throws IOException {
    var rest = parts.files().list(directory);
    assertThat(rest).hasSizeLessThan(2);
    for (var file : rest) {
      parts.files().delete(file);
    }
  }

  /** The force that fails is not repeated: the next one would succeed, and lie. */
  @Test
  void aForceThatFailedIsFinal() {
    var writer = writer(1);
    parts.files().failAt(2, "Input/output error");

    assertThatExceptionOfType(StorageException.class)
        .isThrownBy(() -> appendAndFinish(writer))
        .withMessageContaining("Input/output error")
        .satisfies(e -> assertThat(e.remedy()).isEqualTo(Remedy.RESTART));
    assertThatThrownBy(writer::finish).isInstanceOf(IllegalStateException.class);
    writer.close();
    assertNothingLeft();
  }

  private static void appendAndFinish(PartWriter writer) {
    writer.append(SAMPLES.batches().getFirst());
    writer.finish();
  }

  @Test
  void smallMessagesAreWrittenTogether() {
    var small = Samples.note("small");
    int overhead = 5; // create, the last write, force, rename, sync
    try (var writer = writer(Long.MAX_VALUE)) {
      for (int i = 0; i < Limits.GATHERED_BYTES / 8 * 3; i++) {
        writer.append(small);
      }
      writer.finish();
    }

    assertThat(parts.files().operations()).isBetween(3L + overhead, 4L + overhead);
  }

  @Test
  void anInterruptIsNotTheDisks() {
    try (var writer = writer(Long.MAX_VALUE)) {
      Thread.currentThread().interrupt();
      assertThatExceptionOfType(CancellationException.class)
          .isThrownBy(() -> SAMPLES.batches().forEach(writer::append))
          .withMessageContaining("0a1b.tmp");
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
    assertNothingLeft();
  }

  @Test
  void anotherPartsFileIsNotTouched() throws IOException {
    Files.writeString(directory.resolve("0a1b.tmp"), "another");

    assertThatExceptionOfType(StorageException.class).isThrownBy(() -> writer(STEP_BYTES));
    assertThat(directory.resolve("0a1b.tmp")).hasContent("another");
  }

  private void write(long stepBytes) {
    try (var writer = writer(stepBytes)) {
      SAMPLES.batches().forEach(writer::append);
      writer.finish();
    }
    assertThat(parts.files().open()).isZero();
  }

  private PartWriter writer(long stepBytes) {
    return new PartWriter(parts.files(), directory, PartFixture.ID, SAMPLES.schema(), stepBytes);
  }

  private void assertNothingLeft() {
    assertThat(directory).isEmptyDirectory();
    assertThat(parts.files().open()).isZero();
  }
}
