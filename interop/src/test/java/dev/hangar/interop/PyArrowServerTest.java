package dev.hangar.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.hangar.client.DescriptorKind;
import dev.hangar.client.Hangar;
import dev.hangar.client.TableInfo;
import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.types.pojo.Field;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Hangar's Java client against a server on Arrow C++. */
@Timeout(120)
class PyArrowServerTest {
  private static final String READY = "ready at ";
  private static final Duration AVAILABLE_TIMEOUT = Duration.ofSeconds(20);
  private static final int ROWS = 5_000;
  private static final int BATCHES = 40;

  private Running peer;
  private BufferAllocator allocator;
  private Hangar hangar;

  @BeforeEach
  void connect() {
    peer = Python.start("peer_server.py");
    var url = peer.awaitLine(line -> line.startsWith(READY)).substring(READY.length());
    allocator = new RootAllocator();
    hangar = Hangar.connect(url, allocator);
    hangar.awaitAvailable(AVAILABLE_TIMEOUT);
  }

  @AfterEach
  void leaveNothingBehind() {
    if (hangar != null) {
      hangar.close();
      allocator.close();
    }
    if (peer != null) {
      peer.close();
    }
  }

  @Test
  void tableGoesThereAndComesBackEqual() throws IOException {
    var stream = ArrowStreams.of(allocator, BATCHES, ROWS);
    var progress = new AtomicLong();
    try (var reader = ArrowStreams.reader(allocator, stream)) {
      var summary = hangar.put("from/java", reader, (rows, bytes) -> progress.set(rows));
      assertThat(summary.rows()).isEqualTo((long) BATCHES * ROWS);
      assertThat(progress.get()).isEqualTo((long) BATCHES * ROWS);
    }
    try (var got = hangar.get("from/java");
        var put = ArrowStreams.reader(allocator, stream)) {
      ArrowStreams.requireEqual(got, put);
    }
  }

  @Test
  void tableOfNoBatchesKeepsItsSchema() throws IOException {
    var stream = ArrowStreams.of(allocator, 0, 1);
    put("empty", stream);
    try (var got = hangar.get("empty");
        var put = ArrowStreams.reader(allocator, stream)) {
      ArrowStreams.requireEqual(got, put);
    }
  }

  @Test
  void tablesAreListedDescribedAndDropped() throws IOException {
    var stream = ArrowStreams.of(allocator, 2, ROWS);
    put("one", stream);
    put("two", stream);
    assertThat(hangar.list()).extracting(TableInfo::name).containsExactlyInAnyOrder("one", "two");
    var info = hangar.info("two");
    assertThat(info.rows()).isEqualTo(2L * ROWS);
    assertThat(info.kind()).isEqualTo(DescriptorKind.PATH);
    try (var put = ArrowStreams.reader(allocator, stream)) {
      var fields = put.getVectorSchemaRoot().getSchema().getFields();
      assertThat(info.schema().getFields())
          .extracting(Field::getName)
          .containsExactlyElementsOf(fields.stream().map(Field::getName).toList());
    }
    assertThat(hangar.drop("one")).isTrue();
    assertThat(hangar.drop("one")).isFalse();
    assertThat(hangar.list()).extracting(TableInfo::name).containsExactly("two");
  }

  @Test
  void missingTableIsNotFound() {
    var failure = catchThrowableOfType(StatusException.class, () -> hangar.info("missing"));
    assertThat(failure.code()).isEqualTo(StatusCode.NOT_FOUND);
    assertThat(failure).hasMessageContaining("missing");
  }

  @Test
  void readerClosedEarlyEndsTheTransferAndNothingElse() throws IOException {
    put("long", ArrowStreams.of(allocator, BATCHES, ROWS));
    for (var i = 0; i < 5; i++) {
      try (var reader = hangar.get("long")) {
        assertThat(reader.loadNextBatch()).isTrue();
      }
    }
    assertThat(hangar.info("long").rows()).isEqualTo((long) BATCHES * ROWS);
  }

  @Test
  void serverThatIsGoneIsUnavailable() {
    peer.close();
    var failure = catchThrowableOfType(StatusException.class, () -> hangar.list());
    assertThat(failure.code()).isEqualTo(StatusCode.UNAVAILABLE);
  }

  private void put(String name, byte[] stream) throws IOException {
    try (var reader = ArrowStreams.reader(allocator, stream)) {
      hangar.put(name, reader);
    }
  }
}
