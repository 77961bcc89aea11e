package dev.hangar.wire.grpc;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * A decoder of small messages, kept whole as bytes for a protobuf parser. Grows with what arrives.
 */
public final class BytesDecoder implements MessageDecoder<byte[]> {
  private static final int FIRST_BYTES = 4 << 10;

  private final int messageBytesMax;
  private byte[] bytes = {};
  private int length;

  /** A decoder that refuses messages of more than {@code messageBytesMax}. */
  public BytesDecoder(int messageBytesMax) {
    this.messageBytesMax = messageBytesMax;
  }

  @Override
  public void begin(int lengthBytes) {
    if (lengthBytes > messageBytesMax) {
      throw new StatusException(
              StatusCode.RESOURCE_EXHAUSTED,
              "a message of "
                  + lengthBytes
                  + " bytes; this method takes at most "
                  + messageBytesMax)
          .withDetail(ErrorDetail.of("MESSAGE_TOO_LARGE").withRetry(RetryAdvice.NEVER));
    }
    bytes = new byte[Math.min(lengthBytes, FIRST_BYTES)];
    length = 0;
  }

  @Override
  public void read(ByteBuf piece) {
    int more = piece.readableBytes();
    if (length + more > bytes.length) {
      bytes =
          Arrays.copyOf(
              bytes, Math.max(length + more, (int) Math.min(messageBytesMax, 2L * bytes.length)));
    }
    piece.readBytes(bytes, length, more);
    length += more;
  }

  @Override
  public byte[] end() {
    byte[] whole = bytes.length == length ? bytes : Arrays.copyOf(bytes, length);
    bytes = new byte[0];
    return whole;
  }

  @Override
  public void abort() {
    bytes = new byte[0];
  }

  @Override
  public void discard(byte[] message) {}
}
