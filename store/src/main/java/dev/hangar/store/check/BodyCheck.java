package dev.hangar.store.check;

import dev.hangar.store.InvalidDataException;
import dev.hangar.store.Limits;
import dev.hangar.store.Quoted;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;
import java.util.stream.Collectors;
import org.apache.arrow.flatbuf.BodyCompression;
import org.apache.arrow.flatbuf.BodyCompressionMethod;
import org.apache.arrow.flatbuf.Buffer;
import org.apache.arrow.flatbuf.CompressionType;
import org.apache.arrow.flatbuf.FieldNode;
import org.apache.arrow.flatbuf.RecordBatch;

/**
 * One {@code RecordBatch} header held against the layout it must have and the body it speaks of.
 *
 * <p>Nodes and buffers stand in the flatbuffer in the order of a walk through the fields, parents
 * before children (Arrow columnar format, "RecordBatch message"); this is that walk. For one
 * thread; used again for the next batch.
 */
final class BodyCheck {
  private static final int ALIGNMENT_BYTES = 8;

  /** Each compressed buffer begins with its uncompressed length. */
  private static final int COMPRESSED_PREFIX_BYTES = 8;

  private final FieldNode node = new FieldNode();
  private final Buffer buffer = new Buffer();
  private final BodyCompression compression = new BodyCompression();
  private final BitSet needed = new BitSet();
  private final Deque<FieldLayout> path = new ArrayDeque<>();

  private String where = "";
  private RecordBatch batch = new RecordBatch();
  private long bodyBytes;
  private boolean compressed;
  private int nextNode;
  private int nextBuffer;
  private int nextView;

  /**
   * Checks one header.
   *
   * @param where names the batch in messages
   * @return its rows
   * @throws InvalidDataException if a count, length or offset is not as it must be
   */
  long check(String where, BatchLayout layout, RecordBatch batch, long bodyBytes) {
    this.where = where;
    this.batch = batch;
    this.bodyBytes = bodyBytes;
    begin();
    checkCounts(layout);
    long rows = batch.length();
    if (rows < 0 || rows > Limits.BATCH_ROWS) {
      throw refused("it has %d rows, not 0 to %d", rows, Limits.BATCH_ROWS);
    }
    for (int i = 0; i < layout.columns().size(); i++) {
      var column = layout.columns().get(i);
      long length = field(column);
      if (length != rows) {
        path.push(column);
        throw refused("%d values in a batch of %d rows", length, rows);
      }
    }
    return rows;
  }

  /** Dictionaries, by index, that values of the batch point into. */
  BitSet needed() {
    return needed;
  }

  private void begin() {
    path.clear();
    needed.clear();
    nextNode = 0;
    nextBuffer = 0;
    nextView = 0;
    compressed = batch.compression(compression) != null;
    if (compressed) {
      checkCompression();
    }
  }

  private void checkCompression() {
    byte codec = compression.codec();
    if (codec != CompressionType.LZ4_FRAME && codec != CompressionType.ZSTD) {
      throw refused("it is compressed with unknown codec %d, not LZ4 (0) or ZSTD (1)", codec);
    }
    if (compression.method() != BodyCompressionMethod.BUFFER) {
      throw refused("it is compressed by unknown method %d", compression.method());
    }
  }

  private void checkCounts(BatchLayout layout) {
    if (batch.nodesLength() != layout.nodes()) {
      throw refused(
          "it has %d field nodes, its schema calls for %d", batch.nodesLength(), layout.nodes());
    }
    if (batch.variadicBufferCountsLength() != layout.views()) {
      throw refused(
          "it has %d variadic buffer counts, its schema has %d view fields",
          batch.variadicBufferCountsLength(), layout.views());
    }
    long buffers = layout.buffers();
    for (int i = 0; i < layout.views(); i++) {
      buffers += variadicBuffers(i);
    }
    if (batch.buffersLength() != buffers) {
      throw refused("it has %d buffers, its schema calls for %d", batch.buffersLength(), buffers);
    }
  }

  private int variadicBuffers(int view) {
    long count = batch.variadicBufferCounts(view);
    if (count < 0 || count > batch.buffersLength()) {
      throw refused("variadic buffer count %d of %d buffers", count, batch.buffersLength());
    }
    return (int) count;
  }

