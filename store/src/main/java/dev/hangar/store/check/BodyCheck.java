package dev.hangar.store.check;

import dev.hangar.store.InvalidDataException;
import dev.hangar.store.Limits;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
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
  private final Place place;
  private final Dictionaries dictionaries;
  private final BodyBuffers buffers;
  private final ValueCheck values;
  private final FieldNode node = new FieldNode();
  private final BitSet needed = new BitSet();
  private final Map<Integer, Long> reach = new HashMap<>();

  private RecordBatch batch = new RecordBatch();
  private boolean isDictionary;
  private int nextNode;
  private int nextView;

  BodyCheck(Place place, Dictionaries dictionaries) {
    this.place = place;
    this.dictionaries = dictionaries;
    this.buffers = new BodyBuffers(place);
    this.values = new ValueCheck(place, buffers);
  }

  /**
   * Checks one header and its body.
   *
   * @param body may be longer than {@code bodyBytes}; what is behind is not read
   * @param isDictionary whether it is values of a dictionary, whose indices into other dictionaries
   *     may be ahead of those
   * @return its rows
   * @throws InvalidDataException if a count, length, offset or index is not as it must be
   */
  long check(
      BatchLayout layout,
      RecordBatch batch,
      ByteBuffer body,
      long bodyBytes,
      boolean isDictionary) {
    this.batch = batch;
    this.isDictionary = isDictionary;
    needed.clear();
    reach.clear();
    nextNode = 0;
    nextView = 0;
    buffers.begin(batch, body, bodyBytes);
    checkCounts(layout);
    long rows = batch.length();
    if (rows < 0 || rows > Limits.BATCH_ROWS) {
      throw place.refused("it has %d rows, not 0 to %d", rows, Limits.BATCH_ROWS);
    }
    for (int i = 0; i < layout.columns().size(); i++) {
      var column = layout.columns().get(i);
      long length = field(column);
      if (length != rows) {
        place.enter(column);
        throw place.refused("%d values in a batch of %d rows", length, rows);
      }
    }
    return rows;
  }

  /** Dictionaries, by index, that values of the batch point into. */
  BitSet needed() {
    return needed;
  }

  /** How far the dictionary just checked points into others, by their index. */
  Map<Integer, Long> reach() {
    return reach;
  }

  private void checkCounts(BatchLayout layout) {
    if (batch.nodesLength() != layout.nodes()) {
      throw place.refused(
          "it has %d field nodes, its schema calls for %d", batch.nodesLength(), layout.nodes());
    }
    if (batch.variadicBufferCountsLength() != layout.views()) {
      throw place.refused(
          "it has %d variadic buffer counts, its schema has %d view fields",
          batch.variadicBufferCountsLength(), layout.views());
    }
    long buffers = layout.buffers();
    for (int i = 0; i < layout.views(); i++) {
      buffers += variadicBuffers(i);
    }
    if (batch.buffersLength() != buffers) {
      throw place.refused(
          "it has %d buffers, its schema calls for %d", batch.buffersLength(), buffers);
    }
  }

  private int variadicBuffers(int view) {
    long count = batch.variadicBufferCounts(view);
    if (count < 0 || count > batch.buffersLength()) {
      throw place.refused("variadic buffer count %d of %d buffers", count, batch.buffersLength());
    }
    return (int) count;
  }

  /** Checks a field and those under it, and tells its length. */
  private long field(FieldLayout field) {
    place.enter(field);
    batch.nodes(node, nextNode++);
    long length = node.length();
    long nulls = node.nullCount();
    if (length < 0 || length > Limits.BATCH_ROWS) {
      throw place.refused("%d values, not 0 to %d", length, Limits.BATCH_ROWS);
    }
    if (nulls < 0 || nulls > length) {
      throw place.refused("%d nulls among %d values", nulls, length);
    }
    if (field.isEncoded() && nulls < length) {
      needed.set(field.dictionary());
    }
    data(field, length, field.hasValidity() ? validity(length, nulls) : Validity.ALL);
    place.leave();
    return length;
  }

  private void data(FieldLayout field, long length, Validity validity) {
    int width = field.width();
    switch (field.form()) {
      case NULL -> {}
      case BITS -> buffers.take("values", bitmapBytes(length));
      case FIXED -> fixed(field, length, validity);
      case VARIABLE -> {
        int offsets = buffers.takeOffsets(length, width);
        int bytes = buffers.takeBytes();
        values.offsets(offsets, length, width, buffers.bytes(bytes));
      }
      case VIEW -> views(length, width, validity);
      case LIST -> {
        int offsets = buffers.takeOffsets(length, width);
        values.offsets(offsets, length, width, child(field, 0, 0));
      }
      case LIST_VIEW -> {
        int offsets = buffers.take("offsets", length * width);
        int sizes = buffers.take("sizes", length * width);
        values.listViews(offsets, sizes, validity, length, width, child(field, 0, 0));
      }
      case FIXED_SIZE_LIST -> child(field, 0, length * width);
      case STRUCT -> children(field, length);
      case SPARSE_UNION -> {
        typeIds(field, length, validity);
        children(field, length);
      }
      case DENSE_UNION -> {
        int ids = typeIds(field, length, validity);
        int offsets = buffers.take("offsets", length * width);
        values.unionOffsets(field, ids, offsets, validity, length, children(field, 0));
      }
      case RUN_END_ENCODED -> runs(field, length);
    }
  }

  private void fixed(FieldLayout field, long length, Validity validity) {
    int buffer = buffers.take("values", length * field.width());
    if (!field.isEncoded()) {
      return;
    }
    int dictionary = field.dictionary();
    if (isDictionary) {
      long highest = values.highestIndex(field, buffer, validity, length);
      reach.merge(dictionary, highest, Math::max);
    } else if (dictionaries.isKnown(dictionary)) {
      values.indices(field, buffer, validity, length, dictionaries.length(dictionary));
    }
  }

  private void views(long length, int width, Validity validity) {
    int views = buffers.take("views", length * width);
    int first = buffers.next();
    int count = variadicBuffers(nextView++);
    for (int left = count; left > 0; left--) {
      buffers.takeBytes();
    }
    values.views(views, validity, length, first, count);
  }

  private int typeIds(FieldLayout field, long length, Validity validity) {
    int ids = buffers.take("type ids", length);
    values.typeIds(field, ids, validity, length);
    return ids;
  }

  private void runs(FieldLayout field, long length) {
    var ends = field.children().get(0);
    int buffer = buffers.next() + (ends.hasValidity() ? 1 : 0);
    long count = child(field, 0, length == 0 ? 0 : 1);
    values.runEnds(buffer, count, ends.width(), length);
    child(field, 1, count);
  }

  /** Their lengths. */
  private long[] children(FieldLayout field, long least) {
    var lengths = new long[field.children().size()];
    for (int i = 0; i < lengths.length; i++) {
      lengths[i] = child(field, i, least);
    }
    return lengths;
  }

  private long child(FieldLayout field, int index, long least) {
    var child = field.children().get(index);
    long length = field(child);
    if (length < least) {
      place.enter(child);
      throw place.refused("%d values where its parent needs %d", length, least);
    }
    return length;
  }

  /** No nulls, and the bitmap may be left out. */
  private Validity validity(long length, long nulls) {
    boolean isAbsent = nulls == 0 && buffers.isNextEmpty();
    int bitmap = buffers.take("validity", isAbsent ? 0 : bitmapBytes(length));
    return values.validity(bitmap, length, nulls);
  }

  private static long bitmapBytes(long length) {
    return (length + Byte.SIZE - 1) / Byte.SIZE;
  }
}
