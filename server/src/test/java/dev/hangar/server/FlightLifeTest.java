package dev.hangar.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import dev.hangar.client.Hangar;
import dev.hangar.wire.Action;
import dev.hangar.wire.BasicAuth;
import dev.hangar.wire.CallOptions;
import dev.hangar.wire.CancelStatus;
import dev.hangar.wire.ExchangeCall;
import dev.hangar.wire.FlightClient;
import dev.hangar.wire.FlightData;
import dev.hangar.wire.FlightDescriptor;
import dev.hangar.wire.FlightEndpoint;
import dev.hangar.wire.FlightInfo;
import dev.hangar.wire.FlightSource;
import dev.hangar.wire.Location;
import dev.hangar.wire.PollInfo;
import dev.hangar.wire.SessionOptions;
import dev.hangar.wire.StandardActions;
import dev.hangar.wire.Ticket;
import dev.hangar.wire.grpc.ErrorDetail;
import dev.hangar.wire.grpc.RetryAdvice;
import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalDouble;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A flight from its info to its end, failures on the way, exchanges and log-ins. */
@Timeout(60)
class FlightLifeTest {
  private static final FlightDescriptor TABLE = FlightDescriptor.path("t");

  private final List<String> console = Collections.synchronizedList(new ArrayList<>());
  private final BufferAllocator allocator = new RootAllocator();
  private HangarServer server;
  private Hangar hangar;
  private FlightClient client;

  @BeforeEach
  void start() throws Exception {
    server = HangarServer.start(config(), console::add);
    hangar = Hangar.connect(server.url());
    client = FlightClient.of(Location.grpc("127.0.0.1", server.port()));
  }

  private static ServerConfig config() {
    return ServerConfig.defaults().withPort(0).withMemoryBytes(64 << 20);
  }

  @AfterEach
  void stop() {
    hangar.close();
    client.close();
    server.close();
    assertThat(server.bodyBytes()).as("bodies the server still holds").isZero();
    allocator.close();
  }

  @Test
  void endpointsExpireAndTheirTicketsServeUntilThen() {
    put(7);
    FlightEndpoint endpoint = info().endpoints().get(0);
    assertThat(endpoint.expiration()).isAfter(Instant.now());
    put(8);
    for (int round = 0; round < 3; round++) {
      assertThat(rows(endpoint.ticket())).as("the version of the ticket").isEqualTo(7);
    }
    try (var flights = client.listFlights(ByteString.EMPTY, CallOptions.NONE)) {
      assertThat(flights.next().endpoints().get(0).expiration())
          .as("a list keeps nothing")
          .isNull();
      assertThat(flights.next()).isNull();
    }
  }

  @Test
  void renewedEndpointsExpireLater() throws Exception {
    put(7);
    FlightEndpoint endpoint = info().endpoints().get(0);
    Instant first = endpoint.expiration();
    while (!Instant.now().plus(Limits.TICKET_TIME).isAfter(first)) {
      Thread.onSpinWait();
    }
    FlightEndpoint renewed = client.renewFlightEndpoint(endpoint, CallOptions.NONE);
    assertThat(renewed.expiration()).isAfter(first);
    assertThat(renewed.locations()).isEqualTo(endpoint.locations());
    put(8);
    assertThat(rows(renewed.ticket())).isEqualTo(7);
  }

  @Test
  void cancelledFlightsAreOverAndOthersAreNot() {
    put(7);
    FlightInfo info = info();
    FlightInfo other = info();
    assertThat(client.cancelFlightInfo(info, CallOptions.NONE)).isEqualTo(CancelStatus.CANCELLED);
    assertThat(client.cancelFlightInfo(info, CallOptions.NONE)).isEqualTo(CancelStatus.CANCELLED);
    StatusException failure = failureOf(() -> rows(info.endpoints().get(0).ticket()));
    assertThat(failure.code()).isEqualTo(StatusCode.CANCELLED);
    assertThat(failure).hasMessageContaining("was cancelled");
    assertThat(
            failureOf(() -> client.renewFlightEndpoint(info.endpoints().get(0), CallOptions.NONE))
                .code())
        .isEqualTo(StatusCode.CANCELLED);
    put(8);
    assertThat(rows(other.endpoints().get(0).ticket())).isEqualTo(7);
    hangar.drop("t");
    assertThat(client.cancelFlightInfo(other, CallOptions.NONE)).isEqualTo(CancelStatus.CANCELLED);
  }

