package dev.hangar.query.result;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hangar.query.arrow.BodyMemory;
import dev.hangar.query.sql.SqlTestTables;
import dev.hangar.store.Batch;
import dev.hangar.store.DamagedPartException;
import dev.hangar.store.Durability;
import dev.hangar.store.OpenPart;
import dev.hangar.store.TableName;
import dev.hangar.store.TablePart;
import dev.hangar.store.TableVersion;
import dev.hangar.store.TableWriter;
import dev.hangar.store.WriteOptions;
import dev.hangar.store.local.DataDirectory;
import dev.hangar.store.local.LocalStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Parts on disk, and their copies in memory. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class KeptPartsTest {
  private static final TableName TABLE = TableName.parse("t");
  private static final long KEPT_BYTES = 1L << 20;

  @TempDir private Path folder;
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicLong asked = new AtomicLong();
  private boolean isFull;
  private LocalStore disk;
  private LocalStore kept;
  private KeptParts parts;

  @BeforeEach
  void fill() throws Exception {
    disk =
        LocalStore.open(
            DataDirectory.open(folder), Durability.DISK, Duration.ZERO, InstantSource.system());
    kept = LocalStore.cache(InstantSource.system());
    parts = new KeptParts(kept, this::allocate, KEPT_BYTES * Limits.KEPT_SHARE);
    write(WriteOptions.DEFAULT, 10_000);
  }

  @AfterEach
  void everythingIsGivenBack() {
    parts.close();
    kept.close();
    disk.close();
    assertThat(bytes).hasValue(0);
  }

  private BodyMemory.@Nullable Room allocate(int length) {
    asked.incrementAndGet();
    if (isFull) {
      return null;
    }
    bytes.addAndGet(length);
    return new BodyMemory.Room(ByteBuffer.allocateDirect(length), () -> bytes.addAndGet(-length));
  }

  @Test
  void whatIsReadAgainIsReadFromMemory() throws Exception {
    List<String> stored = read();
    assertThat(bytes).hasValue(0);
    assertThat(read()).isEqualTo(stored);
    await(() -> bytes.get() > 0 && read().equals(stored) && isInMemory());
    flipAByte();
    assertThat(read()).as("of the copy").isEqualTo(stored);
    assertThatThrownBy(this::readFromDisk).isInstanceOf(DamagedPartException.class);
  }

  @Test
  void aDamagedPartIsToldOfAndNotKept() throws Exception {
    flipAByte();
    for (int i = 0; i < 10; i++) {
      assertThatThrownBy(this::read).isInstanceOf(DamagedPartException.class);
    }
    await(() -> bytes.get() == 0);
    assertThat(isInMemory()).isFalse();
  }

  @Test
  void withoutRoomItIsReadFromTheDiskAndSeldomTried() throws Exception {
    isFull = true;
    List<String> stored = read();
    for (int i = 2; i <= 64; i++) {
      assertThat(read()).isEqualTo(stored);
    }
    parts.close();
    assertThat(asked).as("at 2, 4, 8, 16, 32 and 64 reads").hasValueBetween(1, 6);
  }

  @Test
  void whatIsWrittenIsAnotherPart() throws Exception {
    read();
    read();
    await(this::isInMemory);
    write(WriteOptions.DEFAULT.withMode(WriteOptions.Mode.APPEND), 5);
    assertThat(rows()).isEqualTo(10_005);
    write(WriteOptions.DEFAULT, 7);
    assertThat(rows()).isEqualTo(7);
  }

  /** As many leases are given back by those that are copied, that wait, and that may not. */
  @Test
  void manyPartsAreCopiedSomeAtATime() throws Exception {
    for (int i = 0; i < 3 * Limits.WAITING_PARTS; i++) {
      write(WriteOptions.DEFAULT.withMode(WriteOptions.Mode.APPEND), 1);
    }
    for (int i = 0; i < 8; i++) {
      assertThat(rows()).isEqualTo(10_000 + 3 * Limits.WAITING_PARTS);
    }
    parts.close();
    assertThat(kept.list()).isNotEmpty();
    try (TableVersion version = disk.open(TABLE)) {
      assertThatCode(() -> parts.open(version, version.parts().getFirst()).close())
          .doesNotThrowAnyException();
    }
  }

  @Test
  void largePartsAndThoseInMemoryAreNotCopied() throws Exception {
    write(WriteOptions.DEFAULT, 2 * KEPT_BYTES / Long.BYTES);
    for (int i = 0; i < 5; i++) {
      read();
    }
    write(WriteOptions.DEFAULT.withDurability(Durability.MEMORY), 10);
    for (int i = 0; i < 5; i++) {
      read();
    }
    parts.close();
    assertThat(asked).hasValue(0);
  }

  /** Numbers in batches of 2,048. */
  private void write(WriteOptions options, long rows) throws Exception {
    try (var tables = new SqlTestTables()) {
      tables.create("t", "SELECT i FROM range(" + rows + ") r(i)");
      try (TableVersion made = tables.store.open(TABLE);
          OpenPart part = made.parts().getFirst().open();
          TableWriter writer = disk.write(TABLE, new byte[0], made.schema(), options)) {
        for (Batch batch : part.batches()) {
          ByteBuffer body = ByteBuffer.allocateDirect((int) batch.bodyBytes()).put(batch.body());
          writer.append(new Batch(batch.metadata(), batch.appMetadata(), body.flip(), () -> {}));
        }
        writer.commit();
      }
    }
  }

  /** What all messages hold, as a statement reads them. */
  private List<String> read() {
    var all = new ArrayList<String>();
    try (TableVersion version = disk.open(TABLE)) {
      for (TablePart each : version.parts()) {
        try (OpenPart part = parts.open(version, each)) {
          part.batches().forEach(batch -> all.add(batch.rows() + ": " + batch.body().hashCode()));
        }
      }
    }
    return all;
  }

  private long rows() {
    return read().stream().mapToLong(row -> Long.parseLong(row.split(":")[0])).sum();
  }

  private void readFromDisk() {
    try (TableVersion version = disk.open(TABLE);
        OpenPart part = version.parts().getFirst().open()) {
      part.batches().forEach(Batch::body);
    }
  }

  private boolean isInMemory() {
    return !kept.list().isEmpty();
  }

  /** In the middle of the only part's file. */
  private void flipAByte() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      Path file =
          files.filter(each -> each.toString().endsWith(".arrow")).findFirst().orElseThrow();
      try (var channel =
          FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
        ByteBuffer one = ByteBuffer.allocate(1);
        channel.read(one, channel.size() / 2);
        one.put(0, (byte) ~one.get(0));
        channel.write(one.flip(), channel.size() / 2);
      }
    }
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    while (!condition.getAsBoolean()) {
      Thread.sleep(5);
    }
  }
}
