package dev.hangar.query.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hangar.query.arrow.SharedMemory;
import dev.hangar.query.dataset.DatasetException.Kind;
import dev.hangar.query.dataset.DatasetMessages.Message;
import dev.hangar.store.TableName;
import dev.hangar.store.TableWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What readers and writers of files take of the memory that all share. */
@Timeout(120)
class ChargesTest {
  private static final long SHARE_BYTES = Limits.READERS_BYTES / Limits.CHARGE_SHARE;
  private static final long READER_BYTES = 2 * SHARE_BYTES;
  private static final long WRITER_BYTES = SHARE_BYTES + Limits.WRITER_OUT_BYTES;

  /** A memory of some bytes. */
  private static final class Counted implements SharedMemory {
    private final long limitBytes;
    private long usedBytes;

    Counted(long limitBytes) {
      this.limitBytes = limitBytes;
    }

    @Override
    public synchronized boolean tryReserve(long bytes) {
      assertThat(bytes).isNotNegative();
      boolean isThere = usedBytes + bytes <= limitBytes;
      usedBytes += isThere ? bytes : 0;
      return isThere;
    }

    @Override
    public synchronized void release(long bytes) {
      assertThat(bytes).isBetween(0L, usedBytes);
      usedBytes -= bytes;
    }

    synchronized long usedBytes() {
      return usedBytes;
    }
  }

  @TempDir Path folder;
  private Counted memory = new Counted(0);
  private Datasets datasets = Datasets.none();

  /** Fails where a buffer was not given back. */
  @AfterEach
  void nothingIsLeft() {
    datasets.close();
    assertThat(memory.usedBytes()).isZero();
  }

  private void mount(long memoryBytes, long limitBytes) {
    memory = new Counted(limitBytes);
    datasets = Datasets.of(List.of(Mount.parse(folder.toString())), memoryBytes, memory);
  }

  @Test
  void eachReaderIsChargedUntilItIsClosed() throws Exception {
    mount(Limits.READERS_BYTES, Long.MAX_VALUE);
    numbers("t.parquet", 2_000_000);
    DatasetMessages one = read("t.parquet");
    one.next().release().run();
    assertThat(memory.usedBytes()).isEqualTo(READER_BYTES);
    DatasetMessages two = read("t.parquet");
    assertThat(memory.usedBytes()).isEqualTo(2 * READER_BYTES);
    one.close();
    one.close();
    Message last = two.next();
    two.close();
    assertThat(memory.usedBytes()).as("what is on its way").isBetween(1L, last.bodyBytes() * 2);
    last.release().run();
    assertThat(memory.usedBytes()).isZero();
    assertThat(DatasetFiles.rows(read("t.parquet"))).hasSize(2_000_000);
    assertThat(memory.usedBytes()).isZero();
  }

  @Test
  void withoutRoomForAllOfItsShareAReaderIsRefused() throws Exception {
    numbers("t.parquet", 10);
    mount(Limits.READERS_BYTES, READER_BYTES - 1);
    dataset("t.parquet").rows();
    refused(() -> read("t.parquet"), "t.parquet has to wait", READER_BYTES + " bytes");
    assertThat(memory.usedBytes()).isZero();
    datasets.close();
    mount(Limits.READERS_BYTES, READER_BYTES);
    assertThat(DatasetFiles.rows(read("t.parquet"))).hasSize(10);
  }

  @Test
  void readersWhoDoNotReadGiveTheirShareToOthers() throws Exception {
    mount(Limits.READERS_BYTES, READER_BYTES + (8 << 20));
    numbers("t.parquet", 2_000_000);
    List<DatasetMessages> waiting = new ArrayList<>();
    for (int i = 0; i < 3; i++) { // and each has room for itself alone
      waiting.add(read("t.parquet"));
      waiting.get(i).next().release().run();
    }
    for (DatasetMessages messages : waiting) {
      assertThat(DatasetFiles.rows(messages)).hasSizeBetween(1_900_000, 1_999_999);
    }
  }

  @Test
  void aReaderWaitsForWhatIsOnItsWayOut() throws Exception {
    memory = new Counted(100);
    var charges = new Charges(memory, Long.MAX_VALUE);
    var room = charges.room(new Charges.Share(50, 10));
    var turns = new Turns(1, 1, Duration.ofSeconds(60), room);
    charges.onPreAllocation(60);
    try (var threads = Executors.newSingleThreadExecutor()) {
      Future<Runnable> turn =
          threads.submit(() -> turns.take(TableName.parse("t.csv"), Turns.KEEPING));
      assertThatThrownBy(() -> turn.get(300, TimeUnit.MILLISECONDS))
          .isInstanceOf(TimeoutException.class);
      charges.onRelease(60);
      turn.get().run();
    }
  }