  /** What a list tells keeps nothing: to cancel it takes nothing from others. */
  @Test
  void listedFlightsAreRenewedAndCancelledAlone() {
    put(7);
    FlightInfo kept = info();
    FlightInfo listed = listed();
    assertThat(client.cancelFlightInfo(listed, CallOptions.NONE)).isEqualTo(CancelStatus.CANCELLED);
    FlightEndpoint renewed =
        client.renewFlightEndpoint(listed().endpoints().get(0), CallOptions.NONE);
    put(8);
    assertThat(rows(kept.endpoints().get(0).ticket())).isEqualTo(7);
    assertThat(rows(renewed.ticket())).isEqualTo(7);
    client.cancelFlightInfo(kept, CallOptions.NONE);
    assertThat(rows(renewed.ticket())).isEqualTo(7);
  }

  private static FlightInfo flight(List<FlightEndpoint> endpoints) {
    return new FlightInfo(ByteString.EMPTY, TABLE, endpoints, -1, -1, true, ByteString.EMPTY);
  }

  private FlightInfo listed() {
    try (var flights = client.listFlights(ByteString.EMPTY, CallOptions.NONE)) {
      return flights.next();
    }
  }

  @Test
  void theLastCancelledFlightLetsItsVersionGo() {
    put(7);
    FlightInfo info = info();
    client.cancelFlightInfo(info, CallOptions.NONE);
    put(8);
    assertThat(client.doAction(Action.of("healthcheck", ""), CallOptions.NONE)).hasSize(1);
    assertThat(server.bodyBytes())
        .as("version 1 is not kept")
        .isEqualTo(64); // one body, in units of the pool
  }

  @Test
  void flightsOfNamesCannotBeCancelledOrRenewed() {
    put(7);
    var named = FlightEndpoint.of(Ticket.of("t"));
    var info = flight(List.of(named));
    assertThat(client.cancelFlightInfo(info, CallOptions.NONE))
        .isEqualTo(CancelStatus.NOT_CANCELLABLE);
    assertInvalid(() -> client.renewFlightEndpoint(named, CallOptions.NONE), "does not expire");
  }

  @Test
  void alteredTicketsAndBodiesAreRefused() {
    put(7);
    byte[] ticket = info().endpoints().get(0).ticket().bytes().toByteArray();
    for (int at = 0; at < ticket.length; at++) {
      byte[] altered = ticket.clone();
      altered[at] ^= 1;
      var endpoint = FlightEndpoint.of(new Ticket(ByteString.copyFrom(altered)));
      assertThat(failureOf(() -> client.renewFlightEndpoint(endpoint, CallOptions.NONE)).code())
          .isEqualTo(StatusCode.INVALID_ARGUMENT);
    }
    for (var type : StandardActions.ALL.subList(0, 3)) {
      var broken = new Action(type.type(), ByteString.copyFromUtf8("\n\177"));
      assertInvalid(() -> client.doAction(broken, CallOptions.NONE), "bytes that are not");
    }
  }

  @Test
  void aTableIsCompleteWhenItIsPolledFirst() {
    put(7);
    PollInfo poll = client.pollFlightInfo(TABLE, CallOptions.NONE);
    assertThat(poll.next()).isNull();
    assertThat(poll.expiration()).isNull();
    assertThat(poll.progress()).isEqualTo(OptionalDouble.of(1));
    assertThat(rows(poll.info().endpoints().get(0).ticket())).isEqualTo(7);
  }

  @Test
  void actionsOfFlightItselfComeInItsOrder() {
    assertThat(client.listActions(CallOptions.NONE)).containsSubsequence(StandardActions.ALL);
  }

