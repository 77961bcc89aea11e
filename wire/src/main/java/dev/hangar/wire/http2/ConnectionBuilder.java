package dev.hangar.wire.http2;

import dev.hangar.wire.ConnectionTimes;
import dev.hangar.wire.Limits;
import io.netty.handler.codec.http2.AbstractHttp2ConnectionHandlerBuilder;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2Settings;
import org.jspecify.annotations.Nullable;

/** What Netty's codec is told of our limits, for either end. */
final class ConnectionBuilder
    extends AbstractHttp2ConnectionHandlerBuilder<ConnectionHandler, ConnectionBuilder> {
  private final @Nullable Acceptor acceptor;
  private final ConnectionTimes times;

  /** A builder; {@code windowBytes} is what the peer may send on a stream at first. */
  ConnectionBuilder(
      boolean server, @Nullable Acceptor acceptor, ConnectionTimes times, int windowBytes) {
    this.acceptor = acceptor;
    this.times = times;
    server(server);
    autoAckPingFrame(server); // a client's ConnectionKeeper says when
    gracefulShutdownTimeoutMillis(-1); // who closes says how long to wait
    initialSettings(settings(server, windowBytes));
    validateRequiredPseudoHeaders(true);
    decoderEnforceMaxConsecutiveEmptyDataFrames(Limits.EMPTY_DATA_FRAMES);
    decoderEnforceMaxSmallContinuationFrames(
        Limits.SMALL_CONTINUATION_FRAMES + 1); // Netty counts a small HEADERS frame too
    if (server) {
      int periodSeconds = (int) Limits.RESET_PERIOD.toSeconds();
      decoderEnforceMaxRstFramesPerWindow(Limits.RESETS, periodSeconds);
      encoderEnforceMaxRstFramesPerWindow(Limits.RESETS, periodSeconds);
    }
  }

  private static Http2Settings settings(boolean server, int windowBytes) {
    Http2Settings settings =
        new Http2Settings()
            .initialWindowSize(windowBytes)
            .maxFrameSize(Limits.FRAME_BYTES)
            .maxHeaderListSize(Limits.HEADER_LIST_BYTES);
    return server
        ? settings.maxConcurrentStreams(Limits.STREAMS_PER_CONNECTION)
        : settings.pushEnabled(false);
  }

  @Override
  protected ConnectionHandler build() {
    return super.build();
  }

  @Override
  protected ConnectionHandler build(
      Http2ConnectionDecoder decoder, Http2ConnectionEncoder encoder, Http2Settings settings) {
    return new ConnectionHandler(decoder, encoder, settings, acceptor, times);
  }
}
