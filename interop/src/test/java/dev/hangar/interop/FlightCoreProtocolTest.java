package dev.hangar.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.hangar.server.Authenticator;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.apache.arrow.flight.AsyncPutListener;
import org.apache.arrow.flight.CallOption;
import org.apache.arrow.flight.CancelFlightInfoRequest;
import org.apache.arrow.flight.CancelStatus;
import org.apache.arrow.flight.CloseSessionRequest;
import org.apache.arrow.flight.CloseSessionResult;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStatusCode;
import org.apache.arrow.flight.GetSessionOptionsRequest;
import org.apache.arrow.flight.Location;
import org.apache.arrow.flight.RenewFlightEndpointRequest;
import org.apache.arrow.flight.SessionOptionValue;
import org.apache.arrow.flight.SessionOptionValueFactory;
import org.apache.arrow.flight.SetSessionOptionsRequest;
import org.apache.arrow.flight.SetSessionOptionsResult;
import org.apache.arrow.flight.Ticket;
import org.apache.arrow.flight.client.ClientCookieMiddleware;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Sessions, log-ins, exchanges and the lives of flights, as flight-core's client has them. */
@Timeout(60)
@SuppressWarnings("try") // FlightStream.close() declares Exception, which could be an interrupt
class FlightCoreProtocolTest {
  private static final FlightDescriptor TABLE = FlightDescriptor.path("java", "protocol");
  private static final Authenticator ANN =
      (user, password) -> user.equals("ann") && password.equals("secret");

  private BufferAllocator allocator;

  @BeforeEach
  void begin() {
    allocator = new RootAllocator();
  }

  @AfterEach
  void leaveNothingBehind() {
    allocator.close();
  }

  @Test
  void sessionOptionsLiveWithTheirCookie() throws Exception {
    try (var subject = new Subject();
        var client = client(subject)) {
      var set = options();
      var refused = client.setSessionOptions(new SetSessionOptionsRequest(set)).getErrors();
      assertThat(refused).containsOnlyKeys(" ");
      assertThat(refused.get(" "))
          .isEqualTo(
              new SetSessionOptionsResult.Error(SetSessionOptionsResult.ErrorValue.INVALID_NAME));
      assertThat(sessionOptions(client))
          .isEqualTo(
              Map.of("whole", set.get("whole"), "real", set.get("real"), "list", set.get("list")));
      client.setSessionOptions(
          new SetSessionOptionsRequest(
              Map.of(
                  "whole", SessionOptionValueFactory.makeEmptySessionOptionValue(),
                  "list", SessionOptionValueFactory.makeSessionOptionValue("text"))));
      assertThat(sessionOptions(client)).containsOnlyKeys("real", "list");
      assertThat(client.closeSession(new CloseSessionRequest()).getStatus())
          .isEqualTo(CloseSessionResult.Status.CLOSED);
      assertThat(sessionOptions(client)).as("the cookie went with the session").isEmpty();
      assertThat(failure(() -> client.closeSession(new CloseSessionRequest())).status().code())
          .isEqualTo(FlightStatusCode.NOT_FOUND);
    }
  }

  private static Map<String, SessionOptionValue> options() {
    return Map.of(
        "whole", SessionOptionValueFactory.makeSessionOptionValue(123L),
        "real", SessionOptionValueFactory.makeSessionOptionValue(456.0),
        "list", SessionOptionValueFactory.makeSessionOptionValue(new String[] {"", " ", "ö"}),
        " ", SessionOptionValueFactory.makeSessionOptionValue(true));
  }

  private static Map<String, SessionOptionValue> sessionOptions(FlightClient client) {
    return client.getSessionOptions(new GetSessionOptionsRequest()).getSessionOptions();
  }

  @Test
  void flightsAreRenewedPolledAndCancelled() throws Exception {
    try (var subject = new Subject();
        var client = client(subject)) {
      put(client);
      var poll = client.pollInfo(TABLE);
      assertThat(poll.getFlightDescriptor()).isEmpty();
      assertThat(poll.getProgress()).contains(1.0);
      assertThat(poll.getExpirationTime()).isEmpty();
      var info = poll.getFlightInfo();
      var endpoint = info.getEndpoints().get(0);
      assertThat(rows(client, endpoint.getTicket())).isEqualTo(3);
      var renewed = client.renewFlightEndpoint(new RenewFlightEndpointRequest(endpoint));
      assertThat(renewed.getExpirationTime().orElseThrow())
          .isAfter(endpoint.getExpirationTime().orElseThrow());
      assertThat(client.cancelFlightInfo(new CancelFlightInfoRequest(info)).getStatus())
          .isEqualTo(CancelStatus.CANCELLED);
      var failure = failure(() -> rows(client, endpoint.getTicket()));
      assertThat(failure.status().code()).isEqualTo(FlightStatusCode.CANCELLED);
      assertThat(failure.status().metadata().getByte("grpc-status-details-bin"))
          .asString(UTF_8)
          .contains("hangar.ErrorDetail", "FLIGHT_CANCELLED", "java/protocol");
    }
  }

