package dev.hangar.wire.grpc;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Makes messages out of bytes, piece by piece as they arrive. One call's; event loop only.
 *
 * <p>Every method may throw {@link StatusException}, which ends the call with that status.
 *
 * @param <M> the message, owned by whoever it is handed to
 */
public interface MessageDecoder<M> {
  /**
   * A message of this many bytes begins. The number is the peer's claim: nothing of that size is
   * allocated for it.
   */
  void begin(int lengthBytes);

  /** The next bytes of the message, all of them of this message; valid during the call alone. */
  void read(ByteBuf piece);

  /**
   * Memory that the next bytes of the message belong to; what is read into it comes to {@link
   * #read} as a buffer of that memory.
   *
   * @return writable bytes, at most {@code bytesMax}, owned by the caller; null where the bytes are
   *     to be read elsewhere
   */
  default @Nullable ByteBuf landing(int bytesMax) {
    return null;
  }

  /** The message is complete. */
  M end();

  /** Releases what was begun and will not be ended; does nothing between messages. */
  void abort();

  /** Releases a message that nobody will take. */
  void discard(M message);
}
