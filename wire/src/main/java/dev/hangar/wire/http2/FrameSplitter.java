package dev.hangar.wire.http2;

import dev.hangar.wire.Limits;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;

/**
 * Cuts what arrives on a connection into portions that Netty's frame reader digests at once.
 *
 * <p>Netty's reader waits for a frame to be whole, which for DATA of up to 16 MiB means to collect
 * and to copy. Here a long DATA frame becomes several short ones, each as long as what has arrived,
 * so the payload is handed on as it comes:
 *
 * <pre>
 *  0        3        4        5              9
 *  | length |  type  | flags  |  stream id   | payload …        RFC 9113, 4.1
 *
 *  DATA 2 MiB END_STREAM  →  DATA 300 KiB, DATA 1 MiB, …, DATA 70 KiB END_STREAM
 * </pre>
 *
 * <p>Flow control adds up the same, and every check of Netty's reader stays in force. All other
 * frames, and padded DATA, go to it whole. Event loop only.
 */
final class FrameSplitter {
  /** Where the portions go: Netty's decoder. */
  interface Decoder {
    /** Decodes {@code portion}; reads all of it. */
    void decode(ByteBuf portion) throws Exception;
  }

  private enum State {
    PREFACE,
    HEADER,
    DATA,
    WHOLE
  }

  private static final int HEADER_BYTES = Http2CodecUtil.FRAME_HEADER_LENGTH;
  private static final int TYPE_DATA = 0;
  private static final int TYPE_HEADERS = 1;
  private static final int TYPE_CONTINUATION = 9;
  private static final int FLAG_END_STREAM = 0x1;
  private static final int FLAG_END_HEADERS = 0x4;
  private static final int FLAG_PADDED = 0x8;

  private final int prefaceBytes;
  private final int heldFrameBytesMax;
  private final ControlFrameLimit controlFrames;
  private final Decoder decoder;
  private final ByteBuf header = Unpooled.buffer(HEADER_BYTES, HEADER_BYTES);
  private State state = State.PREFACE;
  private int payloadBytes;
  private int flags;
  private boolean inHeaderBlock;
  private long finished;

  /**
   * @param server whether the peer begins with the client's preface
   * @param heldFrameBytesMax payload bytes of a frame that is held whole; more is a connection
   *     error
   */
  FrameSplitter(
      boolean server, int heldFrameBytesMax, ControlFrameLimit controlFrames, Decoder decoder) {
    this.prefaceBytes = server ? Http2CodecUtil.connectionPrefaceBuf().readableBytes() : 0;
    this.heldFrameBytesMax = heldFrameBytesMax;
    this.controlFrames = controlFrames;
    this.decoder = decoder;
  }

  /**
   * Passes on what it can of {@code in}; what stays unread must come again, with more behind it.
   */
  void read(ByteBuf in) throws Exception {
    while (in.isReadable() && step(in)) {
      // each step says whether there may be another
    }
  }

  /** Payload bytes still to come of a DATA frame that has begun; 0 between frames. */
  int dataBytesLeft() {
    return state == State.DATA ? payloadBytes : 0;
  }

  /** The stream of the frame that has begun. */
  int streamId() {
    return header.getInt(5) & Integer.MAX_VALUE;
  }

  /**
   * The frame or header block that has begun and waits for its rest, by a number that no other has;
   * negative where there is none. DATA waits for nothing.
   */
  long held() {
    boolean held = state == State.WHOLE || inHeaderBlock || header.writerIndex() > 0;
    return held && state != State.DATA ? finished : -1;
  }

  /** Whether the last frame that was passed on was the end of a header block. */
  boolean endedHeaders() {
    int type = header.getByte(3);
    return type == TYPE_HEADERS || type == TYPE_CONTINUATION;
  }

  private boolean step(ByteBuf in) throws Exception {
    return switch (state) {
      case PREFACE -> readPreface(in);
      case HEADER -> readHeader(in);
      case DATA -> readData(in);
      case WHOLE -> readWhole(in);
    };
  }

  /**
   * The preface and the first frame belong together: Netty checks that the first frame is SETTINGS.
   */
  private boolean readPreface(ByteBuf in) throws Exception {
    int first = in.readerIndex() + prefaceBytes;
    if (in.readableBytes() < prefaceBytes + HEADER_BYTES) {
      return prefaceBytes > 0 && !startsLikePreface(in) && pass(in, in.readableBytes());
    }
    int length = in.getUnsignedMedium(first);
    if (!startsLikePreface(in) || length > heldFrameBytesMax) {
      return pass(in, in.readableBytes());
    }
    if (in.readableBytes() < prefaceBytes + HEADER_BYTES + length) {
      return false;
    }
    state = State.HEADER;
    return pass(in, prefaceBytes + HEADER_BYTES + length);
  }

  private boolean startsLikePreface(ByteBuf in) {
    ByteBuf preface = Http2CodecUtil.connectionPrefaceBuf();
    int length = Math.min(prefaceBytes, in.readableBytes());
    for (int i = 0; i < length; i++) {
      if (in.getByte(in.readerIndex() + i) != preface.getByte(preface.readerIndex() + i)) {
        return false;
      }
    }
    return true;
  }

  private boolean readHeader(ByteBuf in) throws Exception {
    in.readBytes(header, Math.min(HEADER_BYTES - header.writerIndex(), in.readableBytes()));
    if (header.writerIndex() < HEADER_BYTES) {
      return false;
    }
    payloadBytes = header.getUnsignedMedium(0);
    flags = header.getUnsignedByte(4);
    int type = header.getByte(3);
    boolean inPieces = type == TYPE_DATA && (flags & FLAG_PADDED) == 0;
    controlFrames.received(type);
    if (endedHeaders()) {
      inHeaderBlock = (flags & FLAG_END_HEADERS) == 0;
    }
    if (payloadBytes == 0) {
      return passHeader();
    }
    if (payloadBytes > (inPieces ? Limits.FRAME_BYTES : heldFrameBytesMax)) {
      throw Http2Exception.connectionError(
          Http2Error.FRAME_SIZE_ERROR,
          "a frame of type %d with %d bytes; no more than %d are read",
          type,
          payloadBytes,
          inPieces ? Limits.FRAME_BYTES : heldFrameBytesMax);
    }
    state = inPieces ? State.DATA : State.WHOLE;
    return true;
  }

  /**
   * Passes on what has come of the payload as a frame of its own; END_STREAM waits for the last.
   */
  private boolean readData(ByteBuf in) throws Exception {
    int piece = Math.min(payloadBytes, in.readableBytes());
    payloadBytes -= piece;
    header.setMedium(0, piece);
    header.setByte(4, payloadBytes == 0 ? flags : flags & ~FLAG_END_STREAM);
    decoder.decode(header.duplicate());
    if (payloadBytes == 0) {
      header.clear();
      state = State.HEADER;
    }
    return pass(in, piece);
  }

  private boolean readWhole(ByteBuf in) throws Exception {
    if (in.readableBytes() < payloadBytes) {
      return false;
    }
    passHeader();
    return pass(in, payloadBytes);
  }

  private boolean passHeader() throws Exception {
    state = State.HEADER;
    finished += inHeaderBlock ? 0 : 1;
    decoder.decode(header.duplicate());
    header.clear();
    return true;
  }

  private boolean pass(ByteBuf in, int bytes) throws Exception {
    decoder.decode(in.readSlice(bytes));
    return true;
  }
}
