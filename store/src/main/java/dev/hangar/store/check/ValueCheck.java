package dev.hangar.store.check;

import dev.hangar.store.InvalidDataException;
import java.util.Arrays;

/**
 * The values in a body that say where others are, each held against what is there: offsets, sizes,
 * views, type ids, dictionary indices and run ends (Arrow columnar format, "Physical Memory
 * Layout").
 *
 * <p>Numbers and bytes that mean nothing to the layout are not read, and what is compressed cannot
 * be. Null values may hold anything but in offsets, which have to rise all the same. Blocks are
 * looked at by {@link Scan}; only where one is suspect are its values looked at one by one.
 *
 * <p>For one thread; used again for the next field.
 */
final class ValueCheck {
  /** Longer views lie in another buffer. */
  private static final int INLINE_BYTES = 12;

  private static final int VIEW_BYTES = 16;
  private static final int VIEW_INTS = VIEW_BYTES / Integer.BYTES;
  private static final int VIEW_BUFFER = 2;
  private static final int VIEW_OFFSET = 3;

  /** The length of a union's child that no type id stands for. */
  private static final int UNDECLARED = Integer.MIN_VALUE;

  private static final int TYPE_IDS = 256;

  private final Place place;
  private final BodyBuffers buffers;
  private final BufferValues values = new BufferValues();
  private final BufferValues others = new BufferValues();
  private long[] viewed = {};
  private final int[] childLengths = new int[TYPE_IDS];

  ValueCheck(Place place, BodyBuffers buffers) {
    this.place = place;
    this.buffers = buffers;
  }

  /** The bitmap in {@code buffer}, which has as many nulls as its field node says. */
  Validity validity(int buffer, long length, long nulls) {
    if (buffers.bytes(buffer) == 0) {
      return Validity.ALL;
    }
    if (!buffers.isPlain(buffer)) {
      return nulls == 0 ? Validity.ALL : Validity.UNKNOWN;
    }
    long start = buffers.start(buffer);
    long found = length - Validity.count(buffers.body(), start, length);
    if (found != nulls) {
      throw place.refused("%d nulls announced, validity has %d", nulls, found);
    }
    return nulls == 0 ? Validity.ALL : new Validity(buffers.body(), start);
  }

  /** Offsets into {@code end} things: not negative, never backwards, not past the end. */
  void offsets(int buffer, long length, int width, long end) {
    if (length == 0 || !buffers.isPlain(buffer)) {
      return;
    }
    open(values, buffer, width, false);
    open(others, buffer, width, false);
    requireRise("offset", length, 0);
    long last = values.at(length);
    if (last > end) {
      throw place.refused("offset %d at position %d, past the end at %d", last, length, end);
    }
  }

  /** Run ends: above zero, rising, the last one not before the parent's length. */
  void runEnds(int buffer, long count, int width, long length) {
    if (count == 0 || !buffers.isPlain(buffer)) {
      return;
    }
    open(values, buffer, width, false);
    open(others, buffer, width, false);
    if (values.at(0) == 0) {
      throw place.refused("run end 0 at position 0, not above zero");
    }
    requireRise("run end", count - 1, 1);
    long last = values.at(count - 1);
    if (last < length) {
      throw place.refused(
          "run end %d at position %d, the last, is before the length %d", last, count - 1, length);
    }
  }

  private void requireRise(String what, long steps, int least) {
    long first = values.at(0);
    if (first < 0) {
      throw place.refused("%s %d at position 0, a negative number", what, first);
    }
    for (long at = 0; at < steps; at += BufferValues.BLOCK) {
      int count = block(steps, at);
      boolean falls =
          values.width() == Long.BYTES
              ? Scan.falls(values.longs(at, count), others.longs(at + 1, count), count, least)
              : Scan.falls(values.ints(at, count), others.ints(at + 1, count), count, least);
      if (falls) {
        throw fall(what, at, least);
      }
    }
  }

