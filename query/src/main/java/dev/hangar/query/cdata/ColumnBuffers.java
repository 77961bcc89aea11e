package dev.hangar.query.cdata;

import dev.hangar.query.arrow.FieldShape;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.flatbuf.Buffer;
import org.apache.arrow.flatbuf.FieldNode;
import org.apache.arrow.flatbuf.RecordBatch;

/**
 * A column of a batch where it lies. Valid as long as the memory is.
 *
 * @param rows how many values it has
 * @param nulls how many of them are null; -1 where that is not known
 * @param buffers as its field's shape says, and as many more as a field of views has
 */
record ColumnBuffers(
    FieldShape shape,
    long rows,
    long nulls,
    List<MemorySegment> buffers,
    List<ColumnBuffers> children) {

  /** As many nulls as nobody has counted (Arrow C data interface, "null_count"). */
  private static final long UNKNOWN = -1;

  /** Whether its first buffer is there to be read. */
  boolean hasNulls() {
    return nulls != 0 && shape.hasValidity();
  }

  /**
   * Some of its rows, where they lie; of a column whose rows {@link RowTake} can take.
   *
   * @param from a multiple of 8, at which bits begin a byte
   */
  ColumnBuffers slice(long from, long count) {
    List<MemorySegment> sliced = new ArrayList<>(buffers);
    if (hasNulls()) {
      sliced.set(0, bits(buffers.getFirst(), from, count));
    }
    MemorySegment values = buffers.get(1);
    long bytes = shape.offsetBytes();
    if (bytes > 0) {
      sliced.set(1, values.asSlice(from * bytes, (count + 1) * bytes));
    } else if (shape.valueBits() == 1) {
      sliced.set(1, bits(values, from, count));
    } else {
      bytes = shape.valueBits() / Byte.SIZE;
      sliced.set(1, values.asSlice(from * bytes, count * bytes));
    }
    return new ColumnBuffers(shape, count, hasNulls() ? UNKNOWN : 0, sliced, children);
  }

  private static MemorySegment bits(MemorySegment all, long from, long count) {
    return all.asSlice(from / Byte.SIZE, (count + Byte.SIZE - 1) / Byte.SIZE);
  }

  /**
   * The columns with the numbers {@code wanted}, which ascend.
   *
   * @param fields of all columns
   * @param body of the message, uncompressed
   */
  static List<ColumnBuffers> of(
      RecordBatch batch, MemorySegment body, List<FieldShape> fields, List<Integer> wanted) {
    var walk = new Walk(batch, body);
    List<ColumnBuffers> columns = new ArrayList<>(wanted.size());
    for (int i = 0; columns.size() < wanted.size(); i++) {
      if (wanted.get(columns.size()) == i) {
        columns.add(walk.column(fields.get(i)));
      } else {
        walk.skip(fields.get(i));
      }
    }
    return columns;
  }

  /** Goes through a message, which has its nodes and buffers in the order of its fields. */
  private static final class Walk {
    private final RecordBatch batch;
    private final MemorySegment body;
    private final FieldNode node = new FieldNode();
    private final Buffer buffer = new Buffer();
    private int nodes;
    private int buffers;
    private int views;

    Walk(RecordBatch batch, MemorySegment body) {
      this.batch = batch;
      this.body = body;
    }

    void skip(FieldShape field) {
      nodes++;
      buffers += count(field);
      field.children().forEach(this::skip);
    }

    ColumnBuffers column(FieldShape field) {
      batch.nodes(node, nodes++);
      long rows = node.length();
      long nulls = node.nullCount();
      int count = count(field);
      List<MemorySegment> own = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        batch.buffers(buffer, buffers++);
        own.add(body.asSlice(buffer.offset(), buffer.length()));
      }
      List<ColumnBuffers> children = field.children().stream().map(this::column).toList();
      return new ColumnBuffers(field, rows, nulls, own, children);
    }

    private int count(FieldShape field) {
      int more = field.isView() ? Math.toIntExact(batch.variadicBufferCounts(views++)) : 0;
      return field.buffers().size() + more;
    }
  }
}
