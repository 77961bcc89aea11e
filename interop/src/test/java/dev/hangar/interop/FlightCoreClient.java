package dev.hangar.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.apache.arrow.flight.Action;
import org.apache.arrow.flight.ActionType;
import org.apache.arrow.flight.CallHeaders;
import org.apache.arrow.flight.CallInfo;
import org.apache.arrow.flight.CallStatus;
import org.apache.arrow.flight.CancelFlightInfoRequest;
import org.apache.arrow.flight.CancelStatus;
import org.apache.arrow.flight.CloseSessionRequest;
import org.apache.arrow.flight.CloseSessionResult;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightClientMiddleware;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightEndpoint;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStatusCode;
import org.apache.arrow.flight.GetSessionOptionsRequest;
import org.apache.arrow.flight.Location;
import org.apache.arrow.flight.RenewFlightEndpointRequest;
import org.apache.arrow.flight.Result;
import org.apache.arrow.flight.SessionOptionValue;
import org.apache.arrow.flight.SessionOptionValueFactory;
import org.apache.arrow.flight.SetSessionOptionsRequest;
import org.apache.arrow.flight.SetSessionOptionsResult.ErrorValue;
import org.apache.arrow.flight.SyncPutListener;
import org.apache.arrow.flight.auth.BasicClientAuthHandler;
import org.apache.arrow.flight.client.ClientCookieMiddleware;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** The scenarios' clients on flight-core. */
@SuppressWarnings("try") // its close() methods declare exceptions that could be an interrupt
final class FlightCoreClient {
  private static final String EXPIRATION = "expiration";
  private static final String FOOBAR = "foobar";

  private final BufferAllocator allocator;
  private final FlightClient client;
  private final KeptHeader header;

  private FlightCoreClient(BufferAllocator allocator, FlightClient client, KeptHeader header) {
    this.allocator = allocator;
    this.client = client;
    this.header = header;
  }

  /** Sends a header with each call, and keeps what comes back. */
  private static final class KeptHeader
      implements FlightClientMiddleware.Factory, FlightClientMiddleware {
    private volatile String received;

    @Override
    public FlightClientMiddleware onCallStarted(CallInfo info) {
      return this;
    }

    @Override
    public void onBeforeSendingHeaders(CallHeaders headers) {
      headers.insert(Scenario.HEADER, Scenario.HEADER_VALUE);
    }

    @Override
    public void onHeadersReceived(CallHeaders headers) {
      if (headers.containsKey(Scenario.HEADER)) {
        received = headers.get(Scenario.HEADER);
      }
    }

    @Override
    public void onCallCompleted(CallStatus status) {}
  }

  /** Plays a scenario to its end. */
  static void play(Scenario scenario, int port, Set<String> without) {
    var header = new KeptHeader();
    var builder = FlightClient.builder().location(Location.forGrpcInsecure("127.0.0.1", port));
    if (scenario == Scenario.MIDDLEWARE) {
      builder.intercept(header);
    } else if (scenario == Scenario.SESSION_OPTIONS) {
      builder.intercept(new ClientCookieMiddleware.Factory());
    }
    try (var allocator = new RootAllocator();
        var client = builder.allocator(allocator).build()) {
      new FlightCoreClient(allocator, client, header).play(scenario, without);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while " + scenario, e);
    } catch (Exception e) {
      throw new AssertionError(scenario + ": " + e, e);
    }
  }

  private void play(Scenario scenario, Set<String> without) throws Exception {
    switch (scenario) {
      case DATA -> data(Tables.names(without));
      case AUTH -> auth();
      case MIDDLEWARE -> middleware();
      case ORDERED -> ordered();
      case EXPIRATION_DO_GET -> expirationDoGet();
      case EXPIRATION_LIST_ACTIONS ->
          assertThat(client.listActions())
              .extracting(ActionType::getType)
              .containsExactly("CancelFlightInfo", "RenewFlightEndpoint");
      case EXPIRATION_CANCEL -> cancel();
      case EXPIRATION_RENEW -> renew();
      case REUSE_CONNECTION ->
          assertThat(info("reuse").getEndpoints())
              .flatExtracting(FlightEndpoint::getLocations)
              .containsExactly(Location.reuseConnection());
      case SESSION_OPTIONS -> sessionOptions();
      case POLL -> poll();
      case APP_METADATA -> appMetadata();
      case ECHO -> echo();
      case ALIGNMENT -> throw new AssertionError("flight-core has no such option");
    }
  }

  private void data(List<String> names) throws Exception {
    for (var name : names) {
      try {
        thereAndBack(name);
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("table " + name + ": " + e, e);
      }
    }
  }

