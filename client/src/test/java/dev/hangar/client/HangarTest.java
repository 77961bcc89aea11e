package dev.hangar.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hangar.wire.FlightEndpoint;
import dev.hangar.wire.FlightServer;
import dev.hangar.wire.Location;
import dev.hangar.wire.Ticket;
import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.message.IpcOption;
import org.apache.arrow.vector.ipc.message.MessageSerializer;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(60)
class HangarTest {
  private static final Schema SCHEMA =
      new Schema(
          List.of(
              new Field("id", new FieldType(false, new ArrowType.Int(64, true), null), List.of()),
              new Field(
                  "text",
                  new FieldType(true, new ArrowType.Utf8(), null, Map.of("unit", "word")),
                  List.of())),
          Map.of("made", "here"));

  @RegisterExtension final Served served = new Served();

  private final Shelf shelf = served.shelf;
  private final RootAllocator allocator = served.allocator;
  private final Hangar hangar = served.hangar;

  @Test
  void batchesComeBackAsTheyWere() throws IOException {
    var seen = new ArrayList<Long>();
    put("a/b", 0, 1, 1000, 3, 0, 100_000);

    try (var reader = hangar.get("a/b")) {
      var root = reader.getVectorSchemaRoot();
      assertThat(root.getSchema()).isEqualTo(SCHEMA);
      while (reader.loadNextBatch()) {
        assertFilled(root, seen.size());
        seen.add((long) root.getRowCount());
      }
      assertThat(reader.bytesRead()).isPositive();
    }
    assertThat(seen).containsExactly(0L, 1L, 1000L, 3L, 0L, 100_000L);
  }

  @Test
  void aTransferIsWatchedAndSummedUp() {
    var progress = new ArrayList<Long>();
    try (var root = VectorSchemaRoot.create(SCHEMA, allocator)) {
      var batches = new Batches(root, 3, batch -> fill(root, batch, 10 * batch));
      var summary = hangar.put("t", batches, (rows, bytes) -> progress.add(rows));

      assertThat(summary.rows()).isEqualTo(30);
      assertThat(summary.bytes()).isPositive();
      assertThat(summary.elapsed()).isPositive();
    }
    assertThat(progress).containsExactly(0L, 10L, 30L);
  }

  @Test
  void aTableWithoutBatchesHasItsSchema() throws IOException {
    put("empty");

    try (var reader = hangar.get("empty")) {
      assertThat(reader.getVectorSchemaRoot().getSchema()).isEqualTo(SCHEMA);
      assertThat(reader.loadNextBatch()).isFalse();
    }
  }

  @Test
  void aTableWithoutColumnsHasRows() throws IOException {
    try (var root = VectorSchemaRoot.of()) {
      root.setRowCount(5);
      hangar.put("bare", root);
    }
    try (var reader = hangar.get("bare")) {
      assertThat(reader.loadNextBatch()).isTrue();
      assertThat(reader.getVectorSchemaRoot().getRowCount()).isEqualTo(5);
    }
  }

  @Test
  void tablesAreListedDescribedAndDropped() {
    put("a/b", 2);
    shelf.tables.put("cmd:x", shelf.tables.get("a/b"));

    assertThat(hangar.list())
        .containsExactly(
            new TableInfo("a/b", SCHEMA, 7, 77, DescriptorKind.PATH),
            new TableInfo("cmd:x", SCHEMA, 7, 77, DescriptorKind.COMMAND));
    assertThat(hangar.info("a/b").schema()).isEqualTo(SCHEMA);
    assertThat(hangar.drop("a/b")).isTrue();
    assertThat(hangar.drop("a/b")).isFalse();
    assertStatus(StatusCode.NOT_FOUND, "no table a/b", () -> hangar.info("a/b"));
    assertStatus(StatusCode.NOT_FOUND, "no table a/b", () -> hangar.get("a/b"));
  }

