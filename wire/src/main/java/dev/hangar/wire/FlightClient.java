package dev.hangar.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import dev.hangar.wire.grpc.BytesDecoder;
import dev.hangar.wire.grpc.ClientStream;
import dev.hangar.wire.grpc.MessageDecoder;
import dev.hangar.wire.grpc.Metadata;
import dev.hangar.wire.grpc.OutboundMessage;
import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import dev.hangar.wire.http2.ConnectionHandler;
import dev.hangar.wire.memory.BodyPool;
import dev.hangar.wire.memory.MemoryBudget;
import dev.hangar.wire.proto.Criteria;
import dev.hangar.wire.proto.Empty;
import dev.hangar.wire.proto.HandshakeRequest;
import dev.hangar.wire.proto.HandshakeResponse;
import dev.hangar.wire.proto.Result;
import dev.hangar.wire.proto.SchemaResult;
import dev.hangar.wire.tls.ClientTls;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A client of one Flight service, over one connection that is made when the first call needs it,
 * and anew when it was lost. Calls block. Thread-safe; calls of several threads share the
 * connection.
 *
 * <p>Every method throws {@link StatusException} when its call fails: UNAVAILABLE where there is no
 * connection.
 */
public final class FlightClient implements AutoCloseable {
  /** Connections that may be told to go away just when a call was to begin, before one gives up. */
  private static final int CONNECTIONS_TRIED = 5;

  private final ClientConnection connection;
  private final Connector connector;
  private final BodyPool pool;
  private final List<CallInterceptor> interceptors;
  private final int windowBytes;

  private FlightClient(Builder builder) {
    this.connection =
        new ClientConnection(builder.location, builder.tls, builder.times, builder.windowBytes);
    this.connector = new Connector(connection);
    this.pool = new BodyPool(builder.budget);
    this.interceptors = List.copyOf(builder.interceptors);
    this.windowBytes = builder.windowBytes;
  }

  /** A client of the service at {@code location}; nothing is connected yet. */
  public static FlightClient of(Location location) {
    return builder(location).build();
  }

  /** A client that takes no more memory for received bodies than {@code budget} has. */
  public static FlightClient of(Location location, MemoryBudget budget) {
    return builder(location).budget(budget).build();
  }

  /** A client to be, of the service at {@code location}. */
  public static Builder builder(Location location) {
    return new Builder(location);
  }

  /** Where the service is. */
  public Location location() {
    return connection.location();
  }

  /** Exchanges payloads; returns those the server answered. */
  public List<ByteString> handshake(List<ByteString> payloads, CallOptions options) {
    ClientStream<byte[]> stream = open("Handshake", bytes(), options);
    for (ByteString payload : payloads) {
      send(stream, HandshakeRequest.newBuilder().setPayload(payload).build());
    }
    stream.halfClose();
    try (var answers =
        new Answers<>(stream, parsing(HandshakeResponse.parser(), HandshakeResponse::getPayload))) {
      return all(answers);
    }
  }

  /** The flights there are. */
  public Answers<FlightInfo> listFlights(ByteString criteria, CallOptions options) {
    return ask(
        "ListFlights",
        Criteria.newBuilder().setExpression(criteria).build(),
        options,
        parsing(dev.hangar.wire.proto.FlightInfo.parser(), Protos::info));
  }

  /** How to fetch what {@code descriptor} names. */
  public FlightInfo getFlightInfo(FlightDescriptor descriptor, CallOptions options) {
    return one(
        "GetFlightInfo",
        Protos.descriptor(descriptor),
        options,
        parsing(dev.hangar.wire.proto.FlightInfo.parser(), Protos::info));
  }

  /** How far a flight is. */
  public PollInfo pollFlightInfo(FlightDescriptor descriptor, CallOptions options) {
    return one(
        "PollFlightInfo",
        Protos.descriptor(descriptor),
        options,
        parsing(dev.hangar.wire.proto.PollInfo.parser(), Protos::poll));
  }