  private void thereAndBack(String name) throws Exception {
    var descriptor = FlightDescriptor.path("integration", name);
    var numbers = put(descriptor, Tables.stream(name));
    var info = client.getInfo(descriptor);
    assertThat(info.getEndpoints()).isNotEmpty();
    for (var endpoint : info.getEndpoints()) {
      for (var location : endpoint.getLocations()) {
        try (var there = FlightClient.builder(allocator, location).build();
            var stream = there.getStream(endpoint.getTicket());
            var put = Tables.reader(Tables.stream(name), allocator)) {
          var schema = Tables.schema(Tables.stream(name));
          Tables.requireSame(info.getSchemaOptional().orElseThrow(), schema);
          Tables.requireSame(stream.getRoot().getSchema(), put.getVectorSchemaRoot().getSchema());
          for (var number : numbers) {
            assertThat(stream.next()).isTrue();
            assertThat(put.loadNextBatch()).isTrue();
            var root = put.getVectorSchemaRoot();
            var words = stream.getDictionaryProvider();
            var batch = Integer.parseInt(number);
            Tables.requireSame(batch, stream.getRoot(), words, root, put);
            assertThat(text(stream.getLatestMetadata())).isEqualTo(number);
          }
          assertThat(stream.next()).isFalse();
        }
      }
    }
  }

  /** In lock-step: a batch is sent when the one before has been acknowledged. */
  private List<String> put(FlightDescriptor descriptor, byte[] stream) throws Exception {
    var numbers = new ArrayList<String>();
    try (var reader = Tables.reader(stream, allocator);
        var acknowledged = new SyncPutListener()) {
      var hasBatch = reader.loadNextBatch(); // and with it the dictionaries, which start() sends
      var root = reader.getVectorSchemaRoot();
      var put = client.startPut(descriptor, root, reader, acknowledged);
      for (; hasBatch; hasBatch = reader.loadNextBatch()) {
        var number = Integer.toString(numbers.size());
        put.putNext(metadata(number));
        try (var result = acknowledged.read()) {
          assertThat(text(result.getApplicationMetadata())).isEqualTo(number);
        }
        numbers.add(number);
      }
      put.completed();
      assertThat(acknowledged.read()).as("behind the last acknowledgement").isNull();
      put.getResult();
    }
    return numbers;
  }

  private void auth() {
    assertThat(failure(() -> perform("")).status().code())
        .isEqualTo(FlightStatusCode.UNAUTHENTICATED);
    client.authenticate(new BasicClientAuthHandler(Scenario.USER, Scenario.PASSWORD));
    assertThat(perform("")).containsExactly(Scenario.USER);
  }

  private List<String> perform(String type) {
    Iterator<Result> results = client.doAction(new Action(type));
    Iterable<Result> each = () -> results;
    return StreamSupport.stream(each.spliterator(), false)
        .map(result -> new String(result.getBody(), UTF_8))
        .toList();
  }

  private void middleware() {
    assertThat(failure(() -> info("")).status().code()).isEqualTo(FlightStatusCode.UNKNOWN);
    assertThat(header.received).isEqualTo(Scenario.HEADER_VALUE);
    header.received = null;
    info(Scenario.SUCCESS);
    assertThat(header.received).isEqualTo(Scenario.HEADER_VALUE);
  }

  private void ordered() throws Exception {
    var info = info("ordered");
    assertThat(info.getOrdered()).isTrue();
    assertThat(info.getEndpoints()).hasSize(3).allMatch(e -> e.getLocations().isEmpty());
    var numbers = new ArrayList<Integer>();
    for (var endpoint : info.getEndpoints()) {
      numbers.addAll(numbers(endpoint));
    }
    assertThat(numbers).isEqualTo(Scenario.ORDERED_NUMBERS);
  }

  private List<Integer> numbers(FlightEndpoint endpoint) throws Exception {
    var numbers = new ArrayList<Integer>();
    try (var stream = client.getStream(endpoint.getTicket())) {
      while (stream.next()) {
        numbers.addAll(Numbers.of(stream.getRoot()));
      }
    }
    return numbers;
  }

  private void expirationDoGet() throws Exception {
    var endpoints = info(EXPIRATION).getEndpoints();
    assertThat(endpoints).hasSize(3);
    assertThat(endpoints.get(0).getExpirationTime()).isEmpty();
    var numbers = new ArrayList<>(numbers(endpoints.get(0)));
    for (var endpoint : endpoints.subList(1, 3)) {
      assertThat(endpoint.getExpirationTime().orElseThrow()).isAfter(java.time.Instant.now());
      numbers.addAll(numbers(endpoint));
      numbers.addAll(numbers(endpoint));
    }
    assertThat(numbers).containsExactly(0, 1, 1, 2, 2);
  }

  private void cancel() {
    var info = info(EXPIRATION);
    var result = client.cancelFlightInfo(new CancelFlightInfoRequest(info));
    assertThat(result.getStatus()).isEqualTo(CancelStatus.CANCELLED);
    assertThat(info.getEndpoints())
        .hasSize(3)
        .allSatisfy(endpoint -> assertThat(failure(() -> numbers(endpoint))).isNotNull());
  }

  private void renew() {
    var expiring =
        info(EXPIRATION).getEndpoints().stream().filter(e -> e.getExpirationTime().isPresent());
    assertThat(expiring)
        .hasSize(2)
        .allSatisfy(old -> {
          var renewed = client.renewFlightEndpoint(new RenewFlightEndpointRequest(old));
          assertThat(renewed.getExpirationTime().orElseThrow())
              .isAfter(old.getExpirationTime().orElseThrow());
        });
  }

