package dev.hangar.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.Parser;
import dev.hangar.wire.grpc.StatusException;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/** Small messages of either peer, and places: {@code | which | bytes …}. */
public final class ProtosFuzz {
  private static final List<Consumer<byte[]>> READERS =
      List.of(
          bytes -> Protos.descriptor(parse(dev.hangar.wire.proto.FlightDescriptor.parser(), bytes)),
          bytes -> Protos.info(parse(dev.hangar.wire.proto.FlightInfo.parser(), bytes)),
          bytes -> Protos.poll(parse(dev.hangar.wire.proto.PollInfo.parser(), bytes)),
          bytes -> Protos.endpoint(parse(dev.hangar.wire.proto.FlightEndpoint.parser(), bytes)),
          bytes -> parse(dev.hangar.wire.proto.Action.parser(), bytes),
          bytes -> parse(dev.hangar.wire.proto.HandshakeRequest.parser(), bytes),
          ProtosFuzz::location,
          body(SessionOptions::decode),
          body(SetSessionOptionsResult::decode),
          body(CloseSessionResult::decode),
          body(CancelFlightInfoRequest::decode),
          body(CancelFlightInfoResult::decode),
          body(RenewFlightEndpointRequest::decode),
          body(BasicAuth::decode));

  private ProtosFuzz() {}

  /** Called by the fuzzer. */
  public static void fuzzerTestOneInput(byte[] input) {
    if (input.length == 0) {
      return;
    }
    try {
      READERS
          .get((input[0] & 0xff) % READERS.size())
          .accept(Arrays.copyOfRange(input, 1, input.length));
    } catch (StatusException refused) {
      // as documented
    }
  }

  private static <P> P parse(Parser<P> parser, byte[] bytes) {
    return FlightMethods.parse(parser, bytes);
  }

  private static Consumer<byte[]> body(Function<ByteString, ?> decode) {
    return bytes -> {
      try {
        decode.apply(ByteString.copyFrom(bytes));
      } catch (IllegalArgumentException refused) {
        // as documented
      }
    };
  }

  private static void location(byte[] bytes) {
    var location = new Location(new String(bytes, java.nio.charset.StandardCharsets.UTF_8));
    try {
      location.host();
      location.port();
    } catch (IllegalArgumentException refused) {
      // as documented
    }
  }
}
