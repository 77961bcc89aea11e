package dev.hangar.store.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hangar.store.Durability;
import dev.hangar.store.StorageException;
import dev.hangar.store.StorageException.Remedy;
import dev.hangar.store.TableName;
import dev.hangar.store.WriteOptions;
import dev.hangar.store.WriteOptions.Mode;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A disk that is really full. */
@Timeout(300)
class FullDiskTest {
  private static final WriteOptions APPEND = WriteOptions.DEFAULT.withMode(Mode.APPEND);
  private static final int ROUNDS = 5;

  private final Numbers numbers = new Numbers();

  @TempDir private Path folder;

  /** From one write to the next there is a little less room, so that each kind of write fails. */
  @Test
  void tablesStayAndWritesGoOnWhenThereIsRoomAgain() throws IOException {
    try (var mounted = Mounted.memory(folder.resolve("disk"), 16);
        var store = open(mounted.directory().resolve("data"))) {
      numbers.put(store, "t", 1, 2, 3);
      int[] many = IntStream.range(0, 2_000).toArray();
      for (int round = 0; round < ROUNDS; round++) {
        var ballast = mounted.directory().resolve("ballast");
        int written = fill(store, ballast, round, many);
        assertThat(written).as("puts before the disk was full").isPositive();
        assertThat(Numbers.values(store, "t")).containsExactly(1, 2, 3);
        assertThat(Numbers.values(store, "grown" + round)).hasSize(written * many.length);
        Files.delete(ballast);
        numbers.put(store, "after", round);
        assertThat(Numbers.values(store, "after")).containsExactly(round);
        store.drop(TableName.parse("grown" + round));
        awaitRemovals(mounted.directory().resolve("data/parts"), 2);
      }
    }
    assertThat(numbers.held()).isZero();
  }

  /** Files are removed when nobody waits for it. */
  private static void awaitRemovals(Path parts, int left) throws IOException {
    while (files(parts) > left) {
      Thread.onSpinWait();
    }
  }

  private static long files(Path parts) throws IOException {
    long count = 0;
    try (var folders = Files.newDirectoryStream(parts)) {
      for (Path folder : folders) {
        count += folder.toFile().list().length;
      }
    }
    return count;
  }

  /** Puts until the disk is full, then takes the rest of its room, and puts again. */
  private int fill(LocalStore store, Path ballast, int round, int[] many) throws IOException {
    try (var file = new RandomAccessFile(ballast.toFile(), "rw")) {
      byte[] block = new byte[64 << 10];
      for (int i = 0; i < 100; i++) {
        file.write(block);
      }
    }
    int written = 0;
    while (isPut(store, "grown" + round, many)) {
      written++;
    }
    takeTheRest(ballast);
    for (int i = 0; i < 3; i++) {
      assertThat(isPut(store, "t", 9)).isFalse();
    }
    return written;
  }

  private boolean isPut(LocalStore store, String name, int... values) {
    try {
      numbers.put(store, name, name.equals("t") ? WriteOptions.DEFAULT : APPEND, values);
      return true;
    } catch (StorageException full) {
      assertThat(full.remedy()).as(full.getMessage()).isEqualTo(Remedy.ROOM);
      return false;
    }
  }

  private static void takeTheRest(Path ballast) throws IOException {
    try (var file = new RandomAccessFile(ballast.toFile(), "rw")) {
      file.seek(file.length());
      byte[] page = new byte[4096];
      while (true) {
        file.write(page);
      }
    } catch (IOException full) {
      assertThat(full).hasMessageContaining("No space left");
    }
  }

  private static LocalStore open(Path directory) {
    return LocalStore.open(
        DataDirectory.open(directory), Durability.DISK, Duration.ZERO, Clock.systemUTC());
  }
}