  /** The schema of what {@code descriptor} names, as an encapsulated IPC message. */
  public ByteString getSchema(FlightDescriptor descriptor, CallOptions options) {
    return one(
        "GetSchema",
        Protos.descriptor(descriptor),
        options,
        parsing(SchemaResult.parser(), SchemaResult::getSchema));
  }

  /** Redeems a ticket. Close what is returned. */
  public GetCall doGet(Ticket ticket, CallOptions options) {
    ClientStream<FlightData> stream = open("DoGet", new FlightDataDecoder(pool), options);
    send(stream, Protos.ticket(ticket));
    stream.halfClose();
    return new GetCall(stream);
  }

  /** Begins an upload; its first message carries the descriptor. Close what is returned. */
  public PutCall doPut(CallOptions options) {
    return new PutCall(open("DoPut", bytes(), options));
  }

  /** Begins an exchange; its first message carries the descriptor. Close what is returned. */
  public ExchangeCall doExchange(CallOptions options) {
    return new ExchangeCall(open("DoExchange", new FlightDataDecoder(pool), options));
  }

  /** Performs an action; returns the bodies of its results. */
  public List<ByteString> doAction(Action action, CallOptions options) {
    var results = new ArrayList<ByteString>();
    doAction(action, options, results::add);
    return List.copyOf(results);
  }

  /** Performs an action; hands on the bodies of its results as they come. */
  public void doAction(Action action, CallOptions options, Consumer<ByteString> out) {
    var request =
        dev.hangar.wire.proto.Action.newBuilder()
            .setType(action.type())
            .setBody(action.body())
            .build();
    try (Answers<ByteString> results =
        ask("DoAction", request, options, parsing(Result.parser(), Result::getBody))) {
      for (@Nullable ByteString result; (result = results.next()) != null; ) {
        out.accept(result);
      }
    }
  }

  /** Ends a flight. */
  public CancelStatus cancelFlightInfo(FlightInfo info, CallOptions options) {
    ByteString request = new CancelFlightInfoRequest(info).encode();
    return CancelFlightInfoResult.decode(
            result(StandardActions.CANCEL_FLIGHT_INFO, request, options))
        .status();
  }

  /** The endpoint with a later expiration. */
  public FlightEndpoint renewFlightEndpoint(FlightEndpoint endpoint, CallOptions options) {
    ByteString request = new RenewFlightEndpointRequest(endpoint).encode();
    return FlightEndpoint.decode(result(StandardActions.RENEW_FLIGHT_ENDPOINT, request, options));
  }

  /** The one result of an action. */
  private ByteString result(ActionType type, ByteString body, CallOptions options) {
    List<ByteString> results = doAction(new Action(type.type(), body), options);
    if (results.size() != 1) {
      throw new StatusException(
          StatusCode.INTERNAL,
          type.type() + " was answered with " + results.size() + " results, which has to be 1");
    }
    return results.get(0);
  }

  /** The actions there are. */
  public List<ActionType> listActions(CallOptions options) {
    try (Answers<ActionType> types =
        ask(
            "ListActions",
            Empty.getDefaultInstance(),
            options,
            parsing(
                dev.hangar.wire.proto.ActionType.parser(),
                type -> new ActionType(type.getType(), type.getDescription())))) {
      return all(types);
    }
  }

  /** Bytes of received bodies that are not closed yet. */
  public long bodyBytes() {
    return pool.liveBytes();
  }

  /** Bytes of received bodies that were copied on their way in, not read where they stay. */
  public long copiedBytes() {
    return pool.copiedBytes();
  }

  /** System calls that read from the socket so far. */
  public long socketReads() {
    return connection.socketReads();
  }

  /** Ends all calls and the connection. */
  @Override
  public void close() {
    connection.close();
    pool.close();
  }

  private static BytesDecoder bytes() {
    return new BytesDecoder(Limits.MESSAGE_BYTES);
  }

