package dev.hangar.interop;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import dev.hangar.wire.Action;
import dev.hangar.wire.ActionType;
import dev.hangar.wire.BasicAuth;
import dev.hangar.wire.CallContext;
import dev.hangar.wire.CancelFlightInfoRequest;
import dev.hangar.wire.CancelFlightInfoResult;
import dev.hangar.wire.CancelStatus;
import dev.hangar.wire.FlightDescriptor;
import dev.hangar.wire.FlightEndpoint;
import dev.hangar.wire.FlightInfo;
import dev.hangar.wire.FlightService;
import dev.hangar.wire.FlightSink;
import dev.hangar.wire.FlightSource;
import dev.hangar.wire.HandshakeSource;
import dev.hangar.wire.IpcMessages;
import dev.hangar.wire.Location;
import dev.hangar.wire.PollInfo;
import dev.hangar.wire.RenewFlightEndpointRequest;
import dev.hangar.wire.StandardActions;
import dev.hangar.wire.Ticket;
import dev.hangar.wire.grpc.Metadata;
import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import org.apache.arrow.vector.types.pojo.Schema;

/** One scenario's server on our wire. Thread-safe. */
final class ScenarioService implements FlightService {
  private static final String TOKEN = "auth-token-bin";

  private final Scenario scenario;
  private final Sessions sessions = new Sessions();
  private volatile boolean isCancelled;

  ScenarioService(Scenario scenario) {
    this.scenario = scenario;
  }

  @Override
  public void handshake(CallContext call, HandshakeSource in, Consumer<ByteString> out) {
    var payload = in.next();
    if (payload == null
        || !BasicAuth.decode(payload).equals(new BasicAuth(Scenario.USER, Scenario.PASSWORD))) {
      throw new StatusException(StatusCode.UNAUTHENTICATED, "not the user, or not the password");
    }
    out.accept(ByteString.copyFromUtf8(Scenario.USER));
  }

  @Override
  public FlightInfo getFlightInfo(CallContext call, FlightDescriptor descriptor) {
    var command = command(descriptor);
    return switch (scenario) {
      case MIDDLEWARE -> echoHeader(call, descriptor);
      case ORDERED ->
          info(
              Numbers.INT32,
              descriptor,
              List.of(endpoint("1"), endpoint("2"), endpoint("3")),
              true);
      case REUSE_CONNECTION ->
          info(
              Numbers.UINT32,
              descriptor,
              List.of(FlightEndpoint.of(Ticket.of("0"), new Location(Scenario.REUSE_URI))),
              false);
      case APP_METADATA ->
          new FlightInfo(
              ByteString.EMPTY,
              descriptor,
              List.of(new FlightEndpoint(Ticket.of("0"), List.of(), null, command)),
              -1,
              -1,
              false,
              command);
      case EXPIRATION_DO_GET, EXPIRATION_CANCEL, EXPIRATION_RENEW ->
          info(Numbers.UINT32, descriptor, expiring(), false);
      default -> throw unknown("GetFlightInfo");
    };
  }

  private static FlightInfo echoHeader(CallContext call, FlightDescriptor descriptor) {
    call.headers()
        .text(Scenario.HEADER)
        .ifPresent(value -> call.responseHeaders(Metadata.of(Scenario.HEADER, value)));
    if (!command(descriptor).toStringUtf8().equals(Scenario.SUCCESS)) {
      throw new StatusException(StatusCode.UNKNOWN, "not a success");
    }
    return info(Numbers.UINT32, descriptor, List.of(endpoint("0")), false);
  }

  private static List<FlightEndpoint> expiring() {
    return List.of(
        endpoint("0"),
        endpoint("1", Scenario.EXPIRATIONS.get(0)),
        endpoint("2", Scenario.EXPIRATIONS.get(1)));
  }

  @Override
  public PollInfo pollFlightInfo(CallContext call, FlightDescriptor descriptor) {
    var info = info(Numbers.UINT32, descriptor, List.of(endpoint("0")), false);
    if (command(descriptor).toStringUtf8().equals(Scenario.POLLED)) {
      return new PollInfo(info, null, OptionalDouble.of(1.0), null);
    }
    return new PollInfo(
        info,
        FlightDescriptor.command(Scenario.POLLED),
        OptionalDouble.of(0.1),
        Instant.now().plus(Scenario.EXPIRATIONS.get(0)));
  }

