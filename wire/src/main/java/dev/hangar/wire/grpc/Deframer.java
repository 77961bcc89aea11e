package dev.hangar.wire.grpc;

import io.netty.buffer.ByteBuf;
import java.util.function.ObjIntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds the messages in a stream's bytes (gRPC {@code PROTOCOL-HTTP2.md}, Length-Prefixed-Message).
 *
 * <pre>
 *  0            1                 5
 *  | compressed | length, big-end | message …
 * </pre>
 *
 * <p>DATA frame borders mean nothing here. Event loop only.
 */
final class Deframer<M> {
  static final int PREFIX_BYTES = 5;

  private final MessageDecoder<M> decoder;
  private final int largeMessageBytes;
  private int prefixRead;
  private int compressed;
  private int length;
  private int left;

  /**
   * @param largeMessageBytes messages of this size or more do not count against the peer's window:
   *     they may not fit it, and their memory has been reserved elsewhere
   */
  Deframer(MessageDecoder<M> decoder, int largeMessageBytes) {
    this.decoder = decoder;
    this.largeMessageBytes = largeMessageBytes;
  }

  /**
   * Reads all of {@code data}.
   *
   * @param whole takes each message that became complete, and the bytes it holds back of the peer's
   *     window
   * @return the bytes that are not held back by any message
   */
  int read(ByteBuf data, ObjIntConsumer<M> whole) {
    int free = 0;
    while (data.isReadable()) {
      if (prefixRead < PREFIX_BYTES) {
        readPrefix(data);
      } else {
        free += readMessage(data);
      }
      if (prefixRead == PREFIX_BYTES && left == 0) {
        prefixRead = 0;
        whole.accept(decoder.end(), PREFIX_BYTES + (length < largeMessageBytes ? length : 0));
      }
    }
    return free;
  }

  /** Memory that the next bytes of a message belong to; see {@link MessageDecoder#landing}. */
  @Nullable ByteBuf landing(int bytesMax) {
    return prefixRead == PREFIX_BYTES ? decoder.landing(Math.min(bytesMax, left)) : null;
  }

  /** Whether a message has begun and not ended. */
  boolean midMessage() {
    return prefixRead > 0;
  }

  /** Releases a message that has begun. */
  void abort() {
    decoder.abort();
  }

  private void readPrefix(ByteBuf data) {
    if (prefixRead++ == 0) {
      compressed = data.readByte();
      length = 0;
      return;
    }
    length = (length << 8) | data.readUnsignedByte();
    if (prefixRead == PREFIX_BYTES) {
      begin();
    }
  }

  private void begin() {
    if (compressed != 0) {
      throw new StatusException(
          StatusCode.UNIMPLEMENTED,
          "a compressed gRPC message; send messages without grpc-encoding (Arrow's own body compression is fine)");
    }
    if (length < 0) {
      throw new StatusException(
          StatusCode.INVALID_ARGUMENT,
          "a message of "
              + Integer.toUnsignedLong(length)
              + " bytes; at most 2147483647 can be read: split the batch");
    }
    left = length;
    decoder.begin(length);
  }

  private int readMessage(ByteBuf data) {
    int piece = Math.min(left, data.readableBytes());
    left -= piece;
    decoder.read(data.readSlice(piece));
    return length < largeMessageBytes ? 0 : piece;
  }
}
