package dev.hangar.wire.http2;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2FrameSizePolicy;
import io.netty.handler.codec.http2.Http2RemoteFlowController.FlowControlled;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Bytes that wait for a stream's window: buffers of others, by reference, sent as DATA frames.
 *
 * <p>Frames are as long as window and peer allow. A frame's nine bytes share a buffer with a short
 * first piece, so that a message costs the socket two pieces: its head, and its body where that
 * lies. Event loop only.
 */
public final class OutboundData implements FlowControlled {
  /**
   * Pieces up to this size are copied behind the frame header instead of being a piece for the
   * socket.
   */
  private static final int COPIED_BYTES_MAX = 16 << 10;

  private static final int HEADER_BYTES = Http2CodecUtil.FRAME_HEADER_LENGTH;

  /** A buffer to send, owned, and what it holds open until it has been sent, or never will be. */
  public record Piece(ByteBuf bytes, Completion completion) {}

  private final int streamId;
  private final Http2FrameSizePolicy frameSize;
  private final Runnable moved;
  private final ArrayDeque<Piece> pieces;
  private int size;

  /**
   * Takes ownership of the pieces.
   *
   * @param moved runs whenever some of the data goes out
   */
  OutboundData(
      int streamId, Http2FrameSizePolicy frameSize, Runnable moved, ArrayDeque<Piece> pieces) {
    this.streamId = streamId;
    this.frameSize = frameSize;
    this.moved = moved;
    this.pieces = pieces;
    for (Piece piece : pieces) {
      size += piece.bytes().readableBytes();
    }
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public void write(ChannelHandlerContext ctx, int allowedBytes) {
    int left = Math.min(allowedBytes, size);
    if (left > 0) {
      moved.run();
    }
    while (left > 0) {
      int frame = Math.min(left, frameSize.maxFrameSize());
      writeFrame(ctx, frame);
      left -= frame;
    }
  }

  private void writeFrame(ChannelHandlerContext ctx, int frameBytes) {
    int left = frameBytes;
    Piece first = pieces.getFirst();
    int copied =
        first.bytes().readableBytes() <= Math.min(left, COPIED_BYTES_MAX)
            ? first.bytes().readableBytes()
            : 0;
    ByteBuf head = ctx.alloc().directBuffer(HEADER_BYTES + copied);
    head.writeMedium(frameBytes).writeZero(2).writeInt(streamId);
    if (copied > 0) {
      head.writeBytes(first.bytes());
      first.bytes().release();
      pieces.remove();
      left -= copied;
      size -= copied;
    }
    send(ctx, head, copied > 0 ? first.completion() : null);
    if (copied > 0) {
      first.completion().close();
    }
    while (left > 0) {
      left -= writePiece(ctx, left);
    }
  }

  private int writePiece(ChannelHandlerContext ctx, int allowedBytes) {
    Piece piece = pieces.getFirst();
    int bytes = piece.bytes().readableBytes();
    if (bytes > allowedBytes) {
      size -= allowedBytes;
      send(ctx, piece.bytes().readRetainedSlice(allowedBytes), piece.completion());
      return allowedBytes;
    }
    pieces.remove();
    size -= bytes;
    send(ctx, piece.bytes(), piece.completion());
    piece.completion().close();
    return bytes;
  }

  private static void send(
      ChannelHandlerContext ctx, ByteBuf bytes, @Nullable Completion completion) {
    if (completion == null) {
      ctx.write(bytes);
    } else {
      completion.open();
      ctx.write(bytes).addListener(written -> completion.close());
    }
  }

  @Override
  public void error(ChannelHandlerContext ctx, Throwable cause) {
    // size stays: the flow controller takes it off its own count
    discard(pieces);
  }

  /** Releases pieces that will not be sent. */
  public static void discard(ArrayDeque<Piece> pieces) {
    for (Piece piece; (piece = pieces.poll()) != null; ) {
      piece.bytes().release();
      piece.completion().close();
    }
  }

  @Override
  public void writeComplete() {}

  @Override
  public boolean merge(ChannelHandlerContext ctx, FlowControlled next) {
    return false;
  }
}
