package dev.hangar.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import dev.hangar.wire.Action;
import dev.hangar.wire.ActionType;
import dev.hangar.wire.BasicAuth;
import dev.hangar.wire.CallOptions;
import dev.hangar.wire.CancelStatus;
import dev.hangar.wire.ExchangeCall;
import dev.hangar.wire.FlightClient;
import dev.hangar.wire.FlightData;
import dev.hangar.wire.FlightDescriptor;
import dev.hangar.wire.FlightEndpoint;
import dev.hangar.wire.FlightInfo;
import dev.hangar.wire.IpcMessages;
import dev.hangar.wire.Location;
import dev.hangar.wire.Ticket;
import dev.hangar.wire.grpc.Metadata;
import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.apache.arrow.memory.RootAllocator;

/** The scenarios' clients on our wire. */
final class OurClient {
  private static final CallOptions NONE = CallOptions.NONE;
  private static final String TOKEN = "auth-token-bin";
  private static final String EXPIRATION = "expiration";
  private static final String FOOBAR = "foobar";
  private static final int ALIGNMENT_BYTES = 64;

  private final Location server;
  private final FlightClient client;

  private OurClient(Location server, FlightClient client) {
    this.server = server;
    this.client = client;
  }

  /**
   * Plays a scenario to its end.
   *
   * @param without tables that Arrow's Java library, or the server's, cannot read
   * @param silent tables whose application metadata the server does not give back
   */
  static void play(Scenario scenario, int port, Set<String> without, Set<String> silent) {
    var server = Location.grpc("127.0.0.1", port);
    try (var client = FlightClient.of(server)) {
      new OurClient(server, client).play(scenario, without, silent);
      assertThat(client.bodyBytes()).isZero();
    }
  }

  private void play(Scenario scenario, Set<String> without, Set<String> silent) {
    switch (scenario) {
      case DATA -> Tables.names(without).forEach(name -> data(name, silent.contains(name)));
      case AUTH -> auth();
      case ALIGNMENT -> alignment();
      case ORDERED -> ordered();
      case EXPIRATION_DO_GET -> expirationDoGet();
      case EXPIRATION_LIST_ACTIONS ->
          assertThat(client.listActions(NONE))
              .extracting(ActionType::type)
              .containsExactly("CancelFlightInfo", "RenewFlightEndpoint");
      case EXPIRATION_CANCEL -> cancel();
      case EXPIRATION_RENEW -> renew();
      case REUSE_CONNECTION ->
          assertThat(info("reuse").endpoints())
              .flatExtracting(FlightEndpoint::locations)
              .containsExactly(new Location(Scenario.REUSE_URI));
      case POLL -> poll();
      case APP_METADATA -> appMetadata();
      case ECHO -> echo();
      case MIDDLEWARE -> OurHeaders.middleware(server);
      case SESSION_OPTIONS -> OurHeaders.sessionOptions(server);
    }
  }

  private void data(String name, boolean isSilent) {
    var stream = Tables.stream(name);
    var sent = IpcStreams.numbered(stream);
    var descriptor = FlightDescriptor.path("integration", name);
    try (var allocator = new RootAllocator()) {
      put(descriptor, sent);
      var info = client.getFlightInfo(descriptor, NONE);
      assertThat(info.endpoints()).isNotEmpty();
      var schema = Tables.schema(IpcMessages.bare(info.schema()));
      Tables.requireSame(schema, Tables.schema(stream));
      for (var endpoint : info.endpoints()) {
        for (var location : endpoint.locations()) {
          var got = get(location, endpoint.ticket());
          try (var reader = Tables.reader(IpcStreams.join(got), allocator);
              var put = Tables.reader(stream, allocator)) {
            Tables.requireSame(reader, put);
          }
          assertThat(metadata(got)).isEqualTo(isSilent ? silence(sent) : metadata(sent));
        }
      }
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError("table " + name + ": " + e.getMessage(), e);
    } catch (IOException e) {
      throw new UncheckedIOException("table " + name, e);
    }
  }

  /** In lock-step: a batch is sent when the one before has been acknowledged. */
  private void put(FlightDescriptor descriptor, List<IpcStreams.Part> parts) {
    try (var call = client.doPut(NONE)) {
      for (var part : parts) {
        call.send(part.data(descriptor));
        if (part.isBatch()) {
          assertThat(call.result()).isEqualTo(ByteString.copyFromUtf8(part.metadata()));
        }
      }
      call.completed();
      assertThat(call.result()).as("behind the last acknowledgement").isNull();
    }
  }

  private List<IpcStreams.Part> get(Location location, Ticket ticket) {
    if (location.equals(server)) {
      return IpcStreams.read(client.doGet(ticket, NONE));
    }
    try (var there = FlightClient.of(location)) {
      return IpcStreams.read(there.doGet(ticket, NONE));
    }
  }

  private static List<String> metadata(List<IpcStreams.Part> parts) {
    return parts.stream().filter(IpcStreams.Part::isBatch).map(IpcStreams.Part::metadata).toList();
  }

  private static List<String> silence(List<IpcStreams.Part> parts) {
    return metadata(parts).stream().map(number -> "").toList();
  }

  private void auth() {
    var action = Action.of("", "");
    var refused = catchThrowableOfType(StatusException.class, () -> client.doAction(action, NONE));
    assertThat(refused.code()).isEqualTo(StatusCode.UNAUTHENTICATED);
    var credentials = new BasicAuth(Scenario.USER, Scenario.PASSWORD).encode();
    var token = client.handshake(List.of(credentials), NONE);
    assertThat(token).hasSize(1);
    var headers = Metadata.EMPTY.with(TOKEN, token.get(0).toByteArray());
    assertThat(client.doAction(action, NONE.headers(headers)))
        .containsExactly(ByteString.copyFromUtf8(Scenario.USER));
  }

