package dev.hangar.store.part;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hangar.store.StorageException;
import dev.hangar.store.catalog.Rows;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class FilePartTest {
  private static final Samples SAMPLES = Samples.ofNumbers(9, Samples.bytes("a"), null);

  @TempDir Path directory;
  private PartFixture parts;
  private Rows.PartFile stored;

  @BeforeEach
  void write() {
    parts = new PartFixture(directory);
    stored = parts.write(SAMPLES);
  }

  @Test
  void theDiskIsTouchedWhenSomebodyReads() {
    long before = parts.files().operations();
    try (var part = parts.part(stored)) {
      assertThat(part.rows()).isEqualTo(18);
      assertThat(part.batches()).isEqualTo(2);
      assertThat(part.bytes()).isEqualTo(stored.bytes());
      assertThat(part.stored()).isEqualTo(stored);
      assertThat(parts.files().operations()).isEqualTo(before);
      assertThat(part.isMapped()).isFalse();
    }
  }

  @Test
  void theMappingStaysUntilItIsAskedToGo() {
    try (var part = parts.part(stored)) {
      part.hold();
      part.hold();
      assertThat(parts.files().open()).isOne();
      assertThat(part.tryUnmap()).isFalse();
      part.letGo();
      part.letGo();
      assertThat(part.isMapped()).isTrue();
      assertThat(part.tryUnmap()).isTrue();
      assertThat(part.tryUnmap()).isFalse();
      assertThat(parts.files().open()).isZero();

      assertThat(part.hold().get(1)).isNotNull();
      part.letGo();
      assertThat(parts.files().open()).isOne();
    }
    assertThat(parts.files().open()).isZero();
  }

  @Test
  void aPartClosedWhileItIsReadGoesWithItsLastReader() {
    var part = parts.part(stored);
    var messages = part.hold();
    part.hold();
    part.close();
    part.letGo();

    assertThat(messages.getFirst().body()).isEqualTo(SAMPLES.batches().getFirst().body());
    assertThatThrownBy(part::hold).isInstanceOf(IllegalStateException.class);
    part.letGo();

    assertThat(parts.files().open()).isZero();
    assertThatThrownBy(() -> messages.get(0)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(part::letGo).isInstanceOf(IllegalStateException.class);
    part.close();
  }

  @Test
  void messagesOutsideAreNotThere() {
    try (var part = parts.part(stored)) {
      var messages = part.hold();
      assertThatThrownBy(() -> messages.get(2)).isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> messages.get(-1)).isInstanceOf(IndexOutOfBoundsException.class);
      messages.getFirst().release();
      assertThat(messages.getFirst().rows()).isEqualTo(9);
      part.letGo();
    }
  }

  @Test
  void aMappingThatFailsIsTriedAgain() {
    try (var part = parts.part(stored)) {
      parts.files().failAt(1, "Too many open files");
      assertThatExceptionOfType(StorageException.class)
          .isThrownBy(part::hold)
          .withMessageContaining("cannot map")
          .withMessageContaining("0a1b.arrow: Too many open files");

      assertThat(part.hold()).hasSize(2);
      part.letGo();
    }
    assertThat(parts.files().open()).isZero();
  }

  @Test
  void manyReadAndUnmapAtOnce() throws Exception {
    try (var part = parts.part(stored);
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var readers = new ArrayList<Callable<Integer>>();
      for (int i = 0; i < 200; i++) {
        readers.add(() -> read(part));
      }
      for (var result : threads.invokeAll(readers)) {
        assertThat(result.get()).isEqualTo(2);
      }
    }
    assertThat(parts.files().open()).isZero();
  }

  private static int read(FilePart part) {
    int read = 0;
    var messages = part.hold();
    try {
      for (var message : messages) {
        assertThat(message.body()).isEqualTo(SAMPLES.batches().getFirst().body());
        read++;
      }
    } finally {
      part.letGo();
    }
    part.tryUnmap();
    return read;
  }
}