  private void sessionOptions() {
    var wanted =
        Map.of(
            "foolong",
            SessionOptionValueFactory.makeSessionOptionValue(123L),
            "bardouble",
            SessionOptionValueFactory.makeSessionOptionValue(456.0),
            Scenario.INVALID_NAME,
            SessionOptionValueFactory.makeSessionOptionValue("its name"),
            Scenario.INVALID_VALUE,
            SessionOptionValueFactory.makeSessionOptionValue(Scenario.INVALID_OPTION),
            "big_ol_string_list",
            SessionOptionValueFactory.makeSessionOptionValue(Scenario.LIST.toArray(String[]::new)));
    assertThat(set(wanted))
        .isEqualTo(
            Map.of(
                Scenario.INVALID_NAME, ErrorValue.INVALID_NAME,
                Scenario.INVALID_VALUE, ErrorValue.INVALID_VALUE));
    assertThat(options()).isEqualTo(Scenario.OPTIONS);
    assertThat(
            set(
                Map.of(
                    "foolong", SessionOptionValueFactory.makeEmptySessionOptionValue(),
                    "big_ol_string_list",
                        SessionOptionValueFactory.makeSessionOptionValue(Scenario.NO_LIST))))
        .isEmpty();
    assertThat(options())
        .isEqualTo(Map.of("bardouble", 456.0, "big_ol_string_list", Scenario.NO_LIST));
    assertThat(client.closeSession(new CloseSessionRequest()).getStatus())
        .isEqualTo(CloseSessionResult.Status.CLOSED);
  }

  private Map<String, ErrorValue> set(Map<String, SessionOptionValue> options) {
    return client
        .setSessionOptions(new SetSessionOptionsRequest(options))
        .getErrors()
        .entrySet()
        .stream()
        .collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue().value));
  }

  private Map<String, Object> options() {
    var options = client.getSessionOptions(new GetSessionOptionsRequest()).getSessionOptions();
    return options.entrySet().stream()
        .collect(
            Collectors.toMap(
                Map.Entry::getKey, e -> e.getValue().acceptVisitor(new OptionAsObject())));
  }

  private void poll() throws Exception {
    var first = client.pollInfo(FlightDescriptor.command(Scenario.HEAVY.getBytes(UTF_8)));
    assertThat(first.getProgress().orElseThrow()).isBetween(0.0, 1.0);
    assertThat(first.getExpirationTime()).isPresent();
    assertThat(first.getFlightInfo()).isNotNull();
    var next = first.getFlightDescriptor().orElseThrow();
    assertThat(next.getCommand()).isEqualTo(Scenario.POLLED.getBytes(UTF_8));
    var last = client.pollInfo(next);
    assertThat(last.getProgress()).hasValue(1.0);
    assertThat(last.getExpirationTime()).isEmpty();
    assertThat(last.getFlightInfo()).isNotNull();
    assertThat(last.getFlightDescriptor()).isEmpty();
  }

  private void appMetadata() {
    var info = info(FOOBAR);
    assertThat(info.getAppMetadata()).isEqualTo(FOOBAR.getBytes(UTF_8));
    assertThat(info.getEndpoints())
        .extracting(endpoint -> new String(endpoint.getAppMetadata(), UTF_8))
        .containsExactly(FOOBAR);
  }

  /** In lock-step: a batch is sent when the one before has come back. */
  private void echo() throws Exception {
    var descriptor = FlightDescriptor.command("echo".getBytes(UTF_8));
    try (var call = client.doExchange(descriptor);
        var root = VectorSchemaRoot.create(Numbers.ECHO, allocator)) {
      var writer = call.getWriter();
      writer.start(root);
      for (var batch = 0; batch < Scenario.ECHOES; batch++) {
        Numbers.fill(root, Numbers.echo(batch));
        var metadata = Scenario.echoMetadata(batch);
        if (metadata == null) {
          writer.putNext();
        } else {
          writer.putNext(metadata(metadata));
        }
        assertThat(call.getReader().next()).isTrue();
        assertThat(Numbers.of(call.getReader().getRoot())).isEqualTo(Numbers.of(root));
        var got = call.getReader().getLatestMetadata();
        assertThat(got == null ? null : text(got)).isEqualTo(metadata);
      }
      writer.completed();
      assertThat(call.getReader().next()).isFalse();
    }
  }

  private FlightInfo info(String command) {
    return client.getInfo(FlightDescriptor.command(command.getBytes(UTF_8)));
  }

  private static FlightRuntimeException failure(ThrowingCallable call) {
    var failure = catchThrowableOfType(FlightRuntimeException.class, call);
    assertThat(failure).as("the call fails").isNotNull();
    return failure;
  }

  private ArrowBuf metadata(String text) {
    var metadata = allocator.buffer(text.length());
    metadata.writeBytes(text.getBytes(UTF_8));
    return metadata;
  }

  private static String text(ArrowBuf buffer) {
    var bytes = new byte[Math.toIntExact(buffer.readableBytes())];
    buffer.getBytes(buffer.readerIndex(), bytes);
    return new String(bytes, UTF_8);
  }
}
