package dev.hangar.store.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hangar.store.Change;
import dev.hangar.store.Durability;
import dev.hangar.store.StorageException;
import dev.hangar.store.StorageException.Remedy;
import dev.hangar.store.TableName;
import dev.hangar.store.WriteOptions;
import dev.hangar.store.WriteOptions.Mode;
import dev.hangar.store.file.DiskFiles;
import dev.hangar.store.file.FailingFiles;
import dev.hangar.store.local.FailingCatalog.Failure;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A disk that fails at the n-th thing it is asked for, every n: afterwards there is the old state
 * or the new one, reads go on, and nothing stays open.
 */
@Timeout(300)
class FaultsTest {
  private static final WriteOptions APPEND = WriteOptions.DEFAULT.withMode(Mode.APPEND);

  /** What is done to a table with the rows 1 and 2. */
  private enum Operation {
    PUT(store -> new Numbers().put(store, "t", 3), List.of(3)),
    APPENDED(store -> new Numbers().put(store, "t", APPEND, 3), List.of(1, 2, 3)),
    RENAME(
        store ->
            store.commit(
                List.of(
                    new Change.Rename(
                        TableName.parse("t"), TableName.parse("u"), OptionalLong.empty()))),
        List.of()),
    DROP(store -> store.drop(TableName.parse("t")), List.of()),
    UPLOAD(FaultsTest::upload, List.of(5, 6));

    private final Consumer<LocalStore> action;
    private final List<Integer> after;

    Operation(Consumer<LocalStore> action, List<Integer> after) {
      this.action = action;
      this.after = after;
    }
  }

  private final AtomicReference<FailingCatalog> catalog = new AtomicReference<>();

  @TempDir private Path folder;

  private static void upload(LocalStore store) {
    var numbers = new Numbers();
    var upload = store.startUpload(TableName.parse("t"), new byte[0], WriteOptions.DEFAULT);
    numbers.part(store, upload, 1, 5);
    numbers.part(store, upload, 2, 6);
    store.commit(List.of(new Change.Finish(upload)));
  }

  @ParameterizedTest
  @EnumSource(Operation.class)
  void everyFailureOfTheDiskLeavesTheOldStateOrTheNew(Operation operation) {
    int passed = 0;
    for (String message : List.of("No space left on device", "Input/output error")) {
      boolean isOver = false;
      for (int n = 1; !isOver; n++) {
        isOver = !failsAt(operation, n, message, "%s-%s-%d".formatted(operation, message, n));
        passed++;
      }
    }
    System.out.printf("R-2 %s: %d passed, 0 failed%n", operation, passed);
  }

  /** False if the operation is over before its n-th step. */
  private boolean failsAt(Operation operation, int n, String message, String directory) {
    var files = new FailingFiles(new DiskFiles());
    boolean hasFailed;
    try (var store = open(directory, files)) {
      new Numbers().put(store, "t", 1, 2);
      new Numbers().put(store, "other", 9);
      files.failAt(n, message).goOn();
      boolean isDone = attempt(store, operation);
      hasFailed = files.hasFailed();
      files.heal();
      var now = values(store);
      assertThat(now).isIn(List.of(1, 2), operation.after);
      if (isDone) {
        assertThat(now).isEqualTo(operation.after);
      }
      assertThat(Numbers.values(store, "other")).containsExactly(9);
    }
    assertThat(files.open()).isZero();
    try (var store = open(directory, files)) {
      assertThat(store.damages()).isEmpty();
      assertThat(values(store)).isIn(List.of(1, 2), operation.after);
      assertThat(Numbers.values(store, "other")).containsExactly(9);
      store.drop(TableName.parse("u"));
      new Numbers().put(store, "t", 1, 2);
      operation.action.accept(store);
      assertThat(values(store)).isEqualTo(operation.after);
    }
    assertThat(files.open()).isZero();
    return hasFailed;
  }

  private static boolean attempt(LocalStore store, Operation operation) {
    try {
      operation.action.accept(store);
      return true;
    } catch (StorageException failed) {
      return false;
    }
  }

  private static List<Integer> values(LocalStore store) {
    return store.list().stream().anyMatch(table -> table.name().toString().equals("t"))
        ? Numbers.values(store, "t")
        : List.of();
  }

  @ParameterizedTest
  @EnumSource(Operation.class)
  void everyFailureOfTheCatalogLeavesTheOldStateOrTheNew(Operation operation) {
    for (Failure failure : Failure.values()) {
      var directory = "%s-%s".formatted(operation, failure);
      try (var store = open(directory, new FailingFiles(new DiskFiles()))) {
        new Numbers().put(store, "t", 1, 2);
        catalog.get().fail(failure);
        assertThat(attempt(store, operation)).isEqualTo(failure == Failure.NONE);
        assertThat(values(store))
            .isEqualTo(failure == Failure.NONE ? operation.after : List.of(1, 2));
      }
      try (var store = open(directory, new FailingFiles(new DiskFiles()))) {
        assertThat(store.damages()).isEmpty();
        assertThat(values(store)).isIn(List.of(1, 2), operation.after);
      }
    }
  }

  @Test
  void afterAFailureNobodyUnderstandsNothingIsWritten() {
    try (var store = open("data", new FailingFiles(new DiskFiles()))) {
      new Numbers().put(store, "t", 1);
      catalog.get().fail(Failure.LOST_AFTER);
      assertThatThrownBy(() -> new Numbers().put(store, "t", 2))
          .isInstanceOf(StorageException.class);
      catalog.get().fail(Failure.NONE);
      assertThatThrownBy(() -> new Numbers().put(store, "t", 3))
          .isInstanceOf(StorageException.class)
          .hasMessageContaining("nothing is written to")
          .hasMessageContaining("the disk is lost")
          .extracting(thrown -> ((StorageException) thrown).remedy())
          .isEqualTo(Remedy.RESTART);
      assertThat(Numbers.values(store, "t")).containsExactly(1);
    }
    try (var store = open("data", new FailingFiles(new DiskFiles()))) {
      assertThat(Numbers.values(store, "t")).containsExactly(2);
      new Numbers().put(store, "t", 4);
    }
  }

  private LocalStore open(String directory, FailingFiles files) {
    return LocalStore.open(
        DataDirectory.open(folder.resolve(directory), files),
        Durability.DISK,
        Duration.ZERO,
        Clock.systemUTC(),
        own -> {
          catalog.set(new FailingCatalog(own));
          return catalog.get();
        });
  }
}
