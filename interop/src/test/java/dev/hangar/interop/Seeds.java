package dev.hangar.interop;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import dev.hangar.wire.proto.FlightData;
import dev.hangar.wire.proto.FlightDescriptor;
import dev.hangar.wire.proto.FlightEndpoint;
import dev.hangar.wire.proto.FlightInfo;
import dev.hangar.wire.proto.Location;
import dev.hangar.wire.proto.PollInfo;
import dev.hangar.wire.proto.Ticket;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.arrow.vector.ipc.message.IpcOption;
import org.apache.arrow.vector.ipc.message.MessageSerializer;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.DictionaryEncoding;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/** What fuzzers start from: a few sound inputs of every kind, by target and name. */
final class Seeds {
  private static final int END_STREAM = 1;
  private static final int END_HEADERS = 4;
  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int RST_STREAM = 3;

  private Seeds() {}

  static Map<String, Map<String, byte[]>> all() throws IOException {
    var seeds = new TreeMap<String, Map<String, byte[]>>();
    seeds.put("dev.hangar.wire.ConnectionFuzz", connections());
    seeds.put("dev.hangar.wire.FlightDataFuzz", flightData());
    seeds.put("dev.hangar.wire.ProtosFuzz", protos());
    seeds.put("dev.hangar.wire.grpc.GrpcTextFuzz", texts());
    seeds.put("dev.hangar.store.check.SchemaFuzz", schemas());
    seeds.put("dev.hangar.store.check.BatchFuzz", batches());
    seeds.put("dev.hangar.server.DialectFuzz", dialects());
    return seeds;
  }

  private static Map<String, byte[]> connections() {
    byte[] put =
        bytes(frame(HEADERS, END_HEADERS, 1, request("DoPut")), data(1, message().toByteArray()));
    byte[] info =
        bytes(
            frame(HEADERS, END_HEADERS, 1, request("GetFlightInfo")),
            data(1, descriptor().toByteArray()));
    return Map.of(
        "put", bytes(new byte[] {64}, put),
        "put-and-reset", bytes(new byte[] {7}, put, frame(RST_STREAM, 0, 1, new byte[4])),
        "info", bytes(new byte[] {(byte) 255}, info),
        "get-and-settings",
            bytes(
                new byte[] {32},
                frame(4, 0, 0, new byte[] {0, 4, 0, 0, 1, 0}),
                frame(HEADERS, END_HEADERS, 1, request("DoGet")),
                data(1, Ticket.newBuilder().setTicket(text("t")).build().toByteArray())),
        "padded",
            bytes(
                new byte[] {90},
                frame(HEADERS, END_HEADERS, 1, request("DoExchange")),
                frame(DATA, 8, 1, new byte[] {2, 0, 0, 0, 0, 0, 0, 0})),
        "continued",
            bytes(
                new byte[] {50},
                frame(HEADERS, END_STREAM, 1, new byte[] {(byte) 0x83}),
                frame(9, END_HEADERS, 1, request("ListActions"))),
        "raw", bytes(new byte[] {0}, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(ISO_8859_1)));
  }

  private static byte[] data(int stream, byte[] message) {
    byte[] prefixed =
        ByteBuffer.allocate(5 + message.length)
            .put((byte) 0)
            .putInt(message.length)
            .put(message)
            .array();
    return frame(DATA, END_STREAM, stream, prefixed);
  }

  /** Literal header fields without indexing (RFC 7541, 6.2.2). */
  private static byte[] request(String method) {
    var block = new ByteArrayOutputStream();
    String path = "/arrow.flight.protocol.FlightService/" + method;
    for (var header :
        List.of(
            ":method",
            "POST",
            ":scheme",
            "http",
            ":path",
            path,
            ":authority",
            "x",
            "content-type",
            "application/grpc",
            "grpc-timeout",
            "1S")) {
      if (header.startsWith(":")
          || header.equals("content-type")
          || header.equals("grpc-timeout")) {
        block.write(0);
      }
      block.write(header.length());
      block.writeBytes(header.getBytes(ISO_8859_1));
    }
    return block.toByteArray();
  }

  private static byte[] frame(int type, int flags, int stream, byte[] payload) {
    return ByteBuffer.allocate(9 + payload.length)
        .putInt(payload.length << 8 | type)
        .put((byte) flags)
        .putInt(stream)
        .put(payload)
        .array();
  }

  private static FlightDescriptor descriptor() {
    return FlightDescriptor.newBuilder()
        .setType(FlightDescriptor.DescriptorType.PATH)
        .addPath("a")
        .addPath("b")
        .build();
  }

