package dev.hangar.wire.http2;

import dev.hangar.wire.Limits;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2FrameSizePolicy;
import io.netty.handler.codec.http2.Http2RemoteFlowController.FlowControlled;
import java.util.ArrayDeque;
import java.util.ArrayList;

/**
 * Bytes that wait for a stream's window: buffers of others, by reference, sent as DATA frames.
 *
 * <p>Frames are as long as window and peer allow. A frame's nine bytes share a buffer with the
 * short pieces behind them, so that a large message costs the socket two pieces, its head and its
 * body where that lies, and many small messages cost it one. Event loop only.
 */
public final class OutboundData implements FlowControlled {
  /** Pieces of bodies up to this size are copied behind a frame's header; a body is longer. */
  private static final int COPIED_BYTES_MAX = 2 << 10;

  /** The same of pieces on the heap, such as heads of messages, which a socket can't take. */
  private static final int COPIED_HEAP_BYTES_MAX = 16 << 10;

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
      int frame = frameBytes(Math.min(left, frameSize.maxFrameSize()));
      writeFrame(ctx, frame);
      left -= frame;
    }
  }

  /** How much goes into the next frame: short pieces, then long ones, up to the next short one. */
  private int frameBytes(int allowedBytes) {
    int bytes = 0;
    boolean isLong = false;
    for (Piece piece : pieces) {
      if (isShort(piece)) {
        if (isLong || bytes + piece.bytes().readableBytes() > Limits.COALESCED_BYTES) {
          return bytes;
        }
      } else {
        isLong = true;
      }
      bytes += piece.bytes().readableBytes();
      if (bytes >= allowedBytes) {
        return allowedBytes;
      }
    }
    return bytes;
  }

  private void writeFrame(ChannelHandlerContext ctx, int frameBytes) {
    var copied = new ArrayList<Completion>();
    ByteBuf head = ctx.alloc().directBuffer(HEADER_BYTES + shortBytes(frameBytes));
    head.writeMedium(frameBytes).writeZero(2).writeInt(streamId);
    int left = frameBytes;
    for (int copyable = shortBytes(frameBytes); copyable > 0; ) {
      Piece next = pieces.remove();
      int bytes = next.bytes().readableBytes();
      head.writeBytes(next.bytes());
      next.bytes().release();
      copied.add(next.completion());
      copyable -= bytes;
      left -= bytes;
      size -= bytes;
    }
    ctx.write(head).addListener(written -> copied.forEach(Completion::close));
    while (left > 0) {
      left -= writePiece(ctx, left);
    }
  }

  /** Bytes of the short pieces that stand in front. */
  private int shortBytes(int allowedBytes) {
    int bytes = 0;
    for (Piece piece : pieces) {
      if (!isShort(piece) || bytes + piece.bytes().readableBytes() > allowedBytes) {
        return bytes;
      }
      bytes += piece.bytes().readableBytes();
    }
    return bytes;
  }

  /** Whether to copy a piece costs less than to hand it over; the heap is copied in any case. */
  private static boolean isShort(Piece piece) {
    int bytesMax = piece.bytes().isDirect() ? COPIED_BYTES_MAX : COPIED_HEAP_BYTES_MAX;
    return piece.bytes().readableBytes() <= bytesMax;
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

  private static void send(ChannelHandlerContext ctx, ByteBuf bytes, Completion completion) {
    completion.open();
    ctx.write(bytes).addListener(written -> completion.close());
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
