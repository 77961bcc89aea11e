package dev.hangar.wire.http2;

import dev.hangar.wire.ConnectionTimes;
import dev.hangar.wire.Limits;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/2 connection, either end: tells each stream's listener what arrives, and sends what it
 * is given.
 *
 * <p>Event loop only, but for {@link #eventLoop}.
 */
public final class ConnectionHandler extends Http2ConnectionHandler {
  private final FrameSplitter splitter;
  private final Http2Connection.PropertyKey listenerKey;
  private final RecentStreams stopped = new RecentStreams(Limits.STREAMS_PER_CONNECTION);
  private final RecentStreams ended = new RecentStreams(Limits.STREAMS_PER_CONNECTION);
  private final ControlFrameLimit controlFrames =
      new ControlFrameLimit(() -> context().executor().ticker().nanoTime());
  private final HeldFrameTimer heldFrames = new HeldFrameTimer(this::onHeldTooLong);
  private @Nullable ChannelHandlerContext context;
  private final PeerState peer = new PeerState();
  private final ConnectionKeeper keeper;
  private boolean windowOpened;
  private boolean broken;

  ConnectionHandler(
      Http2ConnectionDecoder decoder,
      Http2ConnectionEncoder encoder,
      Http2Settings settings,
      @Nullable Acceptor acceptor,
      ConnectionTimes times) {
    super(decoder, encoder, settings);
    this.listenerKey = connection().newKey();
    this.splitter =
        new FrameSplitter(
            connection().isServer(), Limits.HELD_FRAME_BYTES, controlFrames, this::decodePortion);
    this.keeper = new ConnectionKeeper(this, peer, times);
    decoder.frameListener(new Frames(this, acceptor, keeper));
  }

  /** A connection that accepts streams. */
  public static ConnectionHandler server(Acceptor acceptor, ConnectionTimes times) {
    return new ConnectionBuilder(true, acceptor, times, Limits.STREAM_WINDOW_BYTES).build();
  }

  /** A connection that opens streams, each with {@code windowBytes} unless it is widened. */
  public static ConnectionHandler client(ConnectionTimes times, int windowBytes) {
    return new ConnectionBuilder(false, null, times, windowBytes).build();
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

  /** What is known of the peer. Thread-safe. */
  public PeerState peer() {
    return peer;
  }

  /**
   * Opens a promised stream with request headers; null where the connection takes no more streams.
   */
  public @Nullable Http2Stream openStream(Http2Headers headers, StreamListener listener) {
    int id = connection().local().incrementAndGetNextStreamId();
    if (id < 0) {
      return null;
    }
    encoder().writeHeaders(context(), id, headers, 0, false, context().newPromise());
    Http2Stream stream = connection().stream(id);
    if (stream != null) {
      listener(stream, listener);
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
    if (endOfStream) {
      stopPeerAfter(written, stream);
    }
  }

  /**
   * A server that is done may stop a client that is still sending, without an error (RFC 9113,
   * 8.1).
   */
  private void stopPeerAfter(ChannelFuture written, Http2Stream stream) {
    if (connection().isServer()) {
      written.addListener(done -> resetIfOpen(stream));
    }
  }

  /** Sends bytes as DATA, as windows allow; takes ownership of the pieces. Not flushed. */
  public void sendData(Http2Stream stream, ArrayDeque<OutboundData.Piece> pieces) {
    if (!mayWrite(stream)) {
      OutboundData.discard(pieces);
      return;
    }
    var data =
        new OutboundData(
            stream.id(),
            encoder().configuration().frameSizePolicy(),
            controlFrames::callMoved,
            pieces);
    encoder().flowController().addFlowControlled(stream, data);
  }

  /** Ends our side of the stream behind the data already given; not flushed. */
  public void sendEnd(Http2Stream stream) {
    if (mayWrite(stream)) {
      ByteBuf nothing = Unpooled.EMPTY_BUFFER;
      stopPeerAfter(
          encoder().writeData(context(), stream.id(), nothing, 0, true, context().newPromise()),
          stream);
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

  /** Whether the peer may send data on the stream now. */
  public boolean mayReceive(Http2Stream stream) {
    var flow = decoder().flowController();
    return flow.windowSize(stream) > 0 && flow.windowSize(connection().connectionStream()) > 0;
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

  /** Lets the peer send {@code windowBytes} on this stream where it was less; not flushed. */
  public void widenWindow(Http2Stream stream, int windowBytes) {
    var flow = decoder().flowController();
    int more = windowBytes - flow.initialWindowSize(stream);
    if (more > 0) {
      try {
        flow.incrementWindowSize(stream, more);
      } catch (Http2Exception e) {
        onError(context(), true, e);
      }
    }
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
    ctx.pipeline().addAfter(ctx.name(), null, keeper);
    openWindow(ctx);
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) throws Exception {
    super.channelActive(ctx);
    openWindow(ctx);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) throws Exception {
    if (cause instanceof IOException || cause.getCause() instanceof SSLException) {
      peer.breaks(cause);
      ctx.close(); // the peer has gone; its streams' listeners are told as they close
    } else {
      super.exceptionCaught(ctx, cause);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) throws Exception {
    peer.isGone();
    super.channelInactive(ctx);
  }

  @Override
  protected void onConnectionError(
      ChannelHandlerContext ctx,
      boolean outbound,
      Throwable cause,
      @Nullable Http2Exception error) {
    peer.breaks(cause);
    super.onConnectionError(ctx, outbound, cause, error);
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
    keeper.heard();
    if (broken) {
      in.skipBytes(in.readableBytes());
      return;
    }
    try {
      splitter.read(in);
      heldFrames.afterRead(splitter.held(), ctx.executor());
    } catch (Http2Exception e) {
      breakOff(e);
    }
  }

  private void breakOff(Http2Exception why) {
    broken = true;
    onError(context(), false, why);
  }

  private void onHeldTooLong() {
    if (!broken) {
      breakOff(
          Http2Exception.connectionError(
              Http2Error.ENHANCE_YOUR_CALM,
              "a frame or its headers did not become whole within %s",
              Limits.HEADER_TIME));
    }
  }

  /**
   * What the peer sent before it learned that we stopped a stream is no error (RFC 9113, 5.1,
   * closed): to answer each of its frames would soon look like a flood of resets. Headers on any
   * other stream that is over, or that was skipped, are a connection error (5.1 and 5.1.1).
   */
  @Override
  protected void onStreamError(
      ChannelHandlerContext ctx,
      boolean outbound,
      Throwable cause,
      Http2Exception.StreamException error) {
    Http2Stream stream = connection().stream(error.streamId());
    boolean late =
        !outbound && (error.error() == Http2Error.STREAM_CLOSED || hadItsHeaders(stream));
    if (late && stopped.contains(error.streamId())) {
      return;
    }
    if (late && splitter.endedHeaders()) {
      onLateHeaders(stream, error);
    } else {
      super.onStreamError(ctx, outbound, cause, error);
    }
  }

  private void onLateHeaders(@Nullable Http2Stream stream, Http2Exception.StreamException error) {
    if (stream != null) {
      reset(stream, Http2Error.STREAM_CLOSED);
    } else {
      boolean seen = ended.contains(error.streamId());
      breakOff(
          Http2Exception.connectionError(
              seen ? Http2Error.STREAM_CLOSED : Http2Error.PROTOCOL_ERROR, error.getMessage()));
    }
  }

  /** Whether the peer has ended the stream: Netty calls what comes then too many headers. */
  private boolean hadItsHeaders(@Nullable Http2Stream stream) {
    return stream != null
        && listener(stream) != null
        && stream.state() == Http2Stream.State.HALF_CLOSED_REMOTE;
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

  @Nullable StreamListener listener(@Nullable Http2Stream stream) {
    return stream == null ? null : stream.<@Nullable StreamListener>getProperty(listenerKey);
  }

  void listener(Http2Stream stream, StreamListener listener) {
    stream.setProperty(listenerKey, listener);
  }

  void onClosed(Http2Stream stream) {
    ended.add(stream.id());
    StreamListener listener = listener(stream);
    if (listener != null) {
      listener.onClosed();
    }
  }
}