  /** Checks a field and those under it, and tells its length. */
  private long field(FieldLayout field) {
    path.push(field);
    batch.nodes(node, nextNode++);
    long length = node.length();
    long nulls = node.nullCount();
    if (length < 0 || length > Limits.BATCH_ROWS) {
      throw refused("%d values, not 0 to %d", length, Limits.BATCH_ROWS);
    }
    if (nulls < 0 || nulls > length) {
      throw refused("%d nulls among %d values", nulls, length);
    }
    if (field.isEncoded() && nulls < length) {
      needed.set(field.dictionary());
    }
    if (field.hasValidity()) {
      validity(length, nulls);
    }
    data(field, length);
    path.pop();
    return length;
  }

  private void data(FieldLayout field, long length) {
    int width = field.width();
    switch (field.form()) {
      case NULL -> {}
      case BITS -> buffer("values", bitmapBytes(length));
      case FIXED -> buffer("values", length * width);
      case VARIABLE -> {
        buffer("offsets", offsetBytes(length, width));
        buffer("bytes", 0);
      }
      case VIEW -> views(length * width);
      case LIST -> {
        buffer("offsets", offsetBytes(length, width));
        child(field, 0, 0);
      }
      case LIST_VIEW -> {
        buffer("offsets", length * width);
        buffer("sizes", length * width);
        child(field, 0, 0);
      }
      case FIXED_SIZE_LIST -> child(field, 0, length * width);
      case STRUCT -> children(field, length);
      case SPARSE_UNION -> {
        buffer("type ids", length);
        children(field, length);
      }
      case DENSE_UNION -> {
        buffer("type ids", length);
        buffer("offsets", length * width);
        children(field, 0);
      }
      case RUN_END_ENCODED -> runs(field, length);
    }
  }

  private void views(long bytes) {
    buffer("views", bytes);
    for (int left = variadicBuffers(nextView++); left > 0; left--) {
      buffer("bytes", 0);
    }
  }

  private void runs(FieldLayout field, long length) {
    long ends = child(field, 0, length == 0 ? 0 : 1);
    child(field, 1, ends);
  }

  private void children(FieldLayout field, long least) {
    for (int i = 0; i < field.children().size(); i++) {
      child(field, i, least);
    }
  }

  private long child(FieldLayout field, int index, long least) {
    var child = field.children().get(index);
    long length = field(child);
    if (length < least) {
      path.push(child);
      throw refused("%d values where its parent needs %d", length, least);
    }
    return length;
  }

  /** No nulls, and the bitmap may be left out. */
  private void validity(long length, long nulls) {
    batch.buffers(buffer, nextBuffer);
    boolean isAbsent = nulls == 0 && buffer.length() == 0;
    buffer("validity", isAbsent ? 0 : bitmapBytes(length));
  }

  private void buffer(String name, long least) {
    batch.buffers(buffer, nextBuffer++);
    long offset = buffer.offset();
    long length = buffer.length();
    if (offset < 0 || length < 0 || offset > bodyBytes - length) {
      throw refused("%s at %d of %d bytes, body has %d", name, offset, length, bodyBytes);
    }
    if (length > 0 && offset % ALIGNMENT_BYTES != 0) {
      throw refused("%s at %d, not a multiple of %d", name, offset, ALIGNMENT_BYTES);
    }
    if (compressed) {
      least = least > 0 || length > 0 ? COMPRESSED_PREFIX_BYTES : 0;
    }
    if (length < least) {
      throw refused("%s of %d bytes, needs %d", name, length, least);
    }
  }

  private static long bitmapBytes(long length) {
    return (length + Byte.SIZE - 1) / Byte.SIZE;
  }

  /** One offset more than values; none at all where there is nothing. */
  private static long offsetBytes(long length, int width) {
    return length == 0 ? 0 : (length + 1) * width;
  }

  @SuppressWarnings("AnnotateFormatMethod") // the annotation would be a dependency of its own
  private InvalidDataException refused(String what, Object... values) {
    return new InvalidDataException(where + column() + ": " + what.formatted(values));
  }

  private String column() {
    if (path.isEmpty()) {
      return "";
    }
    var names = path.reversed().stream().map(FieldLayout::name).collect(Collectors.joining("."));
    return ", column " + Quoted.of(names);
  }
}
