package dev.hangar.store.check;

import dev.hangar.store.Limits;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.apache.arrow.flatbuf.BodyCompression;
import org.apache.arrow.flatbuf.BodyCompressionMethod;
import org.apache.arrow.flatbuf.Buffer;
import org.apache.arrow.flatbuf.CompressionType;
import org.apache.arrow.flatbuf.RecordBatch;

/**
 * The buffers of one {@code RecordBatch}, taken one after the other and each held against the body
 * it lies in (Arrow {@code Message.fbs}).
 *
 * <p>A buffer is afterwards spoken of by its index. For one thread; used again for the next batch.
 */
final class BodyBuffers {
  /** The index of a buffer that is not there. */
  static final int NONE = -1;

  private static final int ALIGNMENT_BYTES = 8;

  private final Place place;
  private final Buffer buffer = new Buffer();
  private final BodyCompression compression = new BodyCompression();

  private RecordBatch batch = new RecordBatch();
  private MemorySegment body = MemorySegment.NULL;
  private long bodyBytes;
  private int codec = CompressedBuffer.NO_CODEC;
  private int next;

  BodyBuffers(Place place) {
    this.place = place;
  }

  /** Begins with the first buffer of {@code batch}, whose body is the first bytes of this one. */
  void begin(RecordBatch batch, ByteBuffer body, long bodyBytes) {
    this.batch = batch;
    this.body = MemorySegment.ofBuffer(body);
    this.bodyBytes = bodyBytes;
    next = 0;
    codec = batch.compression(compression) == null ? CompressedBuffer.NO_CODEC : codec();
  }

  private int codec() {
    byte codec = compression.codec();
    if (codec != CompressionType.LZ4_FRAME && codec != CompressionType.ZSTD) {
      throw place.refused("it is compressed with unknown codec %d, not LZ4 (0) or ZSTD (1)", codec);
    }
    if (compression.method() != BodyCompressionMethod.BUFFER) {
      throw place.refused("it is compressed by unknown method %d", compression.method());
    }
    return codec;
  }

  /** The index of the buffer to be taken next. */
  int next() {
    return next;
  }

  /** Whether the next buffer has no bytes at all. */
  boolean isNextEmpty() {
    batch.buffers(buffer, next);
    return buffer.length() == 0;
  }

  /** Takes the next buffer, which holds {@code least} bytes and hardly more; its index. */
  int take(String name, long least) {
    return take(name, least, least + Limits.BUFFER_PADDING_BYTES);
  }

  /** Takes the next buffer, which holds bytes, any number of them; its index. */
  int takeBytes() {
    return take("bytes", 0, Limits.BUFFER_BYTES);
  }

  /**
   * Takes the next buffer, one more offset than values; its index. Where there are no values there
   * need be no offset, but Arrow C++ writes those of the array that an empty slice was cut from.
   */
  int takeOffsets(long length, int width) {
    return length == 0
        ? take("offsets", 0, Limits.BUFFER_BYTES)
        : take("offsets", (length + 1) * width);
  }

  private int take(String name, long least, long most) {
    batch.buffers(buffer, next);
    long offset = buffer.offset();
    long length = buffer.length();
    if (offset < 0 || length < 0 || offset > bodyBytes - length) {
      throw place.refused("%s at %d of %d bytes, body has %d", name, offset, length, bodyBytes);
    }
    if (length > 0 && offset % ALIGNMENT_BYTES != 0) {
      throw place.refused("%s at %d, not a multiple of %d", name, offset, ALIGNMENT_BYTES);
    }
    boolean isCompressed = codec != CompressedBuffer.NO_CODEC;
    long needed = !isCompressed ? least : least + length > 0 ? CompressedBuffer.PREFIX_BYTES : 0;
    if (length < needed) {
      throw place.refused("%s of %d bytes, needs %d", name, length, needed);
    }
    if (isCompressed && length > 0) {
      CompressedBuffer.check(body.asSlice(offset, length), codec, name, least, most, place);
    }
    return next++;
  }

  /** The body, which {@link #start} counts in. */
  MemorySegment body() {
    return body;
  }

  /** Whether what a reader will see of the buffer stands in the body as it is. */
  boolean isPlain(int index) {
    batch.buffers(buffer, index);
    return codec == CompressedBuffer.NO_CODEC
        || buffer.length() == 0
        || claim() == CompressedBuffer.NOT_COMPRESSED;
  }

  /** The place in the body of a plain buffer's first byte. */
  long start(int index) {
    batch.buffers(buffer, index);
    return buffer.offset() + prefixBytes();
  }

  /** Bytes of the buffer as a reader will see it. */
  long bytes(int index) {
    batch.buffers(buffer, index);
    long plain = buffer.length() - prefixBytes();
    return prefixBytes() == 0 || claim() == CompressedBuffer.NOT_COMPRESSED ? plain : claim();
  }

  private int prefixBytes() {
    boolean hasPrefix = codec != CompressedBuffer.NO_CODEC && buffer.length() > 0;
    return hasPrefix ? CompressedBuffer.PREFIX_BYTES : 0;
  }

  private long claim() {
    return body.get(CompressedBuffer.LONG, buffer.offset());
  }
}
