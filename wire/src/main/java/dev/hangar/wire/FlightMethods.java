package dev.hangar.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import dev.hangar.wire.grpc.BytesDecoder;
import dev.hangar.wire.grpc.GrpcMethod;
import dev.hangar.wire.grpc.OutboundMessage;
import dev.hangar.wire.grpc.ServerStream;
import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import dev.hangar.wire.memory.BodyPool;
import dev.hangar.wire.proto.Criteria;
import dev.hangar.wire.proto.Empty;
import dev.hangar.wire.proto.HandshakeRequest;
import dev.hangar.wire.proto.HandshakeResponse;
import dev.hangar.wire.proto.PutResult;
import dev.hangar.wire.proto.Result;
import dev.hangar.wire.proto.SchemaResult;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The ten methods of Flight as gRPC methods: requests parsed, a service called, its answers
 * written.
 */
final class FlightMethods {
  /** The service's name in gRPC. */
  static final String SERVICE = "arrow.flight.protocol.FlightService";

  /** What stands before a method's name in a path. */
  static final String PATH = "/" + SERVICE + "/";

  private final FlightService service;
  private final BodyPool pool;

  private FlightMethods(FlightService service, BodyPool pool) {
    this.service = service;
    this.pool = pool;
  }

  static List<GrpcMethod<?>> of(FlightService service, BodyPool pool) {
    return new FlightMethods(service, pool).all();
  }

  private List<GrpcMethod<?>> all() {
    return List.of(
        new GrpcMethod<>(PATH + "Handshake", true, FlightMethods::bytes, this::handshake),
        new GrpcMethod<>(PATH + "ListFlights", false, FlightMethods::bytes, this::listFlights),
        new GrpcMethod<>(PATH + "GetFlightInfo", false, FlightMethods::bytes, this::getFlightInfo),
        new GrpcMethod<>(
            PATH + "PollFlightInfo", false, FlightMethods::bytes, this::pollFlightInfo),
        new GrpcMethod<>(PATH + "GetSchema", false, FlightMethods::bytes, this::getSchema),
        new GrpcMethod<>(PATH + "DoGet", false, FlightMethods::bytes, this::doGet),
        new GrpcMethod<>(PATH + "DoPut", true, () -> new FlightDataDecoder(pool), this::doPut),
        new GrpcMethod<>(
            PATH + "DoExchange", true, () -> new FlightDataDecoder(pool), this::doExchange),
        new GrpcMethod<>(PATH + "DoAction", false, FlightMethods::bytes, this::doAction),
        new GrpcMethod<>(PATH + "ListActions", false, FlightMethods::bytes, this::listActions));
  }

  private static BytesDecoder bytes() {
    return new BytesDecoder(Limits.MESSAGE_BYTES);
  }

  private void handshake(ServerStream<byte[]> stream) {
    service.handshake(
        new CallContext(stream),
        () -> payload(stream.receive()),
        answer -> send(stream, HandshakeResponse.newBuilder().setPayload(answer).build()));
  }

  private static @Nullable ByteString payload(byte @Nullable [] message) {
    return message == null ? null : parse(HandshakeRequest.parser(), message).getPayload();
  }

  private void listFlights(ServerStream<byte[]> stream) {
    ByteString criteria = request(stream, Criteria.parser()).getExpression();
    service.listFlights(new CallContext(stream), criteria, info -> send(stream, Protos.info(info)));
  }

  private void getFlightInfo(ServerStream<byte[]> stream) {
    send(stream, Protos.info(service.getFlightInfo(new CallContext(stream), descriptor(stream))));
  }

  private void pollFlightInfo(ServerStream<byte[]> stream) {
    send(stream, Protos.poll(service.pollFlightInfo(new CallContext(stream), descriptor(stream))));
  }

  private void getSchema(ServerStream<byte[]> stream) {
    ByteString schema = service.getSchema(new CallContext(stream), descriptor(stream));
    send(stream, SchemaResult.newBuilder().setSchema(schema).build());
  }

  private void doGet(ServerStream<byte[]> stream) {
    ByteString ticket = request(stream, dev.hangar.wire.proto.Ticket.parser()).getTicket();
    service.doGet(new CallContext(stream), new Ticket(ticket), sink(stream));
  }

  private void doPut(ServerStream<FlightData> stream) {
    service.doPut(new CallContext(stream), source(stream), acknowledgements(stream));
  }

  private static Acknowledgements acknowledgements(ServerStream<FlightData> stream) {
    return new Acknowledgements() {
      @Override
      public void send(ByteString appMetadata) {
        stream.send(result(appMetadata));
      }

      @Override
      public boolean offer(ByteString appMetadata) {
        return stream.offer(result(appMetadata));
      }
    };
  }

  private static OutboundMessage result(ByteString appMetadata) {
    return OutboundMessage.of(
        PutResult.newBuilder().setAppMetadata(appMetadata).build().toByteArray());
  }

  private void doExchange(ServerStream<FlightData> stream) {
    service.doExchange(new CallContext(stream), source(stream), sink(stream));
  }

  private void doAction(ServerStream<byte[]> stream) {
    var request = request(stream, dev.hangar.wire.proto.Action.parser());
    service.doAction(
        new CallContext(stream), new Action(request.getType(), request.getBody()), results(stream));
  }

  private static Consumer<ByteString> results(ServerStream<byte[]> stream) {
    return body -> send(stream, Result.newBuilder().setBody(body).build());
  }

  private void listActions(ServerStream<byte[]> stream) {
    request(stream, Empty.parser());
    for (ActionType type : service.listActions(new CallContext(stream))) {
      send(
          stream,
          dev.hangar.wire.proto.ActionType.newBuilder()
              .setType(type.type())
              .setDescription(type.description())
              .build());
    }
  }

  private static FlightDescriptor descriptor(ServerStream<byte[]> stream) {
    return Protos.descriptor(request(stream, dev.hangar.wire.proto.FlightDescriptor.parser()));
  }

  static <P> P request(ServerStream<byte[]> stream, Parser<P> parser) {
    byte[] message = stream.receive();
    if (message == null) {
      throw new StatusException(StatusCode.INVALID_ARGUMENT, "the call ended before its request");
    }
    return parse(parser, message);
  }

  static <P> P parse(Parser<P> parser, byte[] message) {
    try {
      return parser.parseFrom(message);
    } catch (InvalidProtocolBufferException e) {
      throw new StatusException(
          StatusCode.INVALID_ARGUMENT, "a message that can't be parsed: " + e.getMessage());
    }
  }

  private static void send(ServerStream<?> stream, MessageLite message) {
    stream.send(OutboundMessage.of(message.toByteArray()));
  }

  private static FlightSink sink(ServerStream<?> stream) {
    return new FlightSink() {
      @Override
      public void send(FlightData data) {
        stream.send(FlightDataEncoder.encode(data));
      }

      @Override
      public void sendWithNext(FlightData data) {
        stream.sendWithNext(FlightDataEncoder.encode(data));
      }
    };
  }

  private static FlightSource source(ServerStream<FlightData> stream) {
    return new FlightSource() {
      @Override
      public @Nullable FlightData next() {
        return stream.receive();
      }

      @Override
      public void close() {
        // the call ends when its handler returns
      }
    };
  }
}
