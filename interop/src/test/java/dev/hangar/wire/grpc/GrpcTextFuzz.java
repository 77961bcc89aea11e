package dev.hangar.wire.grpc;

import io.netty.handler.codec.http2.DefaultHttp2Headers;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** What gRPC writes as text, in a header of any name, and a failure's details. */
public final class GrpcTextFuzz {
  private GrpcTextFuzz() {}

  /** Called by the fuzzer. */
  public static void fuzzerTestOneInput(byte[] input) {
    String text = new String(input, StandardCharsets.ISO_8859_1);
    var timeout = GrpcTimeout.decode(text);
    if (timeout != null && timeout.isNegative()) {
      throw new IllegalStateException("a negative timeout of " + text);
    }
    String utf8 = new String(input, StandardCharsets.UTF_8);
    if (!Status.percentDecode(Status.percentEncode(utf8)).equals(utf8)) {
      throw new IllegalStateException("a message does not come back: " + utf8);
    }
    Status.percentDecode(text);
    var headers = new DefaultHttp2Headers(false);
    headers.add("grpc-status", text).add("grpc-message", text).add("x-bin", text).add("x", text);
    headers.add("grpc-status-details-bin", Base64.getEncoder().encodeToString(input));
    Status.failure(headers);
    Metadata metadata = Metadata.read(headers);
    metadata.bytes("x-bin");
    metadata.text("x");
  }
}