  private static FlightData message() {
    return FlightData.newBuilder()
        .setFlightDescriptor(descriptor())
        .setDataHeader(text("header"))
        .setAppMetadata(text("meta"))
        .setDataBody(ByteString.copyFrom(new byte[100]))
        .build();
  }

  private static Map<String, byte[]> flightData() {
    byte[] twice = bytes(message().toByteArray(), message().toByteArray());
    return Map.of(
        "whole", bytes(new byte[] {(byte) 255}, message().toByteArray()),
        "bytes", bytes(new byte[] {0}, message().toByteArray()),
        "twice", bytes(new byte[] {9}, twice),
        "unknown", bytes(new byte[] {3}, new byte[] {0x78, 1, 0x7a, 2, 1, 1, 0x7d, 1, 2, 3, 4}));
  }

  private static Map<String, byte[]> protos() {
    var endpoint =
        FlightEndpoint.newBuilder()
            .setTicket(Ticket.newBuilder().setTicket(text("t")))
            .addLocation(Location.newBuilder().setUri("grpc://h:1"))
            .setExpirationTime(
                com.google.protobuf.Timestamp.newBuilder().setSeconds(9).setNanos(9));
    var info = FlightInfo.newBuilder().setFlightDescriptor(descriptor()).addEndpoint(endpoint);
    var poll =
        PollInfo.newBuilder().setInfo(info).setFlightDescriptor(descriptor()).setProgress(0.5);
    var never = com.google.protobuf.Timestamp.newBuilder().setSeconds(Long.MAX_VALUE);
    var late = FlightEndpoint.newBuilder().setExpirationTime(never);
    return Map.of(
        "descriptor", bytes(new byte[] {0}, descriptor().toByteArray()),
        "info", bytes(new byte[] {1}, info.build().toByteArray()),
        "poll", bytes(new byte[] {2}, poll.build().toByteArray()),
        "late-endpoint", bytes(new byte[] {3}, late.build().toByteArray()),
        "endpoint", bytes(new byte[] {3}, endpoint.build().toByteArray()),
        "location", bytes(new byte[] {6}, "grpc+tcp://[::1]:8815/x?y#z".getBytes(UTF_8)));
  }

  private static Map<String, byte[]> texts() {
    return Map.of(
        "timeout", "99999999m".getBytes(UTF_8),
        "message", "100%25 of %C3%A4 %zz".getBytes(UTF_8),
        "base64", "AAEC/w==,AA".getBytes(UTF_8),
        "status", "16".getBytes(UTF_8));
  }

  private static Map<String, byte[]> schemas() {
    var nested = new TreeMap<String, byte[]>();
    nested.put("numbers", serialized(numbers()));
    nested.put("nested", serialized(nested()));
    nested.put("dictionary", serialized(dictionary()));
    nested.put("empty", serialized(new Schema(List.of())));
    return nested;
  }

  private static Map<String, byte[]> batches() {
    return BatchSeeds.all();
  }

  static Schema numbers() {
    return new Schema(List.of(Field.nullable("n", new ArrowType.Int(64, true))), Map.of("k", "v"));
  }

  static Schema nested() {
    var words = Field.nullable("w", new ArrowType.Utf8());
    var real = Field.nullable("r", new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE));
    var pair = new Field("p", FieldType.nullable(new ArrowType.Struct()), List.of(words, real));
    return new Schema(
        List.of(new Field("l", FieldType.nullable(new ArrowType.List()), List.of(pair))));
  }

  static Schema dictionary() {
    var encoding = new DictionaryEncoding(3, false, new ArrowType.Int(8, true));
    var type = new FieldType(true, new ArrowType.Utf8(), encoding);
    return new Schema(List.of(new Field("d", type, null)));
  }

  /** The bare message, without the stream's length before it. */
  static byte[] serialized(Schema schema) {
    ByteBuffer message = MessageSerializer.serializeMetadata(schema, IpcOption.DEFAULT);
    byte[] bytes = new byte[message.remaining()];
    message.get(bytes);
    return bytes;
  }

  private static Map<String, byte[]> dialects() {
    return Map.of(
        "name", bytes(new byte[] {1}, "a/b".getBytes(UTF_8)),
        "get", bytes(new byte[] {1}, "{\"get\": \"a/b\"}".getBytes(UTF_8)),
        "put", bytes(new byte[] {2}, "{\"put\": \"a\\u00e4\", \"x\": [1, {}]}".getBytes(UTF_8)),
        "path", bytes(new byte[] {3}, "a".getBytes(UTF_8)),
        "ticket", bytes(new byte[] {0, 0, 'H', 'T', 1}, new byte[40]));
  }

  private static ByteString text(String text) {
    return ByteString.copyFromUtf8(text);
  }

  private static byte[] bytes(byte[]... parts) {
    var all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }
}