  @Override
  public void doGet(CallContext call, Ticket ticket, FlightSink out) {
    for (var part : IpcStreams.split(table(ticket.bytes().toStringUtf8()))) {
      out.send(part.data(null));
    }
  }

  private byte[] table(String ticket) {
    if (isCancelled) {
      throw new StatusException(
          StatusCode.INVALID_ARGUMENT, "ticket " + ticket + " is of a flight that was cancelled");
    }
    return switch (scenario) {
      case ALIGNMENT -> Aligned.stream();
      case ORDERED -> Numbers.stream(Numbers.INT32, Scenario.ordered(Integer.parseInt(ticket)));
      default -> Numbers.stream(Numbers.UINT32, Integer.parseInt(ticket));
    };
  }

  @Override
  public void doExchange(CallContext call, FlightSource in, FlightSink out) {
    var first = in.next();
    if (first == null || !FlightDescriptor.command("echo").equals(first.descriptor())) {
      throw new StatusException(StatusCode.INVALID_ARGUMENT, "the command has to be echo");
    }
    first.close();
    for (var data = in.next(); data != null; data = in.next()) {
      out.send(data);
    }
  }

  @Override
  public List<ActionType> listActions(CallContext call) {
    return List.of(StandardActions.CANCEL_FLIGHT_INFO, StandardActions.RENEW_FLIGHT_ENDPOINT);
  }

  @Override
  public void doAction(CallContext call, Action action, Consumer<ByteString> out) {
    if (scenario == Scenario.AUTH) {
      out.accept(ByteString.copyFromUtf8(caller(call)));
    } else if (scenario == Scenario.SESSION_OPTIONS) {
      out.accept(sessions.perform(call, action));
    } else if (action.type().equals(StandardActions.CANCEL_FLIGHT_INFO.type())) {
      var cancelled = CancelFlightInfoRequest.decode(action.body());
      isCancelled = cancelled.info().endpoints().size() == expiring().size();
      out.accept(new CancelFlightInfoResult(CancelStatus.CANCELLED).encode());
    } else if (action.type().equals(StandardActions.RENEW_FLIGHT_ENDPOINT.type())) {
      var old = RenewFlightEndpointRequest.decode(action.body()).endpoint();
      var ticket = old.ticket().bytes().toStringUtf8();
      out.accept(endpoint(ticket, Scenario.RENEWED).encode());
    } else {
      throw unknown(action.type());
    }
  }

  private static String caller(CallContext call) {
    var token = call.headers().bytes(TOKEN).map(bytes -> new String(bytes, UTF_8)).orElse("");
    if (!token.equals(Scenario.USER)) {
      throw new StatusException(StatusCode.UNAUTHENTICATED, "no token");
    }
    return token;
  }

  private StatusException unknown(String what) {
    return new StatusException(StatusCode.UNIMPLEMENTED, what + " is not part of " + scenario);
  }

  private static ByteString command(FlightDescriptor descriptor) {
    return descriptor instanceof FlightDescriptor.Command(var bytes) ? bytes : ByteString.EMPTY;
  }

  private static FlightInfo info(
      Schema schema,
      FlightDescriptor descriptor,
      List<FlightEndpoint> endpoints,
      boolean isOrdered) {
    var message = IpcStreams.split(Numbers.stream(schema)).get(0).header();
    return new FlightInfo(
        IpcMessages.encapsulate(message),
        descriptor,
        endpoints,
        -1,
        -1,
        isOrdered,
        ByteString.EMPTY);
  }

  private static FlightEndpoint endpoint(String ticket) {
    return FlightEndpoint.of(Ticket.of(ticket));
  }

  private static FlightEndpoint endpoint(String ticket, Duration expiration) {
    return new FlightEndpoint(
        Ticket.of(ticket), List.of(), Instant.now().plus(expiration), ByteString.EMPTY);
  }
}
