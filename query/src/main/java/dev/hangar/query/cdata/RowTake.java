package dev.hangar.query.cdata;

import dev.hangar.query.arrow.FieldShape;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.ArrowBuf;

/** Some rows of columns, copied (what Arrow's compute functions call "take"). For one thread. */
final class RowTake {
  private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;

  /** Each buffer begins at a multiple of that (Arrow columnar format, "Buffer Alignment"). */
  private static final long ALIGNMENT = 64;

  private final SelectedRows rows;
  private final MemorySegment memory;
  private long end;

  /**
   * @param memory of at least {@link #bytes}
   */
  @SuppressWarnings("restricted")
  RowTake(SelectedRows rows, ArrowBuf memory) {
    this.rows = rows;
    this.memory = MemorySegment.ofAddress(memory.memoryAddress()).reinterpret(memory.capacity());
  }

  /** Whether it can be done to such a field: to all but nested ones. */
  static boolean canBe(FieldShape field) {
    int bits = field.valueBits();
    return bits == 1 || (bits > 0 && bits % Byte.SIZE == 0) || field.offsetBytes() > 0;
  }

  /** How many bytes the rows take. */
  static long bytes(SelectedRows rows, List<ColumnBuffers> columns) {
    return columns.stream().mapToLong(column -> bytes(rows, column)).sum();
  }

  private static long bytes(SelectedRows rows, ColumnBuffers column) {
    FieldShape field = column.shape();
    long bytes = column.hasNulls() ? padded(bitmapBytes(rows.count())) : 0;
    if (field.offsetBytes() == 0) {
      return bytes + padded((long) rows.count() * field.valueBits() / Byte.SIZE + 1);
    }
    bytes += padded((rows.count() + 1L) * field.offsetBytes());
    long values = 0;
    for (int i = 0; i < rows.count(); i++) {
      values += offset(column, rows.row(i) + 1L) - offset(column, rows.row(i));
    }
    return bytes + padded(values);
  }

  private static long padded(long bytes) {
    return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  private static long bitmapBytes(long bits) {
    return (bits + Byte.SIZE - 1) / Byte.SIZE;
  }

  private static long offset(ColumnBuffers column, long at) {
    MemorySegment offsets = column.buffers().get(1);
    return column.shape().offsetBytes() == Integer.BYTES
        ? offsets.getAtIndex(INT, at)
        : offsets.getAtIndex(LONG, at);
  }

  ColumnBuffers of(ColumnBuffers column) {
    List<MemorySegment> buffers = new ArrayList<>(column.buffers());
    long nulls = 0;
    if (column.hasNulls()) {
      MemorySegment validity = bits(column.buffers().getFirst());
      nulls = rows.count() - ones(validity);
      buffers.set(0, validity);
    }
    if (column.shape().offsetBytes() > 0) {
      anyLength(column, buffers);
    } else {
      buffers.set(1, values(column.buffers().get(1), column.shape().valueBits()));
    }
    return new ColumnBuffers(column.shape(), rows.count(), nulls, buffers, List.of());
  }

  private MemorySegment values(MemorySegment from, int bits) {
    return switch (bits) {
      case 1 -> bits(from);
      case Integer.SIZE -> ints(from);
      case Long.SIZE -> longs(from);
      default -> wide(from, bits / Byte.SIZE);
    };
  }

  private MemorySegment ints(MemorySegment from) {
    MemorySegment to = take((long) rows.count() * Integer.BYTES);
    for (int i = 0; i < rows.count(); i++) {
      to.setAtIndex(INT, i, from.getAtIndex(INT, rows.row(i)));
    }
    return to;
  }

  private MemorySegment longs(MemorySegment from) {
    MemorySegment to = take((long) rows.count() * Long.BYTES);
    for (int i = 0; i < rows.count(); i++) {
      to.setAtIndex(LONG, i, from.getAtIndex(LONG, rows.row(i)));
    }
    return to;
  }

  private MemorySegment wide(MemorySegment from, long bytes) {
    MemorySegment to = take(rows.count() * bytes);
    for (int i = 0; i < rows.count(); i++) {
      MemorySegment.copy(from, rows.row(i) * bytes, to, i * bytes, bytes);
    }
    return to;
  }

  private MemorySegment bits(MemorySegment from) {
    MemorySegment to = take(bitmapBytes(rows.count()));
    to.fill((byte) 0);
    for (int i = 0; i < rows.count(); i++) {
      int row = rows.row(i);
      int bit = from.get(BYTE, row >> 3) >> (row & 7) & 1;
      to.set(BYTE, i >> 3, (byte) (to.get(BYTE, i >> 3) | bit << (i & 7)));
    }
    return to;
  }

  private static long ones(MemorySegment bits) {
    long ones = 0;
    for (long i = 0; i < bits.byteSize(); i++) {
      ones += Integer.bitCount(bits.get(BYTE, i) & 0xff);
    }
    return ones;
  }

  private void anyLength(ColumnBuffers column, List<MemorySegment> buffers) {
    MemorySegment values = column.buffers().get(2);
    int bytes = column.shape().offsetBytes();
    MemorySegment offsets = take((rows.count() + 1L) * bytes);
    setOffset(offsets, 0, 0, bytes);
    long from = end;
    for (int i = 0; i < rows.count(); i++) {
      long begin = offset(column, rows.row(i));
      long length = offset(column, rows.row(i) + 1L) - begin;
      MemorySegment.copy(values, begin, memory, end, length);
      end += length;
      setOffset(offsets, i + 1L, end - from, bytes);
    }
    buffers.set(1, offsets);
    buffers.set(2, memory.asSlice(from, end - from));
    end = padded(end);
  }

  private static void setOffset(MemorySegment offsets, long at, long value, int bytes) {
    if (bytes == Integer.BYTES) {
      offsets.setAtIndex(INT, at, (int) value);
    } else {
      offsets.setAtIndex(LONG, at, value);
    }
  }

  private MemorySegment take(long bytes) {
    MemorySegment taken = memory.asSlice(end, bytes);
    end += padded(bytes);
    return taken;
  }
}
