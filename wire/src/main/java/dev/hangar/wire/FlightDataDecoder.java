package dev.hangar.wire;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.hangar.wire.grpc.ErrorDetail;
import dev.hangar.wire.grpc.MessageDecoder;
import dev.hangar.wire.grpc.RetryAdvice;
import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import dev.hangar.wire.memory.Body;
import dev.hangar.wire.memory.BodyPool;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads FlightData as its bytes arrive, the body straight into its own memory: the socket reads
 * into it, or what was read with other bytes is copied there, once.
 *
 * <p>Fields may come in any order; unknown ones are skipped; of one that repeats the last counts;
 * an absent body is an empty one. Every length is the peer's claim: it must fit the message, and
 * memory is taken in steps, each no more than {@link #GROWTH} times what has arrived, or twice the
 * largest body that this caller has sent to its end: the batches of one stream are alike.
 */
final class FlightDataDecoder implements MessageDecoder<FlightData> {
  private static final int DESCRIPTOR = 1;
  private static final int HEADER = 2;
  private static final int APP_METADATA = 3;
  private static final int BODY = 1000;

  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int LENGTH_DELIMITED = 2;
  private static final int FIXED32 = 5;
  private static final int VARINT_BITS_MAX = 64;

  private static final int FIRST_METADATA_BYTES = 64 << 10;
  private static final int FIRST_BODY_BYTES = 256 << 10;
  private static final int GROWTH = 16;

  /**
   * Bodies of this size or more are read by reads of their own; smaller ones several at once, and
   * copied: a read costs more than that.
   */
  static final int LANDING_BODY_BYTES_MIN = 256 << 10;

  /** The last of a body is read with what follows it. */
  static final int LANDING_BYTES_MIN = 16 << 10;

  private static final byte[] NO_BYTES = {};
  private static final ByteBuffer EMPTY = ByteBuffer.wrap(NO_BYTES);

  private enum State {
    TAG,
    LENGTH,
    BYTES,
    SKIP,
    SKIP_VARINT
  }

  private final BodyPool pool;

  private State state = State.TAG;
  private int messageLeft;
  private long varint;
  private int varintBits;
  private int field;
  private int fieldBytes;
  private int fieldRead;
  private byte[] bytes = NO_BYTES;

  private @Nullable FlightDescriptor descriptor;
  private @Nullable ByteBuffer header;
  private @Nullable ByteBuffer appMetadata;
  private @Nullable Body body;
  private int bodyBytes;
  private int largestBodyBytes;

  FlightDataDecoder(BodyPool pool) {
    this.pool = pool;
  }

  @Override
  public void begin(int lengthBytes) {
    messageLeft = lengthBytes;
    state = State.TAG;
    varint = 0;
    varintBits = 0;
  }

  @Override
  public void read(ByteBuf piece) {
    messageLeft -= piece.readableBytes();
    while (piece.isReadable()) {
      switch (state) {
        case TAG -> readTag(piece);
        case LENGTH -> readLength(piece);
        case BYTES -> readBytes(piece);
        case SKIP -> skip(piece);
        case SKIP_VARINT -> skipVarint(piece);
      }
    }
  }

  /** The body's own memory, where enough of it is still to come for a read of its own. */
  @Override
  public @Nullable ByteBuf landing(int bytesMax) {
    Body begun = body;
    if (begun == null
        || state != State.BYTES
        || field != BODY
        || fieldBytes < LANDING_BODY_BYTES_MIN) {
      return null;
    }
    int bytes = Math.min(bytesMax, Math.min(fieldBytes, begun.capacityBytes()) - fieldRead);
    return bytes < LANDING_BYTES_MIN ? null : begun.landing(fieldRead, bytes);
  }

  @Override
  public FlightData end() {
    if (state != State.TAG || varintBits != 0) {
      throw malformed("ends inside field " + field);
    }
    Body memory = body;
    largestBodyBytes = Math.max(largestBodyBytes, Math.min(bodyBytes, Integer.MAX_VALUE / 2));
    var data =
        new FlightData(
            descriptor,
            header == null ? EMPTY : header,
            appMetadata,
            memory == null ? List.of() : List.of(memory.bytes(bodyBytes)),
            memory == null ? () -> {} : memory::close);
    body = null;
    forget();
    return data;
  }

  @Override
  public void abort() {
    releaseBody();
    forget();
  }

  @Override
  public void discard(FlightData message) {
    message.close();
  }

  private void forget() {
    descriptor = null;
    header = null;
    appMetadata = null;
    bodyBytes = 0;
    bytes = NO_BYTES;
  }

  private void releaseBody() {
    Body begun = body;
    body = null;
    bodyBytes = 0;
    if (begun != null) {
      begun.close();
    }
  }

  private void readTag(ByteBuf piece) {
    if (!readVarint(piece)) {
      return;
    }
    long tag = takeVarint();
    if (tag >>> 3 == 0 || tag >>> 32 != 0) {
      throw malformed("has field number " + Long.toUnsignedString(tag >>> 3));
    }
    field = (int) (tag >>> 3);
    switch ((int) tag & 7) {
      case VARINT -> state = State.SKIP_VARINT;
      case FIXED64 -> beginSkip(8, piece);
      case LENGTH_DELIMITED -> state = State.LENGTH;
      case FIXED32 -> beginSkip(4, piece);
      default -> throw malformed("has field " + field + " of wire type " + (tag & 7));
    }
  }

  private void readLength(ByteBuf piece) {
    if (!readVarint(piece)) {
      return;
    }
    long length = takeVarint();
    if (field == DESCRIPTOR || field == HEADER || field == APP_METADATA || field == BODY) {
      beginField(fits(length, piece));
    } else {
      beginSkip(length, piece);
    }
  }

  private void beginField(int length) {
    if (field != BODY && length > Limits.METADATA_BYTES) {
      throw new StatusException(
          StatusCode.INVALID_ARGUMENT,
          "FlightData: field "
              + field
              + " has "
              + length
              + " bytes; at most "
              + Limits.METADATA_BYTES
              + " are read");
    }
    fieldBytes = length;
    fieldRead = 0;
    if (field == BODY) {
      releaseBody();
      body = allocate(Math.min(length, Math.max(FIRST_BODY_BYTES, 2 * largestBodyBytes)));
    } else {
      bytes = length == 0 ? NO_BYTES : new byte[Math.min(length, FIRST_METADATA_BYTES)];
    }
    state = State.BYTES;
    if (length == 0) {
      finishField();
    }
  }

  private void readBytes(ByteBuf piece) {
    int more = Math.min(fieldBytes - fieldRead, piece.readableBytes());
    if (field == BODY) {
      bodyOf(fieldRead + more).write(fieldRead, piece.readSlice(more));
    } else {
      if (fieldRead + more > bytes.length) {
        bytes =
            Arrays.copyOf(
                bytes, (int) Math.min(fieldBytes, Math.max(fieldRead + more, 2L * bytes.length)));
      }
      piece.readBytes(bytes, fieldRead, more);
    }
    fieldRead += more;
    if (fieldRead == fieldBytes) {
      finishField();
    }
  }

  private void finishField() {
    state = State.TAG;
    switch (field) {
      case DESCRIPTOR -> descriptor = parseDescriptor();
      case HEADER -> header = view();
      case APP_METADATA -> appMetadata = fieldBytes == 0 ? null : view();
      default -> bodyBytes = fieldBytes;
    }
    bytes = NO_BYTES;
  }

  private ByteBuffer view() {
    return ByteBuffer.wrap(bytes, 0, fieldBytes).slice().order(ByteOrder.LITTLE_ENDIAN);
  }

  private FlightDescriptor parseDescriptor() {
    try {
      return Protos.descriptor(
          dev.hangar.wire.proto.FlightDescriptor.parser().parseFrom(bytes, 0, fieldBytes));
    } catch (InvalidProtocolBufferException e) {
      throw malformed("has a descriptor that is none: " + e.getMessage());
    }
  }

  /**
   * The body's memory with room for {@code needed} bytes: grown where the first guess was cautious.
   */
  private Body bodyOf(int needed) {
    Body current = body;
    if (current == null) {
      throw new IllegalStateException("no body was begun");
    }
    if (needed <= current.capacityBytes()) {
      return current;
    }
    Body larger =
        allocate(
            (int) Math.min(fieldBytes, Math.max(needed, (long) GROWTH * current.capacityBytes())));
    larger.copyFrom(current, fieldRead);
    current.close();
    body = larger;
    return larger;
  }

  private Body allocate(int length) {
    Body memory = pool.allocate(length);
    if (memory == null) {
      throw noMemory(length);
    }
    return memory;
  }

  /** Worth a retry, unless the message alone takes more than there may ever be. */
  private StatusException noMemory(int length) {
    long limit = pool.budget().limitBytes();
    var detail = ErrorDetail.of("OUT_OF_MEMORY").withHint("drop tables, or retry later");
    return new StatusException(
            StatusCode.RESOURCE_EXHAUSTED,
            "no memory for "
                + length
                + " more bytes: "
                + pool.budget().usedBytes()
                + " of the "
                + limit
                + " there may be are in use; drop tables, or retry later")
        .withDetail(
            fieldBytes > limit
                ? detail.withRetry(RetryAdvice.NEVER).withHint("send smaller batches")
                : detail.withRetryAfter(Limits.RETRY_TIME));
  }

  private void beginSkip(long length, ByteBuf piece) {
    fieldBytes = fits(length, piece);
    fieldRead = 0;
    state = fieldBytes == 0 ? State.TAG : State.SKIP;
  }

  private void skip(ByteBuf piece) {
    int more = Math.min(fieldBytes - fieldRead, piece.readableBytes());
    piece.skipBytes(more);
    fieldRead += more;
    if (fieldRead == fieldBytes) {
      state = State.TAG;
    }
  }

  private void skipVarint(ByteBuf piece) {
    if (readVarint(piece)) {
      takeVarint();
      state = State.TAG;
    }
  }

  /** A claimed length, which must fit what is left of the message. */
  private int fits(long length, ByteBuf piece) {
    if (length < 0 || length > (long) messageLeft + piece.readableBytes()) {
      throw malformed(
          "has field "
              + field
              + " of "
              + Long.toUnsignedString(length)
              + " bytes, and only "
              + ((long) messageLeft + piece.readableBytes())
              + " bytes left");
    }
    return (int) length;
  }

  /** Reads on in a varint; false where its end has not come yet. */
  private boolean readVarint(ByteBuf piece) {
    while (piece.isReadable()) {
      byte next = piece.readByte();
      if (varintBits >= VARINT_BITS_MAX) {
        throw malformed("has a varint of more than ten bytes");
      }
      varint |= (long) (next & 0x7f) << varintBits;
      varintBits += 7;
      if (next >= 0) {
        return true;
      }
    }
    return false;
  }

  private long takeVarint() {
    long value = varint;
    varint = 0;
    varintBits = 0;
    return value;
  }

  private static StatusException malformed(String what) {
    return new StatusException(StatusCode.INVALID_ARGUMENT, "FlightData: the message " + what);
  }
}
