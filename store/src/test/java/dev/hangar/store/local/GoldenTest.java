package dev.hangar.store.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hangar.store.Change;
import dev.hangar.store.Durability;
import dev.hangar.store.TableName;
import dev.hangar.store.WriteOptions;
import dev.hangar.store.WriteOptions.Mode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Data directories as each format wrote them are opened for ever. With {@code
 * -Dhangar.golden=write} that of the present format is written anew, which is right only until it
 * is released.
 */
@Timeout(60)
class GoldenTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden");
  private static final String UPLOAD_FILE = "upload";

  @TempDir private Path folder;

  @Test
  void theFirstFormatIsRead() throws IOException {
    if ("write".equals(System.getProperty("hangar.golden"))) {
      write(GOLDEN.resolve("v1"));
    }
    copy(GOLDEN.resolve("v1"), folder.resolve("v1"));
    var upload = Files.readString(folder.resolve("v1").resolve(UPLOAD_FILE));
    Files.delete(folder.resolve("v1").resolve(UPLOAD_FILE));
    try (var store = open(folder.resolve("v1"))) {
      assertThat(store.damages()).isEmpty();
      assertThat(store.list()).hasSize(3);
      assertThat(Numbers.values(store, "appended/to")).containsExactly(1, 2, 3);
      assertThat(Numbers.values(store, "kept")).containsExactly(6);
      assertThat(Numbers.values(store, "kept", 1)).containsExactly(4, 5);
      assertThat(Numbers.values(store, "späte/名")).isEmpty();
      assertThat(new Numbers().put(store, "kept", key(), 9).version()).isEqualTo(2);
      store.commit(List.of(new Change.Finish(upload)));
      assertThat(Numbers.values(store, "uploaded")).containsExactly(7, 8);
      new Numbers().put(store, "kept", 9);
    }
  }

  private static void write(Path golden) throws IOException {
    var numbers = new Numbers();
    var append = WriteOptions.DEFAULT.withMode(Mode.APPEND);
    String upload;
    try (var store = open(golden)) {
      numbers.put(store, "appended/to", 1, 2);
      numbers.put(store, "appended/to", append, 3);
      numbers.put(store, "kept", 4, 5);
      numbers.put(store, "kept", key(), 6);
      numbers.put(store, "späte/名");
      numbers.put(store, "dropped", 0);
      store.drop(TableName.parse("dropped"));
      upload = store.startUpload(TableName.parse("uploaded"), new byte[0], WriteOptions.DEFAULT);
      numbers.part(store, upload, 2, 8);
      numbers.part(store, upload, 1, 7);
    }
    Files.delete(golden.resolve("lock"));
    Files.writeString(golden.resolve(UPLOAD_FILE), upload);
  }

  private static WriteOptions key() {
    return WriteOptions.DEFAULT.withKeepVersions(1).withIdempotencyKey("once");
  }

  private static void copy(Path from, Path to) throws IOException {
    try (var all = Files.walk(from)) {
      for (Path file : all.toList()) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    }
  }

  private static LocalStore open(Path directory) {
    return LocalStore.open(
        DataDirectory.open(directory),
        Durability.DISK,
        Duration.ZERO,
        () -> Instant.parse("2026-11-21T12:00:00Z"));
  }
}
