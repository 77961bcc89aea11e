package dev.hangar.store.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hangar.store.ArrowStream;
import dev.hangar.store.Change;
import dev.hangar.store.Durability;
import dev.hangar.store.InvalidDataException;
import dev.hangar.store.NoSuchTableException;
import dev.hangar.store.NoSuchUploadException;
import dev.hangar.store.NoSuchVersionException;
import dev.hangar.store.TableExistsException;
import dev.hangar.store.TableName;
import dev.hangar.store.TableSummary;
import dev.hangar.store.Types;
import dev.hangar.store.VersionConflictException;
import dev.hangar.store.WriteOptions;
import dev.hangar.store.WriteOptions.Mode;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What writes can ask for, in memory and on disk alike; on disk it is there again afterwards. */
@ParameterizedClass
@EnumSource(Durability.class)
@Timeout(120)
class WritingTest {
  private static final WriteOptions APPEND = WriteOptions.DEFAULT.withMode(Mode.APPEND);
  private static final WriteOptions CREATE = WriteOptions.DEFAULT.withMode(Mode.CREATE);
  private static final OptionalLong ANY = OptionalLong.empty();

  private final Numbers numbers = new Numbers();
  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
  private final Durability durability;

  @TempDir private Path folder;
  private LocalStore store;

  WritingTest(Durability durability) {
    this.durability = durability;
  }

  @BeforeEach
  void open() {
    store = reopened();
  }

  @AfterEach
  void nothingIsLeftBehind() {
    store.close();
    assertThat(numbers.held()).isZero();
  }

  @Test
  void appendedRowsStandBehindThoseThere() {
    numbers.put(store, "t", APPEND, 1, 2);
    var summary = numbers.put(store, "t", APPEND, 3);
    assertThat(summary.version()).isEqualTo(2);
    assertThat(summary.rows()).isEqualTo(3 * Numbers.ROWS);
    assertThat(summary.parts()).isEqualTo(2);
    again();
    assertThat(Numbers.values(store, "t")).containsExactly(1, 2, 3);
  }