  @Test
  void anEchoAnswersEachMessageAsItCame() {
    try (ExchangeCall exchange = client.doExchange(CallOptions.NONE)) {
      exchange.send(FlightData.descriptor(FlightDescriptor.command("echo")));
      exchange.send(FlightData.schema(null, bytes(1, 2, 3, 4)));
      try (FlightData schema = exchange.next()) {
        assertThat(schema.header()).isEqualTo(bytes(1, 2, 3, 4));
        assertThat(schema.descriptor()).isNull();
      }
      for (int i = 0; i < 10; i++) {
        ByteBuffer metadata = i % 2 == 0 ? bytes(i) : null;
        ByteBuffer body = ByteBuffer.allocateDirect(i * 8);
        exchange.send(FlightData.batch(bytes(5, i), metadata, List.of(body), () -> {}));
        try (FlightData back = exchange.next()) {
          assertThat(back.header()).isEqualTo(bytes(5, i));
          assertThat(back.appMetadata()).isEqualTo(metadata);
          assertThat(back.bodyBytes()).isEqualTo(i * 8L);
        }
      }
      exchange.send(FlightData.metadata(bytes(9)));
      try (FlightData back = exchange.next()) {
        assertThat(back.appMetadata()).isEqualTo(bytes(9));
        assertThat(back.header().hasRemaining()).isFalse();
      }
      exchange.completed();
      assertThat(exchange.next()).isNull();
    }
  }

  @Test
  void otherExchangesAreNotOffered() {
    for (FlightDescriptor other :
        List.of(FlightDescriptor.command("transform"), FlightDescriptor.path("echo"))) {
      StatusException failure = failureOf(() -> exchange(FlightData.descriptor(other)));
      assertThat(failure.code()).isEqualTo(StatusCode.UNIMPLEMENTED);
      assertThat(failure).hasMessageContaining("'echo'");
    }
    assertInvalid(() -> exchange(FlightData.metadata(bytes(1))), "descriptor");
    assertInvalid(() -> exchange(null), "before its first message");
  }

  @Test
  void failuresNameTableAdviceAndHint() throws Exception {
    put(7);
    String trace = "0af7651916cd43dd8448eb211c80319c";
    CallOptions traced =
        CallOptions.NONE.header("traceparent", "00-" + trace + "-b7ad6b7169203331-01");
    var missing = FlightDescriptor.path("tt");
    assertThat(failureOf(() -> client.getFlightInfo(missing, traced)).detail())
        .contains(
            ErrorDetail.of("TABLE_NOT_FOUND")
                .withTable("tt")
                .withRetry(RetryAdvice.NEVER)
                .withHint("nearest: t")
                .withTraceId(trace));
    put("a", 8_000_000);
    ErrorDetail noRoom = failureOf(() -> put("b", 8_000_000)).detail().orElseThrow();
    assertThat(noRoom.retry()).isEqualTo(RetryAdvice.AFTER);
    assertThat(noRoom.retryAfter()).isPositive();
    assertThat(noRoom.hint()).contains("drop tables");
    assertThat(failureOf(() -> put(20_000_000)).detail().orElseThrow().retry())
        .as("what would never fit")
        .isEqualTo(RetryAdvice.NEVER);
    Asked.awaitLine(console, "[trace " + trace + "]");
  }

  @Test
  void anOpenServerTakesAnyLogin() {
    var ann = new BasicAuth("ann", "x");
    ByteString token = client.handshake(List.of(ann.encode()), CallOptions.NONE).get(0);
    client.listActions(CallOptions.NONE.header("authorization", "Bearer " + token.toStringUtf8()));
    assertThat(client.handshake(List.of(), CallOptions.NONE)).isEmpty();
    assertThat(client.handshake(List.of(ByteString.EMPTY), CallOptions.NONE)).isEmpty();
  }