  /** Bodies lie where they can be read with any width, wherever the message began. */
  private void alignment() {
    var ticket = Ticket.of(Scenario.ALIGNED_TICKET);
    try (var source = client.doGet(ticket, NONE)) {
      for (var data = source.next(); data != null; data = source.next()) {
        requireAligned(data);
      }
    }
    var got = IpcStreams.join(IpcStreams.read(client.doGet(ticket, NONE)));
    try (var allocator = new RootAllocator();
        var reader = Tables.reader(got, allocator);
        var wanted = Tables.reader(Aligned.stream(), allocator)) {
      Tables.requireSame(reader, wanted);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void requireAligned(FlightData data) {
    try (data) {
      assertThat(data.body())
          .filteredOn(ByteBuffer::isDirect)
          .allMatch(body -> body.alignmentOffset(0, ALIGNMENT_BYTES) == 0);
    }
  }

  private void ordered() {
    var info = info("ordered");
    assertThat(info.ordered()).isTrue();
    assertThat(info.endpoints()).hasSize(3).allMatch(endpoint -> endpoint.locations().isEmpty());
    var numbers = info.endpoints().stream().flatMap(endpoint -> numbers(endpoint).stream());
    assertThat(numbers).isEqualTo(Scenario.ORDERED_NUMBERS);
  }

  private List<Integer> numbers(FlightEndpoint endpoint) {
    return Numbers.of(IpcStreams.join(IpcStreams.read(client.doGet(endpoint.ticket(), NONE))));
  }

  private void expirationDoGet() {
    var endpoints = info(EXPIRATION).endpoints();
    assertThat(endpoints).hasSize(3);
    assertThat(endpoints.get(0).expiration()).isNull();
    var numbers = new ArrayList<>(numbers(endpoints.get(0)));
    for (var endpoint : endpoints.subList(1, 3)) {
      assertThat(endpoint.expiration()).isAfter(Instant.now());
      numbers.addAll(numbers(endpoint));
      numbers.addAll(numbers(endpoint));
    }
    assertThat(numbers).containsExactly(0, 1, 1, 2, 2);
  }

  private void cancel() {
    var info = info(EXPIRATION);
    assertThat(client.cancelFlightInfo(info, NONE)).isEqualTo(CancelStatus.CANCELLED);
    assertThat(info.endpoints())
        .hasSize(3)
        .allSatisfy(endpoint ->
            assertThat(catchThrowableOfType(StatusException.class, () -> numbers(endpoint)))
                .isNotNull());
  }

  private void renew() {
    var expiring = info(EXPIRATION).endpoints().stream().filter(e -> e.expiration() != null);
    assertThat(expiring)
        .hasSize(2)
        .allSatisfy(old ->
            assertThat(client.renewFlightEndpoint(old, NONE).expiration())
                .isAfter(Objects.requireNonNull(old.expiration())));
  }

  private void poll() {
    var first = client.pollFlightInfo(FlightDescriptor.command(Scenario.HEAVY), NONE);
    assertThat(first.progress().orElseThrow()).isBetween(0.0, 1.0);
    assertThat(first.expiration()).isNotNull();
    assertThat(first.info()).isNotNull();
    assertThat(first.next()).isEqualTo(FlightDescriptor.command(Scenario.POLLED));
    var last = client.pollFlightInfo(FlightDescriptor.command(Scenario.POLLED), NONE);
    assertThat(last.progress()).hasValue(1.0);
    assertThat(last.expiration()).isNull();
    assertThat(last.info()).isNotNull();
    assertThat(last.next()).isNull();
  }

  private void appMetadata() {
    var info = info(FOOBAR);
    assertThat(info.appMetadata().toStringUtf8()).isEqualTo(FOOBAR);
    assertThat(info.endpoints())
        .extracting(endpoint -> endpoint.appMetadata().toStringUtf8())
        .containsExactly(FOOBAR);
  }

  /** In lock-step: a batch is sent when the one before has come back. */
  private void echo() {
    var descriptor = FlightDescriptor.command("echo");
    try (var call = client.doExchange(NONE)) {
      call.send(FlightData.descriptor(descriptor));
      var schema = IpcStreams.split(Numbers.stream(Numbers.ECHO)).get(0);
      call.send(schema.data(null));
      for (var batch = 0; batch < Scenario.ECHOES; batch++) {
        var metadata = Objects.requireNonNullElse(Scenario.echoMetadata(batch), "");
        var stream = IpcStreams.split(Numbers.stream(Numbers.ECHO, Numbers.echo(batch)));
        call.send(stream.get(1).with(metadata).data(null));
        var echo = nextBatch(call);
        assertThat(echo.metadata()).isEqualTo(metadata);
        assertThat(Numbers.of(IpcStreams.join(List.of(schema, echo))))
            .containsExactlyElementsOf(Arrays.stream(Numbers.echo(batch)).boxed().toList());
      }
      call.completed();
      assertThat(call.next()).isNull();
    }
  }

  private static IpcStreams.Part nextBatch(ExchangeCall call) {
    for (var data = call.next(); data != null; data = call.next()) {
      var part = IpcStreams.part(data);
      if (part.isBatch()) {
        return part;
      }
    }
    throw new AssertionError("the echo ended too soon");
  }

  private FlightInfo info(String command) {
    return client.getFlightInfo(FlightDescriptor.command(command), NONE);
  }
}
