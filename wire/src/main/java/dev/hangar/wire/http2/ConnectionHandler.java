package dev.hangar.wire.http2;

import dev.hangar.wire.Limits;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.AbstractHttp2ConnectionHandlerBuilder;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameAdapter;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/2 connection, either end: tells each stream's listener what arrives, and sends what it
 * is given.
 *
 * <p>Event loop only, but for {@link #eventLoop}.
 */
public final class ConnectionHandler extends Http2ConnectionHandler {
  /**
   * Makes the listener of a stream that the peer opened with {@code headers}, which it is told
   * next.
   */
  public interface Acceptor {
    StreamListener accept(ConnectionHandler connection, Http2Stream stream, Http2Headers headers);
  }

  private final FrameSplitter splitter;
  private final Http2Connection.PropertyKey listenerKey;
  private final @Nullable Acceptor acceptor;
  private final RecentStreams stopped = new RecentStreams(Limits.STREAMS_PER_CONNECTION);
  private @Nullable ChannelHandlerContext context;
  private boolean windowOpened;
  private boolean broken;

  private ConnectionHandler(
      Http2ConnectionDecoder decoder,
      Http2ConnectionEncoder encoder,
      Http2Settings settings,
      @Nullable Acceptor acceptor) {
    super(decoder, encoder, settings);
    this.acceptor = acceptor;
    this.listenerKey = connection().newKey();
    this.splitter =
        new FrameSplitter(connection().isServer(), Limits.HELD_FRAME_BYTES, this::decodePortion);
    decoder.frameListener(new Frames());
    connection().addListener(new Closings());
  }

  /** A connection that accepts streams. */
  public static ConnectionHandler server(Acceptor acceptor) {
    return new Builder(true, acceptor).build();
  }

  /** A connection that opens streams. */
  public static ConnectionHandler client() {
    return new Builder(false, null).build();
  }

  /**
   * The thread that everything else here is called on. Thread-safe once the channel is registered.
   */
  public Executor eventLoop() {
    return context().executor();
  }

  /** The channel's context. */
  public ChannelHandlerContext context() {
    ChannelHandlerContext added = context;
    if (added == null) {
      throw new IllegalStateException("the connection is not on a channel yet");
    }
    return added;
  }

  /** Opens a stream with request headers; null where the connection takes no more streams. */
  public @Nullable Http2Stream openStream(Http2Headers headers, StreamListener listener) {
    int id = connection().local().incrementAndGetNextStreamId();
    if (id < 0) {
      return null;
    }
    encoder().writeHeaders(context(), id, headers, 0, false, context().newPromise());
    Http2Stream stream = connection().stream(id);
    if (stream != null) {
      stream.setProperty(listenerKey, listener);
    }
    return stream;
  }

  /**
   * Sends headers, or trailers when {@code endOfStream}, behind the data already given; not
   * flushed.
   */
  public void sendHeaders(Http2Stream stream, Http2Headers headers, boolean endOfStream) {
    var written =
        encoder()
            .writeHeaders(context(), stream.id(), headers, 0, endOfStream, context().newPromise());
    if (endOfStream && connection().isServer()) {
      // RFC 9113, 8.1: a server that is done may stop a client that is still sending, without an
      // error.
      written.addListener(done -> resetIfOpen(stream));
    }
  }

  /** Sends bytes as DATA, as windows allow; takes ownership of the pieces. Not flushed. */
  public void sendData(Http2Stream stream, ArrayDeque<OutboundData.Piece> pieces) {
    if (!mayWrite(stream)) {
      OutboundData.discard(pieces);
      return;
    }
    var data = new OutboundData(stream.id(), encoder().configuration().frameSizePolicy(), pieces);
    encoder().flowController().addFlowControlled(stream, data);
  }

  /** Ends our side of the stream behind the data already given; not flushed. */
  public void sendEnd(Http2Stream stream) {
    if (mayWrite(stream)) {
      encoder()
          .writeData(
              context(), stream.id(), Unpooled.EMPTY_BUFFER, 0, true, context().newPromise());
    }
  }

  /** Ends the stream at once, dropping what waits to be sent. */
  public void reset(Http2Stream stream, Http2Error error) {
    if (stream.state() != Http2Stream.State.CLOSED) {
      stopped.add(stream.id());
      encoder().writeRstStream(context(), stream.id(), error.code(), context().newPromise());
      flush(context());
    }
  }

  /** Whether data of the stream waits for its window. */
  public boolean isSending(Http2Stream stream) {
    return encoder().flowController().hasFlowControlled(stream);
  }

  /** Lets the peer send {@code bytes} anew that {@link StreamListener#onData} had kept back. */
  public void returnWindow(Http2Stream stream, int bytes) {
    if (stream.state() == Http2Stream.State.CLOSED) {
      return; // Netty gave all of the stream's bytes back when it closed
    }
    try {
      if (decoder().flowController().consumeBytes(stream, bytes)) {
        flush(context());
      }
    } catch (Http2Exception e) {
      onError(context(), true, e);
    }
  }

  /**
   * Memory that the next bytes from the socket belong to, at most {@code bytesMax}, where that is
   * known; see {@link StreamListener#landing}.
   */
  @Nullable ByteBuf landing(int bytesMax) {
    int bytes = Math.min(bytesMax, splitter.dataBytesLeft());
    if (bytes == 0 || broken || internalBuffer().isReadable()) {
      return null;
    }
    StreamListener listener = listener(connection().stream(splitter.streamId()));
    return listener == null ? null : listener.landing(bytes);
  }

  /** Sends what was given. */
  public void flush() {
    flush(context());
  }

  /** Closes the connection and with it every call, whatever the peer has read. Thread-safe. */
  public ChannelFuture closeNow() {
    ChannelHandlerContext lingering = context().pipeline().context(LingeringClose.class);
    return (lingering == null ? context() : lingering).close();
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
    context = ctx;
    super.handlerAdded(ctx);
    openWindow(ctx);
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) throws Exception {
    super.channelActive(ctx);
    openWindow(ctx);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) throws Exception {
    if (cause instanceof IOException) {
      ctx.close(); // the peer has gone; its streams' listeners are told as they close
    } else {
      super.exceptionCaught(ctx, cause);
    }
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
    if (broken) {
      in.skipBytes(in.readableBytes());
      return;
    }
    try {
      splitter.read(in);
    } catch (Http2Exception e) {
      broken = true;
      onError(ctx, false, e);
    }
  }

  /**
   * What the peer sent before it learned that we stopped a stream is no error (RFC 9113, 5.1,
   * closed): to answer each of its frames would soon look like a flood of resets.
   */
  @Override
  protected void onStreamError(
      ChannelHandlerContext ctx,
      boolean outbound,
      Throwable cause,
      Http2Exception.StreamException error) {
    if (outbound
        || error.error() != Http2Error.STREAM_CLOSED
        || !stopped.contains(error.streamId())) {
      super.onStreamError(ctx, outbound, cause, error);
    }
  }

  private void decodePortion(ByteBuf portion) throws Exception {
    super.decode(context(), portion, List.of());
  }

  /**
   * Widens the connection's window, which SETTINGS can't, and gives the peer its time for a
   * preface.
   */
  private void openWindow(ChannelHandlerContext ctx) throws Http2Exception {
    if (windowOpened || !ctx.channel().isActive()) {
      return;
    }
    windowOpened = true;
    var flow = decoder().flowController();
    Http2Stream whole = connection().connectionStream();
    flow.incrementWindowSize(whole, Limits.CONNECTION_WINDOW_BYTES - flow.windowSize(whole));
    ctx.flush();
    ctx.executor()
        .schedule(() -> closeIfSilent(ctx), Limits.PREFACE_TIME.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void closeIfSilent(ChannelHandlerContext ctx) {
    if (!decoder().prefaceReceived()) {
      ctx.channel().close();
    }
  }

  private void resetIfOpen(Http2Stream stream) {
    if (stream.state() == Http2Stream.State.HALF_CLOSED_LOCAL) {
      reset(stream, Http2Error.NO_ERROR);
    }
  }

  private static boolean mayWrite(Http2Stream stream) {
    return stream.state() == Http2Stream.State.OPEN
        || stream.state() == Http2Stream.State.HALF_CLOSED_REMOTE;
  }

  private @Nullable StreamListener listener(@Nullable Http2Stream stream) {
    return stream == null ? null : stream.<@Nullable StreamListener>getProperty(listenerKey);
  }

  /** Frames, to the listener of their stream. */
  private final class Frames extends Http2FrameAdapter {
    @Override
    public int onDataRead(
        ChannelHandlerContext ctx, int streamId, ByteBuf data, int padding, boolean endOfStream) {
      StreamListener listener = listener(connection().stream(streamId));
      int read = data.readableBytes();
      return padding + (listener == null ? read : listener.onData(data, endOfStream));
    }

    @Override
    public void onHeadersRead(
        ChannelHandlerContext ctx,
        int streamId,
        Http2Headers headers,
        int padding,
        boolean endOfStream) {
      Http2Stream stream = connection().stream(streamId);
      if (stream == null) {
        return;
      }
      StreamListener listener = listener(stream);
      if (listener == null && acceptor != null) {
        listener = acceptor.accept(ConnectionHandler.this, stream, headers);
        stream.setProperty(listenerKey, listener);
      }
      if (listener != null) {
        listener.onHeaders(headers, endOfStream);
      }
    }

    @Override
    public void onHeadersRead(
        ChannelHandlerContext ctx,
        int streamId,
        Http2Headers headers,
        int streamDependency,
        short weight,
        boolean exclusive,
        int padding,
        boolean endOfStream) {
      onHeadersRead(ctx, streamId, headers, padding, endOfStream);
    }

    @Override
    public void onRstStreamRead(ChannelHandlerContext ctx, int streamId, long errorCode) {
      StreamListener listener = listener(connection().stream(streamId));
      if (listener != null) {
        listener.onReset(errorCode);
      }
    }
  }

  private final class Closings extends Http2ConnectionAdapter {
    @Override
    public void onStreamClosed(Http2Stream stream) {
      StreamListener listener = listener(stream);
      if (listener != null) {
        listener.onClosed();
      }
    }
  }

  private static final class Builder
      extends AbstractHttp2ConnectionHandlerBuilder<ConnectionHandler, Builder> {
    private final @Nullable Acceptor acceptor;

    Builder(boolean server, @Nullable Acceptor acceptor) {
      this.acceptor = acceptor;
      server(server);
      gracefulShutdownTimeoutMillis(-1); // who closes says how long to wait
      initialSettings(settings(server));
      if (server) {
        int periodSeconds = (int) Limits.RESET_PERIOD.toSeconds();
        decoderEnforceMaxRstFramesPerWindow(Limits.RESETS, periodSeconds);
        encoderEnforceMaxRstFramesPerWindow(Limits.RESETS, periodSeconds);
      }
    }

    private static Http2Settings settings(boolean server) {
      Http2Settings settings =
          new Http2Settings()
              .initialWindowSize(Limits.STREAM_WINDOW_BYTES)
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
      return new ConnectionHandler(decoder, encoder, settings, acceptor);
    }
  }
}