  @Test
  void aServerWithUsersAnswersNobodyElse() throws Exception {
    var lines = Collections.synchronizedList(new ArrayList<String>());
    var config =
        config().withAuthenticator((user, password) -> user.equals("ann") && password.equals("x9"));
    try (var closed = HangarServer.start(config, lines::add);
        var ann = FlightClient.of(Location.grpc("127.0.0.1", closed.port()))) {
      for (ThrowingCallable call : everyMethod(ann)) {
        assertThat(failureOf(call).code()).isEqualTo(StatusCode.UNAUTHENTICATED);
      }
      var wrong = new BasicAuth("ann", "x8").encode();
      assertThat(failureOf(() -> ann.handshake(List.of(wrong), CallOptions.NONE)).code())
          .isEqualTo(StatusCode.UNAUTHENTICATED);
      assertThat(failureOf(() -> ann.handshake(List.of(), CallOptions.NONE)).code())
          .isEqualTo(StatusCode.UNAUTHENTICATED);
      var right = new BasicAuth("ann", "x9").encode();
      String token = ann.handshake(List.of(right), CallOptions.NONE).get(0).toStringUtf8();
      assertThat(ann.listActions(CallOptions.NONE.header("authorization", "Bearer " + token)))
          .isNotEmpty();
      assertThat(lines).noneMatch(line -> line.contains("x9") || line.contains(token));
    }
  }

  private static List<ThrowingCallable> everyMethod(FlightClient client) {
    CallOptions none = CallOptions.NONE;
    return List.of(
        () -> client.listFlights(ByteString.EMPTY, none).next(),
        () -> client.getFlightInfo(TABLE, none),
        () -> client.pollFlightInfo(TABLE, none),
        () -> client.getSchema(TABLE, none),
        () -> client.doGet(Ticket.of("t"), none).next(),
        () -> client.doPut(none).result(),
        () -> client.doExchange(none).next(),
        () -> client.doAction(Action.of("clear", ""), none),
        () -> client.doAction(new Action("GetSessionOptions", ByteString.EMPTY), none),
        () ->
            client.doAction(
                new Action("SetSessionOptions", new SessionOptions(java.util.Map.of()).encode()),
                none),
        () -> client.listActions(none));
  }

  private void exchange(FlightData first) {
    try (ExchangeCall exchange = client.doExchange(CallOptions.NONE)) {
      if (first != null) {
        exchange.send(first);
      }
      exchange.completed();
      exchange.next();
    }
  }

  private FlightInfo info() {
    return client.getFlightInfo(TABLE, CallOptions.NONE);
  }

  private void put(int rows) {
    put("t", rows);
  }

  private void put(String name, int rows) {
    var values = new IntVector("v", allocator);
    values.allocateNew(rows);
    values.setValueCount(rows);
    try (VectorSchemaRoot root = VectorSchemaRoot.of(values)) {
      hangar.put(name, root);
    }
  }

  private long rows(Ticket ticket) {
    long bytes = 0;
    try (FlightSource source = client.doGet(ticket, CallOptions.NONE)) {
      for (FlightData data; (data = source.next()) != null; ) {
        bytes += data.bodyBytes();
        data.close();
      }
    }
    return bytes == bodyBytes(7) ? 7 : 8;
  }

  /** Validity and values, each padded to 8. */
  private static long bodyBytes(int rows) {
    return 8 + (rows * 4 + 7L) / 8 * 8;
  }

  private static ByteBuffer bytes(int... values) {
    var bytes = ByteBuffer.allocate(values.length);
    for (int value : values) {
      bytes.put((byte) value);
    }
    return bytes.flip();
  }

  private static void assertInvalid(ThrowingCallable call, String why) {
    StatusException failure = failureOf(call);
    assertThat(failure.code()).isEqualTo(StatusCode.INVALID_ARGUMENT);
    assertThat(failure).hasMessageContaining(why);
  }

  private static StatusException failureOf(ThrowingCallable call) {
    StatusException failure = catchThrowableOfType(StatusException.class, call);
    assertThat(failure).isNotNull();
    return failure;
  }
}