  @Test
  void appendsAtOnceAreAllThere() throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var appends =
          IntStream.range(0, 50)
              .<Callable<TableSummary>>mapToObj(i -> () -> numbers.put(store, "t", APPEND, i))
              .toList();
      for (var done : threads.invokeAll(appends)) {
        done.get();
      }
    }
    again();
    assertThat(Numbers.values(store, "t"))
        .containsExactlyInAnyOrderElementsOf(IntStream.range(0, 50).boxed().toList());
  }

  @Test
  void anotherSchemaIsNotAppended() {
    numbers.put(store, "t", 1);
    var other = ArrowStream.schema(Types.utf8("n"));
    assertThatThrownBy(() -> store.write(TableName.parse("t"), new byte[0], other, APPEND))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining("table \"t\" has another schema: its column 1 is");
  }

  @Test
  void createWritesNoTableThatIsThere() {
    numbers.put(store, "t", CREATE, 1);
    assertThatThrownBy(() -> numbers.put(store, "t", CREATE, 2))
        .isInstanceOf(TableExistsException.class)
        .hasMessageContaining("version 1");
    var early = store.write(TableName.parse("u"), new byte[0], Numbers.SCHEMA, CREATE);
    numbers.put(store, "u", 5);
    assertThatThrownBy(early::commit).isInstanceOf(TableExistsException.class);
    early.close();
    again();
    assertThat(Numbers.values(store, "t")).containsExactly(1);
    assertThat(Numbers.values(store, "u")).containsExactly(5);
  }

  @Test
  void aConditionHoldsOrNothingIsWritten() {
    numbers.put(store, "t", WriteOptions.DEFAULT.withIfVersion(0), 1);
    numbers.put(store, "t", WriteOptions.DEFAULT.withIfVersion(1), 2);
    for (long wrong : new long[] {0, 1, 3}) {
      assertThatThrownBy(
              () -> numbers.put(store, "t", WriteOptions.DEFAULT.withIfVersion(wrong), 9))
          .isInstanceOf(VersionConflictException.class)
          .hasMessageContaining("at version 2");
    }
    again();
    assertThat(Numbers.values(store, "t")).containsExactly(2);
  }

  @Test
  void ofManyWithOneConditionOneIsWritten() throws Exception {
    numbers.put(store, "t", 0);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var writes =
          IntStream.range(0, 20).<Callable<Integer>>mapToObj(i -> () -> attempt(i)).toList();
      int written = 0;
      for (var done : threads.invokeAll(writes)) {
        written += done.get();
      }
      assertThat(written).isOne();
    }
  }

  private int attempt(int value) {
    try {
      numbers.put(store, "t", WriteOptions.DEFAULT.withIfVersion(1), value);
      return 1;
    } catch (VersionConflictException late) {
      return 0;
    }
  }

  @Test
  void oneKeyIsOneVersion() {
    var once = APPEND.withIdempotencyKey("k");
    assertThat(numbers.put(store, "t", once, 1).version()).isEqualTo(1);
    numbers.put(store, "t", APPEND, 2);
    assertThat(numbers.put(store, "t", once, 1).version()).isEqualTo(1);
    again();
    if (durability == Durability.DISK) {
      assertThat(numbers.put(store, "t", once, 1).version()).isEqualTo(1);
    }
    assertThat(Numbers.values(store, "t")).containsExactly(1, 2);
    assertThatThrownBy(() -> numbers.put(store, "other", once, 1))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining("used for table \"t\"");
  }

  @Test
  void versionsStayAsManyAsTheLastWriteSays() {
    numbers.put(store, "t", 1);
    numbers.put(store, "t", WriteOptions.DEFAULT.withKeepVersions(2), 2);
    numbers.put(store, "t", WriteOptions.DEFAULT.withKeepVersions(2), 3);
    numbers.put(store, "t", WriteOptions.DEFAULT.withKeepVersions(2), 4);
    again();
    assertThat(store.versions(TableName.parse("t")))
        .extracting(TableSummary::version)
        .containsExactly(4L, 3L, 2L);
    assertThat(Numbers.values(store, "t", 2)).containsExactly(2);
    assertThatThrownBy(() -> Numbers.values(store, "t", 1))
        .isInstanceOf(NoSuchVersionException.class);
    numbers.put(store, "t", 5);
    assertThat(store.versions(TableName.parse("t"))).hasSize(1);
  }

  @Test
  void appendedVersionsCanBeReadOneByOne() {
    var keeping = APPEND.withKeepVersions(10);
    numbers.put(store, "t", keeping, 1);
    numbers.put(store, "t", keeping, 2);
    numbers.put(store, "t", WriteOptions.DEFAULT.withKeepVersions(10), 3);
    numbers.put(store, "t", keeping, 4);
    again();
    assertThat(Numbers.values(store, "t", 1)).containsExactly(1);
    assertThat(Numbers.values(store, "t", 2)).containsExactly(1, 2);
    assertThat(Numbers.values(store, "t", 3)).containsExactly(3);
    assertThat(Numbers.values(store, "t", 4)).containsExactly(3, 4);
  }

  @Test
  void aTableGoesWhenItsTimeIsOver() {
    numbers.put(store, "t", WriteOptions.DEFAULT.withTimeToLive(Duration.ofMinutes(10)), 1);
    numbers.put(store, "t", APPEND, 2);
    numbers.put(store, "stays", 3);
    now.updateAndGet(before -> before.plus(Duration.ofMinutes(10)).minusMillis(1));
    again();
    assertThat(Numbers.values(store, "t")).containsExactly(1, 2);
    now.updateAndGet(before -> before.plusMillis(1));
    assertThatThrownBy(() -> Numbers.values(store, "t")).isInstanceOf(NoSuchTableException.class);
    assertThat(store.list()).hasSize(1);
    store.sweep();
    now.updateAndGet(before -> before.minusMillis(1));
    assertThatThrownBy(() -> Numbers.values(store, "t")).isInstanceOf(NoSuchTableException.class);
    again();
    assertThat(numbers.put(store, "t", 4).version()).isGreaterThan(2);
  }

  @Test
  void aRenamedTableHasAnotherNameAndANewNumber() {
    numbers.put(store, "a", 1);
    numbers.put(store, "a", 2);
    numbers.put(store, "b", 9);
    var rename = new Change.Rename(TableName.parse("a"), TableName.parse("c/d"), ANY);
    assertThat(store.commit(List.of(rename)).getFirst().version()).isEqualTo(3);
    again();
    assertThat(Numbers.values(store, "c/d")).containsExactly(2);
    assertThatThrownBy(() -> Numbers.values(store, "a")).isInstanceOf(NoSuchTableException.class);
    var taken = new Change.Rename(TableName.parse("c/d"), TableName.parse("b"), ANY);
    assertThatThrownBy(() -> store.commit(List.of(taken))).isInstanceOf(TableExistsException.class);
    assertThat(numbers.put(store, "a", 7).version()).isGreaterThan(2);
  }

  @Test
  void aCommitOfSeveralTablesIsOneOrNothing() {
    numbers.put(store, "old", 1);
    numbers.put(store, "new", 2);
    numbers.put(store, "days/1", 3);
    numbers.put(store, "days/2", 4);
    var swap =
        List.<Change>of(
            new Change.Drop(TableName.parse("old"), ANY),
            new Change.Rename(TableName.parse("new"), TableName.parse("old"), ANY),
            new Change.DropPrefix(TableName.parse("days")));
    var impossible =
        List.<Change>of(swap.get(0), swap.get(1), new Change.Drop(TableName.parse("nothing"), ANY));
    assertThatThrownBy(() -> store.commit(impossible)).isInstanceOf(NoSuchTableException.class);
    assertThat(Numbers.values(store, "old")).containsExactly(1);

    store.commit(swap);
    again();
    assertThat(Numbers.values(store, "old")).containsExactly(2);
    assertThat(store.list()).hasSize(1);
  }

  @Test
  void anUploadIsSeenWholeAndInTheOrderOfItsParts() {
    var upload = store.startUpload(TableName.parse("t"), new byte[] {1}, WriteOptions.DEFAULT);
    numbers.part(store, upload, 7, 3, 4);
    numbers.part(store, upload, 2, 9);
    numbers.part(store, upload, 2, 1, 2);
    assertThat(store.list()).isEmpty();
    again(upload);

    var finish = List.<Change>of(new Change.Finish(upload));
    var summary = store.commit(finish).getFirst();
    assertThat(summary.rows()).isEqualTo(4 * Numbers.ROWS);
    assertThat(store.commit(finish).getFirst().version()).isEqualTo(summary.version());
    again();
    assertThat(Numbers.values(store, "t")).containsExactly(1, 2, 3, 4);
    assertThatThrownBy(() -> numbers.part(store, upload, 8, 5))
        .isInstanceOf(NoSuchUploadException.class);
  }

  @Test
  void partsAtOnceAreAllThere() throws Exception {
    var upload = store.startUpload(TableName.parse("t"), new byte[0], WriteOptions.DEFAULT);
    int parts = durability == Durability.DISK ? 200 : 20_000;
    try (var threads = Executors.newFixedThreadPool(4)) {
      var writes =
          IntStream.range(0, parts)
              .<Callable<TableSummary>>mapToObj(i -> () -> numbers.part(store, upload, i, i))
              .toList();
      for (var done : threads.invokeAll(writes)) {
        done.get();
      }
    }
    store.commit(List.of(new Change.Finish(upload)));
    assertThat(Numbers.values(store, "t"))
        .containsExactlyElementsOf(IntStream.range(0, parts).boxed().toList());
  }

  @Test
  void anAbortedUploadLeavesNothing() {
    var upload = store.startUpload(TableName.parse("t"), new byte[0], WriteOptions.DEFAULT);
    numbers.part(store, upload, 1, 1);
    store.abortUpload(upload);
    assertThat(numbers.held()).isZero();
    assertThatThrownBy(() -> store.commit(List.of(new Change.Finish(upload))))
        .isInstanceOf(NoSuchUploadException.class);
    assertThatThrownBy(() -> store.abortUpload(upload)).isInstanceOf(NoSuchUploadException.class);
  }

  @Test
  void anUploadNobodyEndsGoesAfterItsTime() {
    var upload = store.startUpload(TableName.parse("t"), new byte[0], WriteOptions.DEFAULT);
    numbers.part(store, upload, 1, 1);
    now.updateAndGet(before -> before.plus(Duration.ofHours(1)));
    store.sweep();
    assertThat(numbers.held()).isZero();
    assertThatThrownBy(() -> numbers.part(store, upload, 2, 2))
        .isInstanceOf(NoSuchUploadException.class);
  }

  /** What is on disk is read anew from there. */
  private void again() {
    if (durability == Durability.DISK) {
      store.close();
      store = reopened();
      assertThat(store.damages()).isEmpty();
    }
  }

  private void again(String upload) {
    again();
    assertThat(store.uploadTable(upload)).isEqualTo(TableName.parse("t"));
  }

  private LocalStore reopened() {
    return durability == Durability.DISK
        ? LocalStore.open(
            DataDirectory.open(folder.resolve("data")), Durability.DISK, Duration.ZERO, now::get)
        : LocalStore.inMemory(now::get);
  }
}