  @Test
  void failuresGiveBackWhatWasCharged() throws Exception {
    mount(Limits.READERS_BYTES, Long.MAX_VALUE);
    Path file =
        DatasetFiles.parquet(
            folder.resolve("t.parquet"), "SELECT random() AS r FROM range(1000000)", 100_000);
    byte[] bytes = Files.readAllBytes(file);
    Arrays.fill(bytes, bytes.length / 2, bytes.length / 2 + 100_000, (byte) 0x5A);
    Files.write(file, bytes);
    assertThatThrownBy(() -> DatasetFiles.rows(read("t.parquet")))
        .isInstanceOf(DatasetException.class);
    assertThat(memory.usedBytes()).isZero();
  }

  @Test
  void moreThanItsShareIsChargedAndRefusedInTheMiddle() throws Exception {
    long most = 4 << 20;
    mount(most, 8 << 20);
    numbers("t.parquet", 2_000_000);
    List<Message> held = new ArrayList<>();
    try (DatasetMessages messages = read("t.parquet")) {
      long share = 2 * most / Limits.CHARGE_SHARE;
      assertThat(memory.usedBytes()).isBetween(share, share + (4 << 20));
      refused(
          () -> {
            for (Message next; (next = messages.next()) != null; ) {
              held.add(next);
            }
          },
          "t.parquet",
          "needs more memory");
      assertThat(held.stream().mapToLong(Message::bodyBytes).sum()).isGreaterThan(share / 2);
    }
    assertThat(memory.usedBytes()).isPositive();
    held.forEach(message -> message.release().run());
    assertThat(memory.usedBytes()).isZero();
    numbers("few.parquet", 10);
    assertThat(DatasetFiles.rows(read("few.parquet"))).hasSize(10);
  }

  @Test
  void arrowFilesAreChargedMessageByMessage() throws Exception {
    mount(Limits.READERS_BYTES, Long.MAX_VALUE);
    numbers("t.arrow", 100_000);
    long bytes;
    try (DatasetMessages messages = read("t.arrow")) {
      assertThat(memory.usedBytes()).isZero();
      Message first = messages.next();
      bytes = memory.usedBytes();
      assertThat(bytes).as("rounded up").isBetween(first.bodyBytes(), 2 * first.bodyBytes());
      first.release().run();
    }
    datasets.close();
    assertThat(memory.usedBytes()).isZero();
    mount(Limits.READERS_BYTES, bytes - 1);
    try (DatasetMessages messages = read("t.arrow")) {
      refused(messages::next, "t.arrow", "needs more memory");
    }
    datasets.close();
    mount(Limits.READERS_BYTES, bytes);
    assertThat(DatasetFiles.rows(read("t.arrow"))).hasSize(100_000);
  }

  @Test
  void writersAreChargedUntilTheyEnd() throws Exception {
    mount(Limits.READERS_BYTES, WRITER_BYTES);
    var name = TableName.parse("new.parquet");
    numbers("t.parquet", 10);
    var schema = dataset("t.parquet").schemaMessage();
    for (boolean isCommitted : List.of(false, true)) {
      try (TableWriter writer = datasets.write(name, schema, false)) {
        assertThat(memory.usedBytes()).isEqualTo(WRITER_BYTES);
        if (isCommitted) {
          writer.commit();
        }
      }
      assertThat(memory.usedBytes()).isZero();
    }
    datasets.close();
    mount(Limits.READERS_BYTES, WRITER_BYTES - 1);
    refused(() -> datasets.write(name, schema, false), "new.parquet has to wait");
  }

  private static void refused(ThrowingCallable call, String... words) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            DatasetException.class, e -> assertThat(e.kind()).isEqualTo(Kind.NO_MEMORY))
        .hasMessageContainingAll(words);
  }

  private void numbers(String name, int rows) throws Exception {
    DatasetFiles.numbers(folder.resolve(name), rows);
  }

  private Dataset dataset(String name) {
    return datasets.get(TableName.parse(name));
  }

  private DatasetMessages read(String name) throws IOException {
    return dataset(name).read(DatasetRange.ALL);
  }
}
