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
  private int returned;

  /**
   * @param largeMessageBytes messages of this size or more may not fit the peer's window, which has
   *     to be given back before they are whole
   */
  Deframer(MessageDecoder<M> decoder, int largeMessageBytes) {
    this.decoder = decoder;
    this.largeMessageBytes = largeMessageBytes;
  }

  /**
   * Reads all of {@code data}, whose bytes are held back of the peer's window.
   *
   * @param whole takes each message that became complete, and the bytes it holds back
   */
  void read(ByteBuf data, ObjIntConsumer<M> whole) {
    while (data.isReadable()) {
      if (prefixRead < PREFIX_BYTES) {
        readPrefix(data);
      } else {
        readMessage(data);
      }
      if (prefixRead == PREFIX_BYTES && left == 0) {
        prefixRead = 0;
        whole.accept(decoder.end(), (int) ((long) PREFIX_BYTES + length - returned));
      }
    }
  }

  /** Whether a message has begun that may not fit the window. */
  boolean midLargeMessage() {
    return prefixRead == PREFIX_BYTES && length >= largeMessageBytes;
  }

  /** Gives up the bytes that a large message which has begun holds back; they may be returned. */
  int takeHeld() {
    if (!midLargeMessage()) {
      return 0;
    }
    int held = length - left - returned;
    returned += held;
    return held;
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
    returned = 0;
    decoder.begin(length);
  }

  private void readMessage(ByteBuf data) {
    int piece = Math.min(left, data.readableBytes());
    left -= piece;
    decoder.read(data.readSlice(piece));
  }
}