  /** Java, unlike C++, has the details of every failure. */
  @Test
  void everyFailureHasDetails() throws Exception {
    try (var subject = new Subject();
        var client = client(subject)) {
      var failure = failure(() -> client.getInfo(TABLE));
      assertThat(failure.status().code()).isEqualTo(FlightStatusCode.NOT_FOUND);
      assertThat(failure.status().metadata().getByte("grpc-status-details-bin"))
          .asString(UTF_8)
          .contains("TABLE_NOT_FOUND", "java/protocol", "list the tables");
      assertThat(
              failure(() ->
                      client.getInfo(FlightDescriptor.command("ö".repeat(50_000).getBytes(UTF_8))))
                  .status()
                  .code())
          .as("what is too long for headers is cut")
          .isEqualTo(FlightStatusCode.INVALID_ARGUMENT);
    }
  }

  @Test
  void anEchoComesBackInLockStep() throws Exception {
    try (var subject = new Subject();
        var client = client(subject);
        var column = new IntVector("x", allocator);
        var root = VectorSchemaRoot.of(column);
        var exchange = client.doExchange(FlightDescriptor.command("echo".getBytes(UTF_8)))) {
      exchange.getWriter().start(root);
      for (var number = 0; number < 4; number++) {
        column.allocateNew(1);
        column.set(0, number);
        root.setRowCount(1);
        if (number % 2 == 0) {
          var metadata = allocator.buffer(1);
          metadata.writeByte(number);
          exchange.getWriter().putNext(metadata);
        } else {
          exchange.getWriter().putNext();
        }
        assertThat(exchange.getReader().next()).isTrue();
        var back = (IntVector) exchange.getReader().getRoot().getVector("x");
        assertThat(back.get(0)).isEqualTo(number);
        var metadata = exchange.getReader().getLatestMetadata();
        assertThat(metadata == null).as("metadata of " + number).isEqualTo(number % 2 == 1);
      }
      exchange.getWriter().completed();
      assertThat(exchange.getReader().next()).isFalse();
    }
  }

  @Test
  void bothKindsOfLoginServe() throws Exception {
    try (var subject = new Subject(ANN)) {
      try (var client = client(subject)) {
        assertThat(failure(() -> put(client)).status().code())
            .isEqualTo(FlightStatusCode.UNAUTHENTICATED);
        assertThat(failure(() -> client.authenticateBasicToken("ann", "wrong")).status().code())
            .isEqualTo(FlightStatusCode.UNAUTHENTICATED);
        put(client, client.authenticateBasicToken("ann", "secret").orElseThrow());
      }
      try (var old = client(subject)) {
        assertThat(failure(() -> old.authenticateBasic("ann", "wrong")).status().code())
            .isEqualTo(FlightStatusCode.UNAUTHENTICATED);
        old.authenticateBasic("ann", "secret");
        assertThat(StreamSupport.stream(old.listActions().spliterator(), false)).isNotEmpty();
      }
    }
  }

  @Test
  void anOpenServerTakesAnyLogin() throws Exception {
    try (var subject = new Subject();
        var client = client(subject)) {
      put(client, client.authenticateBasicToken("anybody", "anything").orElseThrow());
      client.authenticateBasic("anybody", "anything");
      put(client);
    }
  }

  private FlightClient client(Subject subject) {
    return FlightClient.builder(allocator, Location.forGrpcInsecure("127.0.0.1", subject.port()))
        .intercept(new ClientCookieMiddleware.Factory())
        .build();
  }

  private void put(FlightClient client, CallOption... options) {
    try (var column = new IntVector("x", allocator);
        var root = new VectorSchemaRoot(List.of(column))) {
      column.allocateNew(3);
      column.setValueCount(3);
      root.setRowCount(3);
      var stream = client.startPut(TABLE, root, new AsyncPutListener(), options);
      stream.putNext();
      stream.completed();
      stream.getResult();
    }
  }

  private static long rows(FlightClient client, Ticket ticket) throws Exception {
    var rows = 0L;
    try (var stream = client.getStream(ticket)) {
      while (stream.next()) {
        rows += stream.getRoot().getRowCount();
      }
    }
    return rows;
  }

  private static FlightRuntimeException failure(ThrowingCallable call) {
    var failure = catchThrowableOfType(FlightRuntimeException.class, call);
    assertThat(failure).as("the call fails").isNotNull();
    return failure;
  }
}
