package dev.hangar.interop;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.arrow.flight.Action;
import org.apache.arrow.flight.ActionType;
import org.apache.arrow.flight.CallStatus;
import org.apache.arrow.flight.CancelFlightInfoRequest;
import org.apache.arrow.flight.CancelFlightInfoResult;
import org.apache.arrow.flight.CancelStatus;
import org.apache.arrow.flight.CloseSessionResult;
import org.apache.arrow.flight.FlightConstants;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightEndpoint;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.GetSessionOptionsResult;
import org.apache.arrow.flight.Location;
import org.apache.arrow.flight.NoOpFlightProducer;
import org.apache.arrow.flight.PollInfo;
import org.apache.arrow.flight.PutResult;
import org.apache.arrow.flight.RenewFlightEndpointRequest;
import org.apache.arrow.flight.Result;
import org.apache.arrow.flight.ServerSessionMiddleware;
import org.apache.arrow.flight.SetSessionOptionsRequest;
import org.apache.arrow.flight.SetSessionOptionsResult;
import org.apache.arrow.flight.Ticket;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;
import org.apache.arrow.vector.types.pojo.Schema;

/** What one scenario's server on flight-core does. Thread-safe. */
final class FlightCoreProducer extends NoOpFlightProducer {
  private final Scenario scenario;
  private final BufferAllocator allocator;
  private final Map<String, Kept> tables = new ConcurrentHashMap<>();
  private volatile Location location;
  private volatile boolean isCancelled;

  FlightCoreProducer(Scenario scenario, BufferAllocator allocator) {
    this.scenario = scenario;
    this.allocator = allocator;
  }

  /** A table that was put: a stream, and the application metadata of its batches. */
  private record Kept(byte[] stream, List<String> metadata) {}

  void isAt(Location location) {
    this.location = location;
  }

  @Override
  public FlightInfo getFlightInfo(CallContext context, FlightDescriptor descriptor) {
    return switch (scenario) {
      case DATA -> stored(descriptor);
      case MIDDLEWARE -> {
        if (!new String(descriptor.getCommand(), UTF_8).equals(Scenario.SUCCESS)) {
          throw failure(CallStatus.UNKNOWN, "not a success");
        }
        yield info(Numbers.UINT32, descriptor);
      }
      case ORDERED ->
          FlightInfo.builder(
                  Numbers.INT32, descriptor, List.of(endpoint("1"), endpoint("2"), endpoint("3")))
              .setOrdered(true)
              .build();
      case REUSE_CONNECTION ->
          info(Numbers.UINT32, descriptor, endpoint("0", Location.reuseConnection()));
      case APP_METADATA ->
          FlightInfo.builder(
                  Numbers.UINT32,
                  descriptor,
                  List.of(
                      FlightEndpoint.builder(ticket("0"))
                          .setAppMetadata(descriptor.getCommand())
                          .build()))
              .setAppMetadata(descriptor.getCommand())
              .build();
      case EXPIRATION_DO_GET, EXPIRATION_CANCEL, EXPIRATION_RENEW ->
          info(
              Numbers.UINT32,
              descriptor,
              endpoint("0"),
              endpoint("1", Scenario.EXPIRATIONS.get(0)),
              endpoint("2", Scenario.EXPIRATIONS.get(1)));
      default -> throw failure(CallStatus.UNIMPLEMENTED, "GetFlightInfo in " + scenario);
    };
  }

  private FlightInfo stored(FlightDescriptor descriptor) {
    var name = String.join("/", descriptor.getPath());
    return info(Tables.schema(kept(name).stream()), descriptor, endpoint(name, location));
  }

  private Kept kept(String name) {
    var kept = tables.get(name);
    if (kept == null) {
      throw failure(CallStatus.NOT_FOUND, "no table " + name);
    }
    return kept;
  }

