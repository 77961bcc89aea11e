package dev.hangar.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.hangar.wire.grpc.OutboundMessage;
import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What goes out as FlightData: fields in order, and lengths up to what an int holds. */
class FlightDataEncoderTest {
  private static final int PIECE_BYTES = 1 << 20;

  /** Tag and length of a body of 2 GiB, and of metadata of 4 bytes before it. */
  private static final int FIELDS_BYTES = 2 + 5 + 6;

  private final AtomicInteger closed = new AtomicInteger();

  @Test
  void theLargestMessageIsEncodedAndOneByteMoreIsRefused() {
    long largest = Integer.MAX_VALUE - FIELDS_BYTES;
    OutboundMessage message = FlightDataEncoder.encode(batch(largest));
    assertThat(message.head().getInt(1)).as("gRPC's length").isEqualTo(Integer.MAX_VALUE);
    assertThat(message.head().readableBytes()).isEqualTo(5 + FIELDS_BYTES);
    assertThat(message.lengthBytes()).isEqualTo(Integer.MAX_VALUE);
    assertThat(closed).hasValue(0);
    message.done().run();
    assertThat(closed).hasValue(1);

    StatusException failure =
        catchThrowableOfType(
            StatusException.class, () -> FlightDataEncoder.encode(batch(largest + 1)));
    assertThat(failure.code()).isEqualTo(StatusCode.INVALID_ARGUMENT);
    assertThat(failure)
        .hasMessageContaining(Long.toString(largest + 1))
        .hasMessageContaining(Integer.toString(Integer.MAX_VALUE))
        .hasMessageContaining("split the batch");
    assertThat(closed).as("the refused batch is released").hasValue(2);
  }

  /** A reader in C++ takes an empty field for metadata that is there. */
  @Test
  void emptyMetadataIsNotWrittenAndEmptyBodiesAre() {
    var none = ByteBuffer.allocate(0);
    var message =
        FlightDataEncoder.encode(
            FlightData.batch(ByteBuffer.wrap(new byte[] {7}), none, List.of(none), () -> {}));
    var bytes = new byte[message.head().readableBytes()];
    message.head().readBytes(bytes);
    assertThat(bytes).containsExactly(0, 0, 0, 0, 6, 0x12, 1, 7, (byte) 0xC2, 0x3E, 0);
    assertThat(message.body()).isEmpty();
  }

  /** The same mebibyte again and again: a batch of 2 GiB that takes none. */
  private FlightData batch(long bytes) {
    var piece = ByteBuffer.allocateDirect(PIECE_BYTES);
    var body = new ArrayList<ByteBuffer>();
    for (long left = bytes; left > 0; left -= PIECE_BYTES) {
      body.add(piece.slice(0, (int) Math.min(left, PIECE_BYTES)));
    }
    return FlightData.batch(ByteBuffer.allocate(4), null, body, closed::incrementAndGet);
  }
}