  @Test
  void aTableJavaCannotReadIsListedAllTheSame() throws IOException {
    var narrow = Field.nullable("d", new ArrowType.Decimal(9, 2, 32));
    var schema =
        MessageSerializer.serializeMetadata(new Schema(List.of(narrow)), IpcOption.DEFAULT);
    shelf.tables.put("t", List.of(new Shelf.Message(schema, null, ByteBuffer.allocate(0))));

    assertThat(hangar.list()).extracting(TableInfo::name).containsExactly("t");
    assertThat(hangar.info("t").schema().getFields()).isEmpty();
    assertStatus(StatusCode.UNIMPLEMENTED, "cannot read this table's schema", () -> rows("t"));
  }

  @Test
  void aColumnThatJavaCannotLoadIsNamed() throws IOException {
    var none = Field.nullable("none", new ArrowType.FixedSizeBinary(0));
    var outer = new Field("outer", FieldType.nullable(new ArrowType.Struct()), List.of(none));
    var schema = MessageSerializer.serializeMetadata(new Schema(List.of(outer)), IpcOption.DEFAULT);
    shelf.tables.put("t", List.of(new Shelf.Message(schema, null, ByteBuffer.allocate(0))));

    assertStatus(
        StatusCode.UNIMPLEMENTED,
        "cannot load column outer.none: fixed-size binary of width 0",
        () -> rows("t"));
    assertThat(hangar.info("t").schema().getFields()).containsExactly(outer);
  }

  @Test
  void aReaderThatFailsLeavesTheServerAsItWas() {
    try (var root = VectorSchemaRoot.create(SCHEMA, allocator)) {
      var broken = new BrokenReader(root);
      assertThatThrownBy(() -> hangar.put("t", broken))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessage("reading what to put under t failed")
          .hasRootCauseMessage("disk gone");
    }
    assertThat(shelf.tables).isEmpty();
  }

  @Test
  void aServerThatRefusesInTheMiddleIsHeard() {
    shelf.refusedAfter = 3;

    for (int round = 0; round < 20; round++) {
      assertStatus(
          StatusCode.ALREADY_EXISTS,
          "no room for t",
          () -> put("t", Collections.nCopies(200, 20_000).toArray(Integer[]::new)));
    }
  }

  @Test
  void aReaderClosedEarlyGivesEverythingBack() throws IOException {
    put("t", 100_000, 100_000, 100_000, 100_000);

    for (int batches = 0; batches < 3; batches++) {
      try (var reader = hangar.get("t")) {
        for (int i = 0; i < batches; i++) {
          assertThat(reader.loadNextBatch()).isTrue();
        }
      }
    }
    hangar.get("t").close();
  }

  @Test
  void endpointsAreReadInTurnFromWhereTheyAre() throws IOException {
    put("t", 3, 4);
    try (var other = FlightServer.builder(shelf).start()) {
      var nobody = Shelf.at(closedPort());
      var tls = new Location("grpc+tls://localhost:1");
      shelf.endpoints.put(
          "t",
          List.of(
              FlightEndpoint.of(Ticket.of("t"), tls, nobody, Shelf.at(other.port())),
              FlightEndpoint.of(Ticket.of("t"), new Location("arrow-flight-reuse-connection://?")),
              FlightEndpoint.of(Ticket.of("t"), Location.grpc("0.0.0.0", served.server.port()))));
      assertThat(rows("t")).isEqualTo(21);

      shelf.endpoints.put("t", List.of(FlightEndpoint.of(Ticket.of("t"), tls, nobody)));
      assertStatus(
          StatusCode.UNAVAILABLE,
          "endpoint 1 of 1 can be had nowhere: cannot reach grpc+tls://localhost:1",
          () -> hangar.get("t"));
      shelf.endpoints.put("t", List.of());
      assertStatus(StatusCode.NOT_FOUND, "no place to fetch it from", () -> hangar.get("t"));
    }
  }