  @Override
  public PollInfo pollFlightInfo(CallContext context, FlightDescriptor descriptor) {
    var info = info(Numbers.UINT32, descriptor, endpoint("0"));
    if (new String(descriptor.getCommand(), UTF_8).equals(Scenario.POLLED)) {
      return new PollInfo(info, null, 1.0, null);
    }
    var next = FlightDescriptor.command(Scenario.POLLED.getBytes(UTF_8));
    return new PollInfo(info, next, 0.1, Instant.now().plus(Scenario.EXPIRATIONS.get(0)));
  }

  @Override
  public void getStream(CallContext context, Ticket ticket, ServerStreamListener out) {
    var name = new String(ticket.getBytes(), UTF_8);
    if (isCancelled) {
      throw failure(CallStatus.INVALID_ARGUMENT, "ticket " + name + " was cancelled");
    }
    try {
      switch (scenario) {
        case DATA -> send(kept(name), out);
        case ORDERED -> send(Numbers.INT32, out, Scenario.ordered(Integer.parseInt(name)));
        default -> send(Numbers.UINT32, out, Integer.parseInt(name));
      }
    } catch (IOException e) {
      throw failure(CallStatus.INTERNAL, e.toString());
    }
  }

  private void send(Kept kept, ServerStreamListener out) throws IOException {
    try (var reader = Tables.reader(kept.stream(), allocator)) {
      var hasBatch = reader.loadNextBatch(); // and with it the dictionaries, which start() sends
      out.start(reader.getVectorSchemaRoot(), reader);
      for (var number : kept.metadata()) {
        if (!hasBatch) {
          throw new IOException("no batch " + number);
        }
        out.putNext(buffer(number));
        hasBatch = reader.loadNextBatch();
      }
      out.completed();
    }
  }

  private void send(Schema schema, ServerStreamListener out, int... numbers) {
    try (var root = VectorSchemaRoot.create(schema, allocator)) {
      out.start(root);
      Numbers.fill(root, numbers);
      out.putNext();
      out.completed();
    }
  }

  @Override
  public Runnable acceptPut(
      CallContext context, FlightStream in, StreamListener<PutResult> acknowledged) {
    return () -> {
      var stream = new ByteArrayOutputStream();
      var metadata = new ArrayList<String>();
      try (in;
          var writer = new ArrowStreamWriter(in.getRoot(), in.getDictionaryProvider(), stream)) {
        while (in.next()) {
          writer.writeBatch();
          metadata.add(text(in.getLatestMetadata()));
          try (var buffer = buffer(metadata.getLast())) {
            acknowledged.onNext(PutResult.metadata(buffer));
          }
        }
        writer.end();
        var name = String.join("/", in.getDescriptor().getPath());
        tables.put(name, new Kept(stream.toByteArray(), metadata));
        acknowledged.onCompleted();
      } catch (Exception e) {
        acknowledged.onError(failure(CallStatus.INTERNAL, e.toString()));
      }
    };
  }

  @Override
  public void doExchange(CallContext context, FlightStream in, ServerStreamListener out) {
    try (var root = VectorSchemaRoot.create(in.getSchema(), allocator)) {
      out.start(root);
      while (in.next()) {
        Numbers.fill(root, Numbers.of(in.getRoot()).stream().mapToInt(n -> n).toArray());
        var metadata = in.getLatestMetadata();
        if (metadata == null) {
          out.putNext();
        } else {
          out.putNext(buffer(text(metadata)));
        }
      }
      out.completed();
    }
  }

  @Override
  public void listActions(CallContext context, StreamListener<ActionType> out) {
    out.onNext(FlightConstants.CANCEL_FLIGHT_INFO);
    out.onNext(FlightConstants.RENEW_FLIGHT_ENDPOINT);
    out.onCompleted();
  }

  @Override
  public void doAction(CallContext context, Action action, StreamListener<Result> out) {
    try {
      out.onNext(new Result(perform(context, action)));
      out.onCompleted();
    } catch (FlightRuntimeException e) {
      out.onError(e);
    } catch (Exception e) {
      out.onError(failure(CallStatus.INTERNAL, e.toString()));
    }
  }

