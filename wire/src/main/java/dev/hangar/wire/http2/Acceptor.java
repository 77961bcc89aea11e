package dev.hangar.wire.http2;

import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;

/** What a server makes of the streams that are opened to it. Called on event loops alone. */
@FunctionalInterface
public interface Acceptor {
  /** The listener of a stream that the peer opened with {@code headers}, which it is told next. */
  StreamListener accept(ConnectionHandler connection, Http2Stream stream, Http2Headers headers);
}
