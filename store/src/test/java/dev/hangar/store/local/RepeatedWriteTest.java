package dev.hangar.store.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hangar.store.Durability;
import dev.hangar.store.TableName;
import dev.hangar.store.WriteOptions;
import dev.hangar.store.WriteOptions.Mode;
import dev.hangar.store.catalog.Catalog;
import dev.hangar.store.catalog.Contents;
import dev.hangar.store.catalog.Edit;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A write that is made again while its first attempt is being committed. */
@Timeout(120)
class RepeatedWriteTest {
  private static final WriteOptions CREATE =
      WriteOptions.DEFAULT.withMode(Mode.CREATE).withIfVersion(0).withIdempotencyKey("once");

  private final Numbers numbers = new Numbers();
  private final CompletableFuture<Long> again = new CompletableFuture<>();

  @TempDir private Path folder;
  private LocalStore store;

  @Test
  void whatTheFirstAttemptMadeDoesNotStandAgainstTheSecond() {
    try (var store =
        LocalStore.open(
            DataDirectory.open(folder.resolve("data")),
            Durability.DISK,
            Duration.ZERO,
            Clock.systemUTC(),
            catalog -> new SlowCatalog(catalog, this::writeAgain))) {
      this.store = store;
      assertThat(numbers.put(store, "t", CREATE, 1).version()).isEqualTo(1);
      assertThat(again.join()).isEqualTo(1);
      assertThat(Numbers.values(store, "t")).containsExactly(1);
      assertThat(store.versions(TableName.parse("t"))).hasSize(1);
    }
    assertThat(numbers.held()).isZero();
  }

  /** Returns when the second attempt has to wait for the first. */
  private void writeAgain() {
    var thread =
        Thread.ofPlatform()
            .start(() -> {
              try {
                again.complete(numbers.put(store, "t", CREATE, 1).version());
              } catch (RuntimeException refused) {
                again.completeExceptionally(refused);
              }
            });
    while (thread.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
  }

  /** A catalog during whose first commit something happens. */
  private static final class SlowCatalog implements Catalog {
    private final Catalog catalog;
    private Runnable meanwhile;

    private SlowCatalog(Catalog catalog, Runnable meanwhile) {
      this.catalog = catalog;
      this.meanwhile = meanwhile;
    }

    @Override
    public Contents load() {
      return catalog.load();
    }

    @Override
    public void apply(List<Edit> edits) {
      catalog.apply(edits);
      var first = meanwhile;
      meanwhile = () -> {};
      first.run();
    }

    @Override
    public void backupTo(Path file) {
      catalog.backupTo(file);
    }

    @Override
    public void close() {
      catalog.close();
    }
  }
}
