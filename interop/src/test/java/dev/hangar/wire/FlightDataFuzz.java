package dev.hangar.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.hangar.wire.grpc.StatusException;
import dev.hangar.wire.memory.BodyPool;
import dev.hangar.wire.memory.MemoryBudget;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One FlightData message: {@code | piece size | message …}. Where protobuf's own parser takes it
 * too, both have to have read the same.
 */
public final class FlightDataFuzz {
  private static final BodyPool POOL = new BodyPool(MemoryBudget.unlimited());

  private FlightDataFuzz() {}

  /** Called by the fuzzer. */
  public static void fuzzerTestOneInput(byte[] input) {
    if (input.length == 0) {
      return;
    }
    var decoder = new FlightDataDecoder(POOL);
    int piece = 1 + (input[0] & 0xff);
    try {
      decoder.begin(input.length - 1);
      for (int at = 1; at < input.length; at += piece) {
        decoder.read(Unpooled.wrappedBuffer(input, at, Math.min(piece, input.length - at)));
      }
      try (FlightData data = decoder.end()) {
        compare(input, data);
      }
    } catch (StatusException refused) {
      decoder.abort();
    }
    if (POOL.liveBytes() != 0) {
      throw new IllegalStateException(POOL.liveBytes() + " bytes are left");
    }
  }

  private static void compare(byte[] input, FlightData data) {
    dev.hangar.wire.proto.FlightData expected;
    try {
      var message = ByteString.copyFrom(input, 1, input.length - 1);
      expected = dev.hangar.wire.proto.FlightData.parseFrom(message);
    } catch (InvalidProtocolBufferException e) {
      return;
    }
    same("header", expected.getDataHeader(), data.header());
    same("app_metadata", expected.getAppMetadata(), data.appMetadata());
    same("body", expected.getDataBody(), data.body().isEmpty() ? null : data.body().get(0));
  }

  private static void same(String what, ByteString expected, @Nullable ByteBuffer actual) {
    ByteBuffer bytes = actual == null ? ByteBuffer.allocate(0) : actual;
    if (!expected.asReadOnlyByteBuffer().equals(bytes)) {
      throw new IllegalStateException(what + ": " + bytes + " instead of " + expected);
    }
  }
}
