package dev.hangar.wire;

import com.google.protobuf.ByteString;
import dev.hangar.wire.grpc.OutboundMessage;
import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes FlightData without a protobuf runtime and without touching the body.
 *
 * <pre>
 *  gRPC prefix | 0A len descriptor | 12 len header | 1A len app_metadata | C2 3E len | body …
 *  5 bytes       field 1             field 2         field 3               field 1000
 *  └──────────────────────────── head: one buffer of ours ─────────────────────────┘└ by reference
 * </pre>
 *
 * <p>Empty fields are left out, but for the body of a batch, which readers want to see
 * (Flight.proto, FlightData).
 */
final class FlightDataEncoder {
  private static final int PREFIX_BYTES = 5;
  private static final int DESCRIPTOR_TAG = (1 << 3) | 2;
  private static final int HEADER_TAG = (2 << 3) | 2;
  private static final int APP_METADATA_TAG = (3 << 3) | 2;
  private static final int BODY_TAG = (1000 << 3) | 2;

  private FlightDataEncoder() {}

  /**
   * The message to send; takes ownership of {@code data}, which is closed when its bytes are at the
   * socket.
   *
   * @throws StatusException the message is longer than 2 GiB; {@code data} is closed
   */
  static OutboundMessage encode(FlightData data) {
    ByteString descriptor =
        data.descriptor() == null ? null : Protos.descriptor(data.descriptor()).toByteString();
    ByteBuffer header = data.header().duplicate();
    ByteBuffer appMetadata = data.appMetadata() == null ? null : data.appMetadata().duplicate();
    long bodyBytes = data.bodyBytes();
    long fixedBytes =
        (descriptor == null ? 0 : fieldBytes(DESCRIPTOR_TAG, descriptor.size()))
            + fieldBytes(HEADER_TAG, header.remaining())
            + fieldBytes(APP_METADATA_TAG, appMetadata == null ? 0 : appMetadata.remaining())
            + (data.hasBody() ? varintBytes(BODY_TAG) + varintBytes(bodyBytes) : 0);
    if (fixedBytes + bodyBytes > Limits.DATA_MESSAGE_BYTES) {
      data.close();
      throw new StatusException(
          StatusCode.INVALID_ARGUMENT,
          "a batch of "
              + bodyBytes
              + " bytes; with its metadata it has to be at most "
              + Limits.DATA_MESSAGE_BYTES
              + " bytes: split the batch");
    }
    ByteBuf head = Unpooled.buffer(PREFIX_BYTES + (int) fixedBytes);
    head.writeByte(0).writeInt((int) (fixedBytes + bodyBytes));
    writeField(head, DESCRIPTOR_TAG, descriptor == null ? null : descriptor.asReadOnlyByteBuffer());
    writeField(head, HEADER_TAG, header);
    writeField(head, APP_METADATA_TAG, appMetadata);
    if (data.hasBody()) {
      writeVarint(head, BODY_TAG);
      writeVarint(head, bodyBytes);
    }
    return new OutboundMessage(
        head,
        nonEmpty(data.body()),
        (int) Math.min(PREFIX_BYTES + fixedBytes + bodyBytes, Integer.MAX_VALUE),
        data::close);
  }

  private static List<ByteBuffer> nonEmpty(List<ByteBuffer> pieces) {
    for (ByteBuffer piece : pieces) {
      if (!piece.hasRemaining()) {
        return pieces.stream().filter(ByteBuffer::hasRemaining).toList();
      }
    }
    return pieces;
  }

  private static long fieldBytes(int tag, int length) {
    return length == 0 ? 0 : varintBytes(tag) + varintBytes(length) + (long) length;
  }

  private static void writeField(ByteBuf out, int tag, @Nullable ByteBuffer bytes) {
    if (bytes != null && bytes.hasRemaining()) {
      writeVarint(out, tag);
      writeVarint(out, bytes.remaining());
      out.writeBytes(bytes);
    }
  }

  private static int varintBytes(long value) {
    return Math.max(1, (64 - Long.numberOfLeadingZeros(value) + 6) / 7);
  }

  private static void writeVarint(ByteBuf out, long value) {
    long rest = value;
    while (rest > 0x7f) {
      out.writeByte((int) ((rest & 0x7f) | 0x80));
      rest >>>= 7;
    }
    out.writeByte((int) rest);
  }
}
