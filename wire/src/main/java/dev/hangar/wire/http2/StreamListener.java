package dev.hangar.wire.http2;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Headers;
import org.jspecify.annotations.Nullable;

/** What happens on one HTTP/2 stream. Called on the connection's event loop alone. */
public interface StreamListener {
  /** The peer's headers; a second time its trailers. */
  void onHeaders(Http2Headers headers, boolean endOfStream);

  /**
   * A piece of the peer's data.
   *
   * @param data valid during the call alone
   * @return how many of the bytes the peer may at once send anew; the others are owed, and given
   *     back through {@link ConnectionHandler#returnWindow}
   */
  int onData(ByteBuf data, boolean endOfStream);

  /**
   * Memory that the next bytes of the stream's data belong to, for the socket to read into: what
   * lands there comes to {@link #onData} as a buffer of that memory.
   *
   * @param bytesMax that are known to be data of this stream
   * @return writable bytes, at most so many, owned by the caller; null where there are too few
   */
  default @Nullable ByteBuf landing(int bytesMax) {
    return null;
  }

  /** The peer ended the stream with RST_STREAM and this HTTP/2 error code. */
  void onReset(long errorCode);

  /** The stream is over, by whatever way; the last call. */
  void onClosed();
}
