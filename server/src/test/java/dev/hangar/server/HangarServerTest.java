package dev.hangar.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import dev.hangar.client.Hangar;
import dev.hangar.wire.Action;
import dev.hangar.wire.CallOptions;
import dev.hangar.wire.FlightClient;
import dev.hangar.wire.FlightData;
import dev.hangar.wire.FlightDescriptor;
import dev.hangar.wire.FlightInfo;
import dev.hangar.wire.FlightSource;
import dev.hangar.wire.IpcMessages;
import dev.hangar.wire.Location;
import dev.hangar.wire.PutCall;
import dev.hangar.wire.Ticket;
import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.VectorUnloader;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.ipc.message.IpcOption;
import org.apache.arrow.vector.ipc.message.MessageSerializer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A whole server, asked over loopback by our own clients: the high one, and the low one that can
 * say odd things.
 */
@Timeout(60)
class HangarServerTest {
  private static final long MEMORY_BYTES = 64 << 20;

  private final List<String> console = Collections.synchronizedList(new ArrayList<>());
  private final BufferAllocator allocator = new RootAllocator();
  private HangarServer server;
  private Hangar hangar;
  private FlightClient raw;

  @BeforeEach
  void start() throws Exception {
    server =
        HangarServer.start(
            ServerConfig.defaults().withPort(0).withMemoryBytes(MEMORY_BYTES), console::add);
    hangar = Hangar.connect(server.url());
    raw = FlightClient.of(Location.grpc("127.0.0.1", server.port()));
  }

  @AfterEach
  void stop() {
    hangar.close();
    raw.close();
    server.close();
    assertThat(server.bodyBytes()).as("bodies the server still holds").isZero();
    allocator.close();
  }

  @Test
  void tablesAreListedInTheKindTheyWerePut() {
    put("b", 1);
    try (PutCall put = raw.doPut(CallOptions.NONE)) {
      put.send(FlightData.schema(FlightDescriptor.command("{\"put\": \"a\"}"), schema()));
      finish(put);
    }
    try (var flights = raw.listFlights(ByteString.EMPTY, CallOptions.NONE)) {
      assertThat(flights.next().descriptor()).isEqualTo(FlightDescriptor.command("a"));
      FlightInfo b = flights.next();
      assertThat(b.descriptor()).isEqualTo(FlightDescriptor.path("b"));
      assertThat(b.records()).isEqualTo(1);
      assertThat(b.bytes()).isEqualTo(16);
      assertThat(b.ordered()).isTrue();
      assertThat(b.endpoints().get(0).locations()).containsExactly(new Location(server.url()));
      assertThat(IpcMessages.bare(b.schema())).isEqualTo(schema());
      assertThat(flights.next()).isNull();
    }
    try (var flights = raw.listFlights(ByteString.copyFromUtf8("a"), CallOptions.NONE)) {
      assertThat(flights.next()).isNotNull();
      assertThat(flights.next()).as("criteria are a prefix of names").isNull();
    }
  }

  @Test
  void namesNotThereAreAnsweredWithTheNearest() {
    put("trips/2024", 1);
    StatusException failure = failureOf(() -> rows("trips/2025"));
    assertThat(failure.code()).isEqualTo(StatusCode.NOT_FOUND);
    assertThat(failure).hasMessageContaining("trips/2025").hasMessageContaining("trips/2024");
    assertThat(
            failureOf(() -> raw.doAction(Action.of("drop_table", "trips/2025"), CallOptions.NONE)))
        .hasMessageContaining("trips/2024");
  }

  @Test
  void namesThatAreNoneAreInvalid() {
    for (String bad :
        List.of("", "/", "a//b", "a\u0007", "x".repeat(1_025), "a/".repeat(32) + "a")) {
      for (ThrowingCallable call :
          List.<ThrowingCallable>of(
              () -> raw.getFlightInfo(FlightDescriptor.command(bad), CallOptions.NONE),
              () -> raw.doGet(Ticket.of(bad), CallOptions.NONE).next(),
              () -> begin(FlightDescriptor.command(bad)))) {
        assertThat(failureOf(call).code()).as(bad).isEqualTo(StatusCode.INVALID_ARGUMENT);
      }
    }
  }

  @Test
  void uploadsThatDoNotSayWhatTheyAreAreInvalid() {
    assertInvalid(put -> {}, "ended before its first message");
    assertInvalid(put -> put.send(FlightData.schema(null, schema())), "no descriptor");
    assertInvalid(put -> put.send(FlightData.descriptor(FlightDescriptor.path("x"))), "no schema");
    assertInvalid(
        put ->
            put.send(
                FlightData.schema(
                    FlightDescriptor.path("x"), ByteBuffer.wrap(new byte[] {1, 2, 3, 4}))),
        "");
    assertThat(hangar.list()).isEmpty();
  }

