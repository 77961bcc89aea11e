package dev.hangar.server;

import static dev.hangar.server.Asked.failureOf;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.hangar.client.MemoryInfo;
import dev.hangar.client.PutOptions;
import dev.hangar.wire.CallOptions;
import dev.hangar.wire.FlightData;
import dev.hangar.wire.FlightDescriptor;
import dev.hangar.wire.FlightSource;
import dev.hangar.wire.PutCall;
import dev.hangar.wire.Ticket;
import dev.hangar.wire.grpc.Metadata;
import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What who reads and writes files takes of the server's memory, over loopback. */
@Timeout(180)
class FileMemoryTest {
  private static final long MEMORY_BYTES = 64 << 20;

  /** Of a server so small: two parts of a quarter of a quarter. */
  private static final long READER_BYTES = MEMORY_BYTES / Limits.DATASET_MEMORY_SHARE / 2;

  private static final int ROWS = 20_000_000;

  @TempDir Path folder;
  private Asked asked;

  @BeforeEach
  void start() throws IOException {
    asked = Asked.serving(folder, MEMORY_BYTES);
  }

  @AfterEach
  void nothingIsCharged() {
    awaitNoFiles();
    asked.close();
  }

  @Test
  void whatFilesTakeIsToldOfAndGivenBackWhenClientsLeave() throws Exception {
    large();
    assertThat(asked.hangar.memory().files()).isZero();
    List<FlightSource> sources = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      FlightSource source = asked.raw.doGet(ticket("large.parquet"), CallOptions.NONE);
      sources.add(source);
      source.next().close();
    }
    MemoryInfo memory = asked.hangar.memory();
    assertThat(memory.files()).isBetween(2 * READER_BYTES, MEMORY_BYTES);
    assertThat(memory.used()).isBetween(memory.files(), MEMORY_BYTES);
    assertThat(memory.json()).contains("\"files\":");
    sources.forEach(FlightSource::close);
    awaitNoFiles();
  }

  @Test
  void aFileIsRefusedWhileThereIsNoRoomForItsReader() throws Exception {
    large();
    var tables = new ArrayList<String>();
    while (MEMORY_BYTES - asked.hangar.memory().tables() > READER_BYTES + (4 << 20)) {
      tables.add("t/" + tables.size());
      asked.put(tables.getLast(), PutOptions.DEFAULT, new long[500_000]);
    }
    asked.put("t/last", PutOptions.DEFAULT, new long[500_000]);
    StatusException refused =
        failureOf(
            StatusCode.RESOURCE_EXHAUSTED,
            () -> asked.numbers(ticket("large.parquet"), CallOptions.NONE));
    assertThat(refused).hasMessageContaining("large.parquet has to wait");
    assertThat(refused.detail().orElseThrow().retryAfter()).isEqualTo(Limits.BUSY_RETRY);
    refused =
        failureOf(
            StatusCode.RESOURCE_EXHAUSTED,
            () -> asked.put(FlightDescriptor.path("new.parquet"), Metadata.EMPTY, 1));
    assertThat(refused).hasMessageContaining("new.parquet has to wait");
    assertThat(MountedFolder.names(folder)).containsExactly("large.parquet");
    for (String table : tables) { // what they leave waits for reuse, and makes room
      asked.hangar.drop(table);
    }
    assertThat(asked.numbers(ticket("large.parquet"), CallOptions.NONE)).isNotEmpty();
  }

  @Test
  void whoReadsAFileHasItsShareThoughMemoryFillsMeanwhile() throws Exception {
    large();
    long rows = 0;
    int tables = 0;
    try (ArrowReader reader = asked.hangar.get("large.parquet")) {
      while (reader.loadNextBatch()) {
        rows += reader.getVectorSchemaRoot().getRowCount();
        if (tables == 0) { // the rest is still to come
          while (MEMORY_BYTES - asked.hangar.memory().used() > 4 << 20) {
            asked.put("t/" + tables++, PutOptions.DEFAULT, new long[50_000]);
          }
        }
      }
    }
    assertThat(rows).isEqualTo(ROWS);
    assertThat(tables).isPositive();
  }

  @Test
  void aPutThatIsGivenUpGivesItsShareBack() throws Exception {
    try (PutCall put = asked.raw.doPut(CallOptions.NONE)) {
      put.send(FlightData.schema(FlightDescriptor.path("new.parquet"), asked.schema()));
      put.send(asked.batch(5));
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
      while (asked.hangar.memory().files() == 0) {
        assertThat(System.nanoTime()).isLessThan(end);
      }
    }
    awaitNoFiles();
    assertThat(MountedFolder.names(folder)).isEmpty();
  }

  /** Whoever leaves is noticed a little later. */
  private void awaitNoFiles() {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (asked.hangar.memory().files() > 0) {
      assertThat(System.nanoTime()).isLessThan(end);
    }
  }

  private void large() throws Exception {
    String query = "SELECT range AS n FROM range(" + ROWS + ")";
    MountedFolder.copy(query, folder.resolve("large.parquet"));
  }

  private static Ticket ticket(String text) {
    return new Ticket(ByteString.copyFromUtf8(text));
  }
}
