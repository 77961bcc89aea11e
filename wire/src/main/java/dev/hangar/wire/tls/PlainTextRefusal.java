package dev.hangar.wire.tls;

import dev.hangar.wire.Limits;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Tells a client that makes a call without TLS, in its own tongue, that this is the wrong way in.
 * Stands before the TLS of a connection, and leaves when the first bytes are not HTTP/2's. The
 * handshake's time limit is the limit of this too.
 *
 * <pre>
 *  preface  24 bytes                        ← from the client
 *  frame    length 3 | type 1 | flags 1 | stream 4 | payload
 *  SETTINGS, its acknowledgement            → to the client
 *  HEADERS  of the first call, not read     ←
 *  HEADERS  FAILED_PRECONDITION and why, GOAWAY; the end    →
 * </pre>
 *
 * A GOAWAY alone would do by RFC 9113, but gRPC's clients then try again for ever.
 */
public final class PlainTextRefusal extends ByteToMessageDecoder {
  private static final String WHY =
      "this port wants TLS: begin the location with grpc+tls:// instead of grpc://";
  private static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final int FRAME_HEADER_BYTES = 9;
  private static final int HEADERS = 1;
  private static final int SETTINGS = 4;
  private static final int GOAWAY = 7;
  private static final int ACK = 1;
  private static final int END_STREAM_AND_HEADERS = 5;

  /** {@code :status 200} in HPACK's static table (RFC 7541, appendix A). */
  private static final int STATUS_200 = 0x88;

  private boolean greeted;

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
    if (greeted) {
      readFrame(ctx, in);
    } else if (in.getByte(in.readerIndex()) != PREFACE[0]) {
      ctx.pipeline().remove(this);
    } else if (in.readableBytes() >= PREFACE.length) {
      in.skipBytes(PREFACE.length);
      greeted = true;
      ctx.writeAndFlush(frame(SETTINGS, 0, 0, Unpooled.EMPTY_BUFFER));
    }
  }

  private static void readFrame(ChannelHandlerContext ctx, ByteBuf in) {
    if (in.readableBytes() < FRAME_HEADER_BYTES) {
      return;
    }
    int length = in.getUnsignedMedium(in.readerIndex());
    if (length > Limits.HELD_FRAME_BYTES) {
      ctx.close();
    } else if (in.readableBytes() >= FRAME_HEADER_BYTES + length) {
      int type = in.getByte(in.readerIndex() + 3);
      int flags = in.getByte(in.readerIndex() + 4);
      int stream = in.getInt(in.readerIndex() + 5);
      in.skipBytes(FRAME_HEADER_BYTES + length);
      answer(ctx, type, flags, stream);
    }
  }

  private static void answer(ChannelHandlerContext ctx, int type, int flags, int stream) {
    if (type == SETTINGS && (flags & ACK) == 0) {
      ctx.writeAndFlush(frame(SETTINGS, ACK, 0, Unpooled.EMPTY_BUFFER));
    } else if (type == HEADERS) {
      ctx.write(frame(HEADERS, END_STREAM_AND_HEADERS, stream, status()));
      ctx.writeAndFlush(frame(GOAWAY, 0, 0, Unpooled.buffer().writeInt(stream).writeInt(0)));
      ctx.close();
    }
  }

  /** Headers and trailers in one, as gRPC has them where there is no message. */
  private static ByteBuf status() {
    ByteBuf block = Unpooled.buffer().writeByte(STATUS_200);
    literal(block, "content-type", "application/grpc");
    literal(block, "grpc-status", "9");
    literal(block, "grpc-message", WHY);
    return block;
  }

  /** A literal header field without indexing (RFC 7541, 6.2.2), of texts under 127 bytes. */
  private static void literal(ByteBuf block, String name, String value) {
    block.writeByte(0);
    block.writeByte(name.length()).writeCharSequence(name, StandardCharsets.US_ASCII);
    block.writeByte(value.length()).writeCharSequence(value, StandardCharsets.US_ASCII);
  }

  private static ByteBuf frame(int type, int flags, int stream, ByteBuf payload) {
    ByteBuf frame = Unpooled.buffer(FRAME_HEADER_BYTES + payload.readableBytes());
    frame.writeMedium(payload.readableBytes()).writeByte(type).writeByte(flags).writeInt(stream);
    return frame.writeBytes(payload);
  }
}