  private <M> ClientStream<M> open(String method, MessageDecoder<M> decoder, CallOptions options) {
    CallOptions all = options;
    for (CallInterceptor interceptor : interceptors) {
      all = all.headers(interceptor.headers());
    }
    all = all.windowBytes(Math.max(windowBytes, options.windowBytes()));
    long begin = System.nanoTime();
    for (int attempt = 0; attempt < CONNECTIONS_TRIED; attempt++) {
      var timeout = left(options.timeout(), begin);
      ConnectionHandler handler = connector.handler(timeout);
      timeout = left(options.timeout(), begin);
      var stream =
          new ClientStream<>(
              handler,
              decoder,
              FlightMethods.PATH + method,
              connection.authority(),
              timeout == null ? all : all.timeout(timeout),
              this::received);
      if (stream.open()) {
        return stream;
      }
    }
    throw new StatusException(
            StatusCode.UNAVAILABLE, location().uri() + " ends connections as soon as they are made")
        .unprocessed();
  }

  private static @Nullable Duration left(@Nullable Duration timeout, long begin) {
    return timeout == null ? null : timeout.minusNanos(System.nanoTime() - begin);
  }

  private void received(Metadata metadata) {
    for (CallInterceptor interceptor : interceptors) {
      interceptor.received(metadata);
    }
  }

  private <A> Answers<A> ask(
      String method, MessageLite request, CallOptions options, Function<byte[], A> parser) {
    ClientStream<byte[]> stream = open(method, bytes(), options);
    send(stream, request);
    stream.halfClose();
    return new Answers<>(stream, parser);
  }

  private <A> A one(
      String method, MessageLite request, CallOptions options, Function<byte[], A> parser) {
    try (Answers<A> answers = ask(method, request, options, parser)) {
      A answer = answers.next();
      if (answer == null || answers.next() != null) {
        throw new StatusException(
            StatusCode.INTERNAL,
            method + " was answered with " + (answer == null ? "nothing" : "too much"));
      }
      return answer;
    }
  }

  private static <A> List<A> all(Answers<A> answers) {
    var all = new ArrayList<A>();
    for (@Nullable A answer; (answer = answers.next()) != null; ) {
      all.add(answer);
    }
    return List.copyOf(all);
  }

  private static void send(ClientStream<?> stream, MessageLite message) {
    stream.send(OutboundMessage.of(message.toByteArray()));
  }

  /** What a client is made of. */
  public static final class Builder {
    private final Location location;
    private final List<CallInterceptor> interceptors = new ArrayList<>();
    private MemoryBudget budget = MemoryBudget.unlimited();
    private ClientTls tls = ClientTls.SYSTEM;
    private ConnectionTimes times = ConnectionTimes.CLIENT;
    private int windowBytes = Limits.STREAM_WINDOW_BYTES;

    private Builder(Location location) {
      this.location = location;
    }

    /** Bounds the memory of received bodies; unlimited unless said. */
    public Builder budget(MemoryBudget budget) {
      this.budget = budget;
      return this;
    }

    /** Whom to trust and what to show, where the location says TLS. */
    public Builder tls(ClientTls tls) {
      this.tls = tls;
      return this;
    }

    /** How long the connection may be silent, unused, and old. */
    public Builder times(ConnectionTimes times) {
      this.times = times;
      return this;
    }

    /** One more that sees the headers of all calls. */
    public Builder interceptor(CallInterceptor interceptor) {
      interceptors.add(interceptor);
      return this;
    }

    /** What any call may be sent ahead of its reader; calls may ask for more. */
    public Builder windowBytes(int windowBytes) {
      this.windowBytes = windowBytes;
      return this;
    }

    /**
     * The client; nothing is connected yet.
     *
     * @throws IllegalArgumentException the location is none that can be connected to
     */
    public FlightClient build() {
      return new FlightClient(this);
    }
  }

  private static <P, A> Function<byte[], A> parsing(
      com.google.protobuf.Parser<P> parser, Function<P, A> value) {
    return message -> value.apply(FlightMethods.parse(parser, message));
  }
}
