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
 * @param nulls how many of them are null
 * @param buffers as its field's shape says, and as many more as a field of views has
 */
record ColumnBuffers(
    FieldShape shape,
    long rows,
    long nulls,
    List<MemorySegment> buffers,
    List<ColumnBuffers> children) {

  /** Whether its first buffer is there to be read. */
  boolean hasNulls() {
    return nulls > 0 && shape.hasValidity();
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