  @Test
  void aBatchThatDoesNotFitLeavesTheOldTable() throws Exception {
    put("t", 3);
    assertInvalid(
        put -> {
          put.send(FlightData.schema(FlightDescriptor.path("t"), schema()));
          put.send(
              FlightData.batch(header(5), null, List.of(ByteBuffer.allocateDirect(8)), () -> {}));
        },
        "batch");
    assertThat(rows("t")).isEqualTo(3);
  }

  @Test
  void anUploadThatBreaksOffLeavesTheOldTable() throws Exception {
    put("t", 3);
    try (PutCall put = raw.doPut(CallOptions.NONE)) {
      put.send(FlightData.schema(FlightDescriptor.path("t"), schema()));
      put.send(batch(1_000));
    }
    Asked.awaitLine(console, "CANCELLED");
    assertThat(rows("t")).isEqualTo(3);
  }

  @Test
  void aReaderKeepsTheVersionItBeganWith() throws Exception {
    put("t", 100_000);
    try (ArrowReader reader = hangar.get("t")) {
      assertThat(reader.loadNextBatch()).isTrue();
      put("t", 5);
      assertThat(hangar.drop("t")).isTrue();
      assertThat(reader.getVectorSchemaRoot().getRowCount()).isEqualTo(100_000);
      var values = (BigIntVector) reader.getVectorSchemaRoot().getVector(0);
      assertThat(values.get(99_999)).isEqualTo(99_999);
    }
  }

  @Test
  void aTicketStandsForItsVersion() throws Exception {
    put("t", 7);
    Ticket ticket =
        raw.getFlightInfo(FlightDescriptor.path("t"), CallOptions.NONE).endpoints().get(0).ticket();
    put("t", 8);
    assertThat(rows(ticket)).isEqualTo(7);
    assertThat(rows(Ticket.of("t"))).isEqualTo(8);
    assertThat(rows(ticket)).as("again, as after a broken transfer").isEqualTo(7);
  }

  @Test
  void pastItsMemoryTheServerRefusesAndKeepsWhatItHas() throws Exception {
    put("kept", 1_000);
    StatusException failure = failureOf(() -> put("large", 20_000_000));
    assertThat(failure.code()).isEqualTo(StatusCode.RESOURCE_EXHAUSTED);
    assertThat(rows("kept")).isEqualTo(1_000);
    put("after", 1_000_000);
    assertThat(rows("after")).isEqualTo(1_000_000);
  }

  @Test
  void replacedVersionsGoWhenMemoryRunsShort() throws Exception {
    for (int round = 0; round < 10; round++) {
      put("t", 3_000_000);
      raw.getFlightInfo(
          FlightDescriptor.path("t"), CallOptions.NONE); // its ticket would keep the version
    }
    assertThat(rows("t")).isEqualTo(3_000_000);
  }

  @Test
  void headersThatAreNotUnderstoodAreRefused() {
    try (PutCall put = raw.doPut(CallOptions.NONE.header("hangar-mode", "upsert"))) {
      put.send(FlightData.schema(FlightDescriptor.path("t"), schema()));
      StatusException failure = failureOf(() -> finish(put));
      assertThat(failure.code()).isEqualTo(StatusCode.INVALID_ARGUMENT);
      assertThat(failure).hasMessageContaining("hangar-mode: \"upsert\"");
    }
    try (PutCall put = raw.doPut(CallOptions.NONE.header("hangar-durability", "memory"))) {
      put.send(FlightData.schema(FlightDescriptor.path("t"), schema()));
      finish(put);
    }
  }

  @Test
  void applicationMetadataIsAcknowledgedAndComesBack() {
    try (PutCall put = raw.doPut(CallOptions.NONE)) {
      put.send(FlightData.schema(FlightDescriptor.path("t"), schema()));
      FlightData batch = batch(1);
      put.send(
          FlightData.batch(
              batch.header(), ByteBuffer.wrap(new byte[] {7}), batch.body(), batch::close));
      put.send(FlightData.metadata(ByteBuffer.wrap(new byte[] {8})));
      put.completed();
      assertThat(put.result()).isEqualTo(ByteString.copyFrom(new byte[] {7}));
      assertThat(put.result()).isEqualTo(ByteString.copyFrom(new byte[] {8}));
      assertThat(put.result()).isNull();
    }
    try (FlightSource source = raw.doGet(Ticket.of("t"), CallOptions.NONE)) {
      assertThat(appMetadata(source)).isNull();
      assertThat(appMetadata(source)).isEqualTo(ByteBuffer.wrap(new byte[] {7}));
      assertThat(appMetadata(source)).isEqualTo(ByteBuffer.wrap(new byte[] {8}));
      assertThat(source.next()).isNull();
    } finally {
      raw.doAction(Action.of("clear", ""), CallOptions.NONE);
    }
  }

  private static ByteBuffer appMetadata(FlightSource source) {
    try (FlightData data = source.next()) {
      return data.appMetadata();
    }
  }