  @Test
  void anEndpointOfAnotherSchemaIsRefused() throws IOException {
    put("t", 3);
    try (var root = VectorSchemaRoot.of()) {
      hangar.put("other", root);
    }
    shelf.endpoints.put(
        "t", List.of(FlightEndpoint.of(Ticket.of("t")), FlightEndpoint.of(Ticket.of("other"))));

    assertStatus(StatusCode.INTERNAL, "goes on with another schema", () -> rows("t"));
  }

  @Test
  void damagedStreamsAreRefusedAndGiveEverythingBack() {
    put("t", 3, 100);
    var whole = shelf.tables.get("t");
    var batch = whole.get(2);
    var shorter =
        new Shelf.Message(batch.header(), null, batch.body().slice(0, batch.body().limit() / 2));

    shelf.tables.put("t", List.of(whole.get(0), shorter));
    assertStatus(StatusCode.INTERNAL, "does not fit its schema", () -> rows("t"));
    shelf.tables.put("t", List.of(whole.get(1), whole.get(2)));
    assertStatus(StatusCode.INTERNAL, "type 3 where a schema is due", () -> rows("t"));
    var garbage = new Shelf.Message(ByteBuffer.wrap(new byte[] {1, 2}), null, batch.body());
    shelf.tables.put("t", List.of(whole.get(0), garbage));
    assertStatus(StatusCode.INTERNAL, "a message that is none", () -> rows("t"));
  }

  @Test
  void waitsForAServerThatIsStillStarting() throws Exception {
    int port = closedPort();
    var location = Shelf.at(port);
    try (var early = Hangar.connect(location.uri())) {
      assertStatus(
          StatusCode.UNAVAILABLE,
          "cannot reach " + location.uri(),
          () -> early.awaitAvailable(Duration.ofMillis(50)));
      var waiting = CompletableFuture.runAsync(() -> early.awaitAvailable(Duration.ofSeconds(30)));
      Thread.sleep(100);
      assertThat(waiting).isNotDone();
      try (var late = FlightServer.builder(shelf).port(port).start()) {
        waiting.get(30, TimeUnit.SECONDS);
        assertThat(early.list()).isEmpty();
        assertThat(late.port()).isEqualTo(port);
      }
    }
  }

  @Test
  void anAddressThatIsNoneIsRefusedAtOnce() {
    assertThatThrownBy(() -> Hangar.connect("http://x:1"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("only grpc://");
  }

  private long rows(String name) throws IOException {
    long rows = 0;
    try (var reader = hangar.get(name)) {
      while (reader.loadNextBatch()) {
        rows += reader.getVectorSchemaRoot().getRowCount();
      }
    }
    return rows;
  }

  /** Batches of so many rows each, written over one another while they are sent. */
  private void put(String name, Integer... rows) {
    try (var root = VectorSchemaRoot.create(SCHEMA, allocator)) {
      hangar.put(name, new Batches(root, rows.length, batch -> fill(root, batch, rows[batch])));
    }
  }

  private static void fill(VectorSchemaRoot root, int batch, int rows) {
    Numbers.fill(root, batch * 1_000_000L, rows);
    Batches.write(
        (VarCharVector) root.getVector(1),
        IntStream.range(0, rows).mapToObj(row -> text(batch, row)).toList());
  }

  private static void assertFilled(VectorSchemaRoot root, int batch) {
    for (int row = 0; row < root.getRowCount(); row++) {
      assertThat(((BigIntVector) root.getVector(0)).get(row)).isEqualTo(batch * 1_000_000L + row);
      var text = root.getVector(1).getObject(row);
      assertThat(text == null ? null : text.toString()).isEqualTo(text(batch, row));
    }
  }

  private static @Nullable String text(int batch, int row) {
    return row % 3 == 0 ? null : "text " + batch + " of " + row;
  }

  /** A port nobody listens on. */
  private static int closedPort() throws IOException {
    try (var socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static void assertStatus(StatusCode code, String message, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(StatusException.class, e -> assertThat(e.code()).isEqualTo(code))
        .hasMessageContaining(message);
  }
}
