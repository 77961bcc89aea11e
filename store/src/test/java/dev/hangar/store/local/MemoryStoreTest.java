package dev.hangar.store.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hangar.store.ArrowStream;
import dev.hangar.store.Batch;
import dev.hangar.store.InvalidDataException;
import dev.hangar.store.NoSuchTableException;
import dev.hangar.store.NoSuchVersionException;
import dev.hangar.store.TableName;
import dev.hangar.store.TableSummary;
import dev.hangar.store.TableVersion;
import dev.hangar.store.Types;
import dev.hangar.store.check.Header;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MemoryStoreTest {
  private static final TableName TRIPS = TableName.parse("nyc/trips");
  private static final ByteBuffer SCHEMA = ArrowStream.schema(Types.int32("n"));
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final int ROWS = 4;
  private static final int BODY_BYTES = 16;

  private final Ledger ledger = new Ledger();
  private final AtomicReference<Instant> now = new AtomicReference<>(START);
  private final LocalStore store = LocalStore.inMemory(now::get);

  @AfterEach
  void nothingIsLeftBehind() {
    store.close();
    assertThat(ledger.held()).isZero();
  }

  @Test
  void aTableIsSeenOnlyOnceItIsCommitted() {
    var writer = store.write(TRIPS, "how it came".getBytes(UTF_8), SCHEMA);
    assertThat(writer.append(batch(1))).isEqualTo(ROWS);
    writer.append(batch(2));
    assertThat(store.list()).isEmpty();
    assertThatThrownBy(() -> store.open(TRIPS)).isInstanceOf(NoSuchTableException.class);

    var summary = writer.commit();

    assertThat(summary.version()).isEqualTo(1);
    assertThat(summary.rows()).isEqualTo(2 * ROWS).isEqualTo(writer.rows());
    assertThat(summary.bytes()).isEqualTo(2 * BODY_BYTES).isEqualTo(writer.bytes());
    assertThat(summary.created()).isEqualTo(START);
    assertThat(new String(summary.origin(), UTF_8)).isEqualTo("how it came");
    assertThat(summary.schema()).isEqualTo(SCHEMA);
    assertThat(store.list()).extracting(TableSummary::name).containsExactly(TRIPS);
    assertThat(values(TRIPS)).containsExactly(1, 2);
  }

  @Test
  void whatIsNotCommittedIsReleasedAndTheTableStays() {
    put(TRIPS, 1);
    try (var writer = store.write(TRIPS, new byte[0], SCHEMA)) {
      writer.append(batch(2));
      writer.append(batch(3));
    }

    assertThat(values(TRIPS)).containsExactly(1);
    assertThat(ledger.held()).isEqualTo(1);
  }

  @Test
  void aRefusedBatchIsReleasedAndSpoilsTheVersion() {
    try (var writer = store.write(TRIPS, new byte[0], SCHEMA)) {
      writer.append(batch(1));
      var wrong = ledger.batch(new Header(4).recordBatch(), null, ByteBuffer.allocate(0));
      assertThatThrownBy(() -> writer.append(wrong)).isInstanceOf(InvalidDataException.class);
      assertThat(ledger.held()).isEqualTo(1);

      assertThatThrownBy(writer::commit).hasMessageContaining("nyc/trips was refused");
      assertThatThrownBy(() -> writer.append(batch(2))).isInstanceOf(IllegalStateException.class);
      assertThat(ledger.held()).isEqualTo(1);
    }
    assertThat(store.list()).isEmpty();
  }

  @Test
  void aWriterIsOfNoUseAfterItsCommit() {
    try (var writer = store.write(TRIPS, new byte[0], SCHEMA)) {
      writer.append(batch(1));
      writer.commit();
      assertThatThrownBy(writer::commit).hasMessageContaining("committed already");
      assertThatThrownBy(() -> writer.append(batch(2))).isInstanceOf(IllegalStateException.class);
    }
    assertThat(values(TRIPS)).containsExactly(1);
  }

  @Test
  void messagesWithoutDataKeepTheirPlace() {
    try (var writer = store.write(TRIPS, new byte[0], SCHEMA)) {
      writer.append(ledger.batch(null, UTF_8.encode("first"), ByteBuffer.allocate(0)));
      writer.append(batch(1));
      writer.append(ledger.batch(null, null, ByteBuffer.allocate(0)));
      var both = ledger.batch(header(), ByteBuffer.allocate(0), body(2));
      writer.append(both);
      assertThat(writer.commit().batches()).isEqualTo(3);
    }

    try (var version = store.open(TRIPS)) {
      assertThat(batches(version))
          .extracting(Batch::appMetadata)
          .containsExactly(UTF_8.encode("first"), null, ByteBuffer.allocate(0));
      assertThat(batches(version)).extracting(Batch::rows).containsExactly(0L, 4L, 4L);
      assertThat(batches(version).get(0).metadata()).isNull();
    }
  }

  @Test
  void aBodyWithoutMetadataIsRefused() {
    try (var writer = store.write(TRIPS, new byte[0], SCHEMA)) {
      var orphan = ledger.batch(null, UTF_8.encode("?"), ByteBuffer.allocate(8));
      assertThatThrownBy(() -> writer.append(orphan))
          .isInstanceOf(InvalidDataException.class)
          .hasMessage("a body of 8 bytes came without metadata");
    }
  }

  @Test
  void buffersAreHandedOutReadOnlyAndEachForItself() {
    put(TRIPS, 1);

    try (var version = store.open(TRIPS)) {
      var batch = batches(version).get(0);
      batch.body().getInt();
      assertThat(batch.body().remaining()).isEqualTo(BODY_BYTES);
      assertThat(batch.body().isReadOnly()).isTrue();
      assertThat(batch.metadata().isReadOnly()).isTrue();
      assertThat(version.schema().isReadOnly()).isTrue();
    }
  }

  @Test
  void overwritingDisturbsNoneOfTenReaders() {
    put(TRIPS, 1);
    var leases = new ArrayList<TableVersion>();
    for (int i = 0; i < 10; i++) {
      leases.add(store.open(TRIPS));
    }

    assertThat(put(TRIPS, 2).version()).isEqualTo(2);

    for (var lease : leases) {
      assertThat(ledger.held()).isEqualTo(2);
      assertThat(lease.number()).isEqualTo(1);
      assertThat(values(lease)).containsExactly(1);
      lease.close();
      lease.close();
    }
    assertThat(ledger.held()).isEqualTo(1);
    assertThat(values(TRIPS)).containsExactly(2);
  }

  @Test
  void aDroppedTableIsReadToItsEnd() {
    put(TRIPS, 1);
    try (var lease = store.open(TRIPS)) {
      assertThat(store.drop(TRIPS)).isTrue();
      assertThat(store.drop(TRIPS)).isFalse();
      assertThatThrownBy(() -> store.open(TRIPS)).isInstanceOf(NoSuchTableException.class);
      assertThat(values(lease)).containsExactly(1);
      assertThat(ledger.held()).isEqualTo(1);
    }
    assertThat(ledger.held()).isZero();
  }

  @Test
  void aClosedLeaseReadsNothing() {
    put(TRIPS, 1);
    var lease = store.open(TRIPS);
    lease.close();

    assertThatThrownBy(lease::parts)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the lease on version 1 of nyc/trips is closed");
    assertThatThrownBy(() -> lease.keepUntil(START)).isInstanceOf(IllegalStateException.class);
    assertThat(lease.rows()).isEqualTo(ROWS);
  }

  @Test
  void aVersionATicketNamesOutlivesItsReplacement() {
    put(TRIPS, 1);
    keep(1, Duration.ofMinutes(5));
    put(TRIPS, 2);
    pass(Duration.ofMinutes(5).minusMillis(1));
    try (var pinned = store.open(TRIPS, 1);
        var current = store.open(TRIPS, 2)) {
      assertThat(values(pinned)).containsExactly(1);
      assertThat(values(current)).containsExactly(2);
    }
    assertThat(ledger.held()).isEqualTo(2);

    pass(Duration.ofMillis(1));

    assertThatThrownBy(() -> store.open(TRIPS, 1))
        .isInstanceOf(NoSuchVersionException.class)
        .hasMessage("table \"nyc/trips\" was replaced (version 1, now 2); ask again");
    assertThat(ledger.held()).isEqualTo(1);
  }

  @Test
  void aVersionNeverThereIsNotCalledReplaced() {
    put(TRIPS, 1);

    assertThatThrownBy(() -> store.open(TRIPS, 7))
        .isInstanceOf(NoSuchVersionException.class)
        .hasMessage("table \"nyc/trips\" has no version 7 (now 1)");
    assertThatThrownBy(() -> store.open(TableName.parse("x"), 7))
        .isInstanceOf(NoSuchTableException.class);
  }

  @Test
  void theLatestEndAskedForCounts() {
    put(TRIPS, 1);
    keep(1, Duration.ofMinutes(5));
    keep(1, Duration.ofMinutes(1));
    put(TRIPS, 2);
    pass(Duration.ofMinutes(2));
    keep(1, Duration.ofMinutes(20));
    pass(Duration.ofMinutes(10));

    try (var pinned = store.open(TRIPS, 1)) {
      assertThat(values(pinned)).containsExactly(1);
    }
  }

  @Test
  void keepingALeasedVersionBringsItBack() {
    put(TRIPS, 1);
    try (var lease = store.open(TRIPS)) {
      put(TRIPS, 2);
      assertThatThrownBy(() -> store.open(TRIPS, 1)).isInstanceOf(NoSuchVersionException.class);
      lease.keepUntil(START.plusSeconds(60));
    }
    try (var pinned = store.open(TRIPS, 1)) {
      assertThat(values(pinned)).containsExactly(1);
    }
    pass(Duration.ofSeconds(60));
    store.list();
    assertThat(ledger.held()).isEqualTo(1);
  }

  @Test
  void aVersionGoesWithTheLastOfItsTickets() {
    put(TRIPS, 1);
    keep(1, Duration.ofMinutes(5));
    keep(1, Duration.ofMinutes(5));
    put(TRIPS, 2);
    try (var first = store.open(TRIPS, 1)) {
      first.redeemed();
    }
    try (var second = store.open(TRIPS, 1)) {
      second.redeemed();
      assertThat(values(second)).as("its lease goes on").containsExactly(1);
    }
    assertThatThrownBy(() -> store.open(TRIPS, 1)).isInstanceOf(NoSuchVersionException.class);
    assertThat(ledger.held()).isEqualTo(1);
  }

  @Test
  void whatEverybodyHasFetchedStaysUntilTheNextButOne() {
    put(TRIPS, 1);
    keep(1, Duration.ofMinutes(5));
    keep(1, Duration.ofMinutes(5));
    put(TRIPS, 2);
    fetch(1);
    put(TRIPS, 3);
    fetch(1); // the other ticket had not been used: that kept it
    keep(3, Duration.ofMinutes(5));
    fetch(3);
    put(TRIPS, 4);
    assertThatThrownBy(() -> store.open(TRIPS, 1)).isInstanceOf(NoSuchVersionException.class);
    fetch(3); // as often as somebody likes
    assertThat(ledger.held()).isEqualTo(2);
  }

  private void fetch(long version) {
    try (var lease = store.open(TRIPS, version)) {
      lease.fetched();
    }
  }

  @Test
  void keepingAVersionOfADroppedTableDoesNothing() {
    put(TRIPS, 1);
    try (var lease = store.open(TRIPS)) {
      store.drop(TRIPS);
      put(TRIPS, 2);
      lease.keepUntil(START.plusSeconds(60));
    }
    assertThat(ledger.held()).isEqualTo(1);
  }

  @Test
  void droppingEndsWhatTicketsKeep() {
    put(TRIPS, 1);
    keep(1, Duration.ofMinutes(5));
    put(TRIPS, 2);

    store.drop(TRIPS);

    assertThat(ledger.held()).isZero();
  }

  @Test
  void aTableMadeAgainTakesNoOldNumber() {
    put(TRIPS, 1);
    put(TRIPS, 2);
    store.drop(TRIPS);

    assertThat(put(TRIPS, 3).version()).isEqualTo(3);
    assertThatThrownBy(() -> store.open(TRIPS, 1)).isInstanceOf(NoSuchVersionException.class);
  }

  @Test
  void supersededVersionsGiveTheirMemoryBackEarly() {
    put(TRIPS, 1);
    keep(1, Duration.ofMinutes(5));
    put(TRIPS, 2);
    keep(2, Duration.ofMinutes(5));
    put(TRIPS, 3);

    try (var leased = store.open(TRIPS, 1)) {
      assertThat(store.reclaim(1)).isEqualTo(BODY_BYTES);
      assertThat(values(leased)).containsExactly(1);
    }
    assertThat(store.reclaim(1)).isEqualTo(BODY_BYTES);
    assertThat(store.reclaim(1)).isZero();
    assertThat(ledger.held()).isEqualTo(1);
  }

  @Test
  void clearDropsEveryTable() {
    put(TRIPS, 1);
    put(TableName.parse("b"), 1);
    put(TableName.parse("a"), 1);
    assertThat(store.list()).map(s -> s.name().toString()).containsExactly("a", "b", "nyc/trips");

    assertThat(store.clear()).isEqualTo(3);
    assertThat(store.clear()).isZero();
    assertThat(ledger.held()).isZero();
  }

  @Test
  void aMissingTableIsNamedWithThoseLikeIt() {
    put(TRIPS, 1);
    put(TableName.parse("nyc/tips"), 1);

    assertThatThrownBy(() -> store.open(TableName.parse("nyc/trip")))
        .hasMessage("no table \"nyc/trip\"; nearest: \"nyc/trips\", \"nyc/tips\"");
    assertThatThrownBy(() -> store.open(TableName.parse("weather")))
        .hasMessageContaining("none with a name like it");
  }

  @Test
  void aClosedStoreRefusesAndItsLeasesEndByThemselves() {
    put(TRIPS, 1);
    var writer = store.write(TRIPS, new byte[0], SCHEMA);
    writer.append(batch(2));
    var lease = store.open(TRIPS);
    store.close();
    store.close();

    assertThatThrownBy(() -> store.open(TRIPS)).hasMessage("the store is closed");
    assertThatThrownBy(store::list).hasMessage("the store is closed");
    assertThatThrownBy(writer::commit).hasMessage("the store is closed");
    assertThat(store.reclaim(1)).isZero();
    assertThat(values(lease)).containsExactly(1);
    assertThat(ledger.held()).isEqualTo(1);
    writer.close();
    lease.close();
  }

  @Test
  void readersAndWritersAtOnceSeeWholeVersionsOnly() throws Exception {
    put(TRIPS, 0, 0, 0);
    var isOver = new CountDownLatch(1);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var readers = new ArrayList<Future<Integer>>();
      for (int i = 0; i < 10; i++) {
        readers.add(threads.submit(reader(isOver)));
      }
      for (int round = 1; round <= 300; round++) {
        put(TRIPS, round, round, round);
        pass(Duration.ofMillis(1));
      }
      isOver.countDown();
      for (var reader : readers) {
        assertThat(reader.get(30, TimeUnit.SECONDS)).isPositive();
      }
    }
    pass(Duration.ofSeconds(1));
    store.list();
    assertThat(ledger.held()).isEqualTo(3);
  }

  private Callable<Integer> reader(CountDownLatch isOver) {
    return () -> {
      int reads = 0;
      do {
        try (var lease = store.open(TRIPS)) {
          lease.keepUntil(now.get().plusMillis(5));
          assertThat(values(lease)).hasSize(3).containsOnly(values(lease).get(0));
        }
        reads++;
      } while (isOver.getCount() > 0);
      return reads;
    };
  }

  private TableSummary put(TableName name, int... values) {
    try (var writer = store.write(name, new byte[0], SCHEMA)) {
      for (int value : values) {
        writer.append(batch(value));
      }
      return writer.commit();
    }
  }

  private void keep(long version, Duration time) {
    try (var lease = store.open(TRIPS, version)) {
      lease.keepUntil(now.get().plus(time));
    }
  }

  private void pass(Duration time) {
    now.updateAndGet(before -> before.plus(time));
  }

  private Batch batch(int value) {
    return ledger.batch(header(), null, body(value));
  }

  private static ByteBuffer header() {
    var header = new Header(ROWS).node(ROWS, 0).buffer(0, 0).buffer(0, BODY_BYTES);
    return header.body(BODY_BYTES).recordBatch();
  }

  private static ByteBuffer body(int value) {
    return ByteBuffer.allocate(BODY_BYTES).put(0, (byte) value);
  }

  private List<Integer> values(TableName name) {
    try (var version = store.open(name)) {
      return values(version);
    }
  }

  private static List<Integer> values(TableVersion version) {
    return batches(version).stream().map(batch -> (int) batch.body().get(0)).toList();
  }

  private static List<Batch> batches(TableVersion version) {
    try (var part = version.parts().getFirst().open()) {
      return part.batches();
    }
  }
}