  @Test
  void actionsDoWhatTheySay() throws Exception {
    put("a", 1);
    put("b", 1);
    put("c", 1);
    assertThat(raw.doAction(Action.of("healthcheck", ""), CallOptions.NONE))
        .containsExactly(ByteString.copyFromUtf8("ok"));
    raw.doAction(Action.of("drop_table", "a"), CallOptions.NONE);
    raw.doAction(Action.of("drop_dataset", "b"), CallOptions.NONE);
    assertThat(hangar.list()).hasSize(1);
    raw.doAction(Action.of("clear", ""), CallOptions.NONE);
    assertThat(hangar.list()).isEmpty();
    assertThat(failureOf(() -> raw.doAction(Action.of("drop_tables", ""), CallOptions.NONE)))
        .hasMessageContaining("drop_table, drop_dataset, clear");
    raw.doAction(Action.of("shutdown", ""), CallOptions.NONE);
    server.awaitTermination();
  }

  @Test
  void everyCallLeavesOneLine() throws Exception {
    put("sales/2024", 3);
    rows(Ticket.of("sales/2024"));
    failureOf(() -> rows(Ticket.of("nothing\nforged line")));
    Asked.awaitLine(console, "INVALID_ARGUMENT");
    assertThat(console).hasSize(3);
    assertThat(console.get(0))
        .matches("\\d\\d:\\d\\d:\\d\\d DoPut +sales/2024 +3 rows +32 B +\\d+ ms +OK");
    assertThat(console.get(1))
        .matches("\\d\\d:\\d\\d:\\d\\d DoGet +sales/2024 +3 rows +32 B +\\d+ ms +OK");
    assertThat(console.get(2)).doesNotContain("\n");
    failureOf(() -> raw.doAction(Action.of("drop\nforged line", ""), CallOptions.NONE));
    Asked.awaitLine(console, "UNIMPLEMENTED");
    assertThat(console.get(3)).contains("drop·forged line").doesNotContain("\n");
  }

  private interface Upload {
    void into(PutCall put);
  }

  private void assertInvalid(Upload upload, String why) {
    try (PutCall put = raw.doPut(CallOptions.NONE)) {
      StatusException failure =
          failureOf(() -> {
            upload.into(put);
            finish(put);
          });
      assertThat(failure.code()).isEqualTo(StatusCode.INVALID_ARGUMENT);
      assertThat(failure).hasMessageContaining(why);
    }
  }

  private void begin(FlightDescriptor descriptor) {
    try (PutCall put = raw.doPut(CallOptions.NONE)) {
      put.send(FlightData.schema(descriptor, schema()));
      finish(put);
    }
  }

  private static void finish(PutCall put) {
    put.completed();
    while (put.result() != null) {}
  }

  private void put(String name, int rows) {
    try (VectorSchemaRoot root = table(rows)) {
      hangar.put(name, root);
    }
  }

  private long rows(String name) throws Exception {
    long rows = 0;
    try (ArrowReader reader = hangar.get(name)) {
      while (reader.loadNextBatch()) {
        rows += reader.getVectorSchemaRoot().getRowCount();
      }
    }
    return rows;
  }

  private long rows(Ticket ticket) {
    long bytes = 0;
    try (FlightSource source = raw.doGet(ticket, CallOptions.NONE)) {
      for (FlightData data; (data = source.next()) != null; ) {
        bytes += data.bodyBytes();
        data.close();
      }
    }
    return bytes / Long.BYTES - (bytes > 0 ? 1 : 0); // a word of validity before the values
  }

  private VectorSchemaRoot table(int rows) {
    var values = new BigIntVector("v", allocator);
    values.allocateNew(rows);
    for (int row = 0; row < rows; row++) {
      values.set(row, row);
    }
    values.setValueCount(rows);
    return VectorSchemaRoot.of(values);
  }

  private ByteBuffer schema() {
    try (VectorSchemaRoot root = table(0)) {
      return MessageSerializer.serializeMetadata(root.getSchema(), IpcOption.DEFAULT);
    }
  }

  private ByteBuffer header(int rows) {
    try (VectorSchemaRoot root = table(rows);
        ArrowRecordBatch batch = new VectorUnloader(root).getRecordBatch()) {
      return MessageSerializer.serializeMetadata(batch, IpcOption.DEFAULT);
    }
  }

  private FlightData batch(int rows) {
    try (VectorSchemaRoot root = table(rows);
        ArrowRecordBatch batch = new VectorUnloader(root).getRecordBatch()) {
      ByteBuffer body = ByteBuffer.allocateDirect((int) batch.computeBodyLength());
      for (int bits = 0; bits < rows; bits += Byte.SIZE) {
        body.put(bits / Byte.SIZE, (byte) -1); // none is null
      }
      return FlightData.batch(
          MessageSerializer.serializeMetadata(batch, IpcOption.DEFAULT),
          null,
          List.of(body),
          () -> {});
    }
  }

  private static StatusException failureOf(ThrowingCallable call) {
    StatusException failure = catchThrowableOfType(StatusException.class, call);
    assertThat(failure).isNotNull();
    return failure;
  }
}