  private InvalidDataException fall(String what, long from, int least) {
    long at = from + 1;
    while (values.at(at) >= 0 && values.at(at) - values.at(at - 1) >= least) {
      at++;
    }
    return place.refused(
        "%s %d at position %d, the one before it is %d",
        what, values.at(at), at, values.at(at - 1));
  }

  /** Stretches of a child with {@code end} values. */
  void listViews(int offsets, int sizes, Validity validity, long length, int width, long end) {
    if (isHidden(validity) || !buffers.isPlain(offsets) || !buffers.isPlain(sizes)) {
      return;
    }
    open(values, offsets, width, false);
    open(others, sizes, width, false);
    for (long at = 0; at < length; at += BufferValues.BLOCK) {
      int count = block(length, at);
      boolean leaves =
          width == Long.BYTES
              ? Scan.leaves(values.longs(at, count), others.longs(at, count), count, end)
              : Scan.leaves(values.ints(at, count), others.ints(at, count), count, (int) end);
      for (long i = at; leaves && i < at + count; i++) {
        if (validity.isValid(i)) {
          requireStretch(i, end);
        }
      }
    }
  }

  private void requireStretch(long i, long end) {
    long offset = values.at(i);
    long size = others.at(i);
    if (size < 0 || offset < 0 || size > end || offset > end - size) {
      throw place.refused(
          "offset %d and size %d at position %d, of %d values", offset, size, i, end);
    }
  }

  /** Views of bytes in themselves or in one of {@code count} buffers from {@code first} on. */
  void views(int buffer, Validity validity, long length, int first, int count) {
    if (isHidden(validity) || !buffers.isPlain(buffer)) {
      return;
    }
    viewed = viewed.length < count ? new long[count] : viewed;
    for (int i = 0; i < count; i++) {
      viewed[i] = buffers.bytes(first + i);
    }
    open(values, buffer, Integer.BYTES, false);
    int most = BufferValues.BLOCK / VIEW_INTS;
    for (long at = 0; at < length; at += most) {
      int views = (int) Math.min(length - at, most);
      int[] block = values.ints(at * VIEW_INTS, views * VIEW_INTS);
      for (int i = 0; i < views; i++) {
        if (block[i * VIEW_INTS] > INLINE_BYTES || block[i * VIEW_INTS] < 0) {
          requireView(block, i * VIEW_INTS, at + i, validity, count);
        }
      }
    }
  }

  private void requireView(int[] block, int view, long i, Validity validity, int count) {
    int bytes = block[view];
    int buffer = block[view + VIEW_BUFFER];
    int offset = block[view + VIEW_OFFSET];
    boolean isInside = bytes >= 0 && buffer >= 0 && buffer < count && offset >= 0;
    if ((isInside && (long) offset + bytes <= viewed[buffer]) || !validity.isValid(i)) {
      return;
    }
    if (bytes < 0) {
      throw place.refused("view of %d bytes at position %d", bytes, i);
    }
    if (buffer < 0 || buffer >= count) {
      throw place.refused("view of buffer %d of %d at position %d", buffer, count, i);
    }
    throw place.refused(
        "view at %d of %d bytes at position %d, buffer %d has %d",
        offset, bytes, i, buffer, viewed[buffer]);
  }

  /** Type ids of a union, each one that {@code field} declares. */
  void typeIds(FieldLayout field, int ids, Validity validity, long length) {
    if (isHidden(validity) || !buffers.isPlain(ids)) {
      return;
    }
    Arrays.fill(childLengths, UNDECLARED);
    field.typeIds().forEach(id -> childLengths[id] = 0);
    open(values, ids, Byte.BYTES, false);
    for (long at = 0; at < length; at += BufferValues.BLOCK) {
      int count = block(length, at);
      boolean leaves = Scan.leaves(values.bytes(at, count), count, childLengths);
      for (long i = at; leaves && i < at + count; i++) {
        if (childLengths[(int) values.at(i) & 0xff] < 0 && validity.isValid(i)) {
          throw place.refused(
              "type id %d at position %d, not one of %s", values.at(i), i, field.typeIds());
        }
      }
    }
  }

