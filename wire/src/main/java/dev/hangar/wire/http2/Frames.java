package dev.hangar.wire.http2;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2FrameAdapter;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import org.jspecify.annotations.Nullable;

/** Frames, to the listener of their stream. Event loop only. */
final class Frames extends Http2FrameAdapter {
  private final ConnectionHandler connection;
  private final @Nullable Acceptor acceptor;
  private final ConnectionKeeper keeper;

  Frames(ConnectionHandler connection, @Nullable Acceptor acceptor, ConnectionKeeper keeper) {
    this.connection = connection;
    this.acceptor = acceptor;
    this.keeper = keeper;
  }

  @Override
  public int onDataRead(
      ChannelHandlerContext ctx, int streamId, ByteBuf data, int padding, boolean endOfStream) {
    StreamListener listener = connection.listener(connection.connection().stream(streamId));
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
    Http2Stream stream = connection.connection().stream(streamId);
    if (stream == null) {
      return;
    }
    StreamListener listener = connection.listener(stream);
    if (listener == null && acceptor != null) {
      listener = acceptor.accept(connection, stream, headers);
      connection.listener(stream, listener);
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
  public void onSettingsRead(ChannelHandlerContext ctx, Http2Settings settings) {
    keeper.onSettings();
  }

  @Override
  public void onPingRead(ChannelHandlerContext ctx, long content) {
    keeper.onPing(ctx, content);
  }

  @Override
  public void onPingAckRead(ChannelHandlerContext ctx, long content) {
    keeper.onPingAck(ctx, content);
  }

  @Override
  public void onRstStreamRead(ChannelHandlerContext ctx, int streamId, long errorCode) {
    StreamListener listener = connection.listener(connection.connection().stream(streamId));
    if (listener != null) {
      listener.onReset(errorCode);
    }
  }
}