  private byte[] perform(CallContext context, Action action) throws Exception {
    var body = ByteBuffer.wrap(action.getBody());
    return switch (scenario) {
      case AUTH -> context.peerIdentity().getBytes(UTF_8);
      case EXPIRATION_CANCEL -> {
        isCancelled = CancelFlightInfoRequest.deserialize(body).getInfo() != null;
        yield bytes(new CancelFlightInfoResult(CancelStatus.CANCELLED).serialize());
      }
      case EXPIRATION_RENEW -> {
        var old = RenewFlightEndpointRequest.deserialize(body).getFlightEndpoint();
        var ticket = new String(old.getTicket().getBytes(), UTF_8);
        yield bytes(endpoint(ticket, Scenario.RENEWED).serialize());
      }
      case SESSION_OPTIONS ->
          performInSession(
              context.getMiddleware(FlightCoreServer.SESSIONS), action.getType(), body);
      default -> throw failure(CallStatus.UNIMPLEMENTED, action.getType() + " in " + scenario);
    };
  }

  private static byte[] performInSession(
      ServerSessionMiddleware middleware, String type, ByteBuffer body) throws IOException {
    if (type.equals(FlightConstants.SET_SESSION_OPTIONS.getType())) {
      return bytes(set(middleware, SetSessionOptionsRequest.deserialize(body)).serialize());
    }
    if (type.equals(FlightConstants.GET_SESSION_OPTIONS.getType())) {
      var options = middleware.getSession().getSessionOptions();
      return bytes(new GetSessionOptionsResult(options).serialize());
    }
    middleware.closeSession();
    return bytes(new CloseSessionResult(CloseSessionResult.Status.CLOSED).serialize());
  }

  private static SetSessionOptionsResult set(
      ServerSessionMiddleware middleware, SetSessionOptionsRequest request) {
    var errors = new HashMap<String, SetSessionOptionsResult.Error>();
    var session = middleware.getSession();
    request
        .getSessionOptions()
        .forEach((name, value) -> {
          var plain = value.acceptVisitor(new OptionAsObject());
          if (name.equals(Scenario.INVALID_NAME)) {
            errors.put(name, error(SetSessionOptionsResult.ErrorValue.INVALID_NAME));
          } else if (Scenario.INVALID_OPTION.equals(plain)) {
            errors.put(name, error(SetSessionOptionsResult.ErrorValue.INVALID_VALUE));
          } else if (plain == null) {
            session.eraseSessionOption(name);
          } else {
            session.setSessionOption(name, value);
          }
        });
    return new SetSessionOptionsResult(errors);
  }

  private static SetSessionOptionsResult.Error error(SetSessionOptionsResult.ErrorValue value) {
    return new SetSessionOptionsResult.Error(value);
  }

  private static FlightInfo info(
      Schema schema, FlightDescriptor descriptor, FlightEndpoint... endpoints) {
    return FlightInfo.builder(schema, descriptor, List.of(endpoints)).build();
  }

  private static FlightEndpoint endpoint(String ticket, Location... locations) {
    return new FlightEndpoint(ticket(ticket), locations);
  }

  private static FlightEndpoint endpoint(String ticket, Duration expiration) {
    return new FlightEndpoint(ticket(ticket), Instant.now().plus(expiration));
  }

  private static Ticket ticket(String text) {
    return new Ticket(text.getBytes(UTF_8));
  }

  private static FlightRuntimeException failure(CallStatus status, String message) {
    return status.withDescription(message).toRuntimeException();
  }

  private ArrowBuf buffer(String text) {
    var bytes = text.getBytes(UTF_8);
    var buffer = allocator.buffer(bytes.length);
    buffer.writeBytes(bytes);
    return buffer;
  }

  private static String text(ArrowBuf buffer) {
    return buffer == null ? "" : new String(bytes(buffer.nioBuffer()), UTF_8);
  }

  private static byte[] bytes(ByteBuffer buffer) {
    var bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }
}