  /** A dense union's offsets, each within the child that its type id, checked before, names. */
  void unionOffsets(
      FieldLayout field, int ids, int offsets, Validity validity, long length, long[] lengths) {
    if (isHidden(validity) || !buffers.isPlain(ids) || !buffers.isPlain(offsets)) {
      return;
    }
    Arrays.fill(childLengths, 0);
    for (int i = 0; i < lengths.length; i++) {
      childLengths[field.typeIds().get(i)] = (int) lengths[i];
    }
    open(values, ids, Byte.BYTES, false);
    open(others, offsets, Integer.BYTES, false);
    for (long at = 0; at < length; at += BufferValues.BLOCK) {
      int count = block(length, at);
      boolean leaves =
          Scan.leaves(values.bytes(at, count), others.ints(at, count), count, childLengths);
      for (long i = at; leaves && i < at + count; i++) {
        if (validity.isValid(i)) {
          requireWithinChild(i);
        }
      }
    }
  }

  private void requireWithinChild(long i) {
    int end = childLengths[(int) values.at(i) & 0xff];
    long offset = others.at(i);
    if (offset < 0 || offset >= end) {
      throw place.refused(
          "offset %d at position %d, the child of type id %d has %d values",
          offset, i, values.at(i), end);
    }
  }

  /** Indices into a dictionary of {@code end} values. */
  void indices(FieldLayout field, int buffer, Validity validity, long length, long end) {
    int width = field.width();
    if (isHidden(validity) || !buffers.isPlain(buffer)) {
      return;
    }
    open(values, buffer, width, field.isUnsigned());
    for (long at = 0; at < length; at += BufferValues.BLOCK) {
      int count = block(length, at);
      boolean leaves = leaves(at, count, end, validity);
      for (long i = at; leaves && i < at + count; i++) {
        if ((values.at(i) < 0 || values.at(i) >= end) && validity.isValid(i)) {
          throw place.refused(
              "index %s at position %d, its dictionary has %d values", text(i, field), i, end);
        }
      }
    }
  }

  /** Of what is null only the block's copy is cleared. */
  private boolean leaves(long at, int count, long end, Validity validity) {
    if (values.width() == Long.BYTES) {
      long[] block = values.longs(at, count);
      return Scan.leaves(block, count, end - 1)
          && Scan.leaves(validity.clear(block, at, count), count, end - 1);
    }
    int[] block = values.ints(at, count);
    int last = (int) Math.min(end - 1, Integer.MAX_VALUE);
    return Scan.leaves(block, count, last)
        && Scan.leaves(validity.clear(block, at, count), count, last);
  }

  private String text(long i, FieldLayout field) {
    return field.isUnsigned() ? Long.toUnsignedString(values.at(i)) : Long.toString(values.at(i));
  }

  /** The highest index into a dictionary that may not have come yet, or -1 if there is none. */
  long highestIndex(FieldLayout field, int buffer, Validity validity, long length) {
    if (isHidden(validity) || !buffers.isPlain(buffer)) {
      return -1;
    }
    open(values, buffer, field.width(), field.isUnsigned());
    long highest = -1;
    for (long i = 0; i < length; i++) {
      if (validity.isValid(i)) {
        if (values.at(i) < 0) {
          throw place.refused("index %s at position %d, out of any range", text(i, field), i);
        }
        highest = Math.max(highest, values.at(i));
      }
    }
    return highest;
  }

  private static boolean isHidden(Validity validity) {
    return validity == Validity.UNKNOWN;
  }

  private void open(BufferValues numbers, int buffer, int width, boolean isUnsigned) {
    numbers.of(buffers.body(), buffers.start(buffer), width, isUnsigned);
  }

  private static int block(long length, long at) {
    return (int) Math.min(length - at, BufferValues.BLOCK);
  }
}
