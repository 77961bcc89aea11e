package dev.hangar.query.arrow;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.ipc.message.ArrowFieldNode;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.types.pojo.Field;

/**
 * Some columns of a record batch: which of its nodes and buffers are theirs (Arrow columnar format,
 * "Recordbatch message": both lie in the order of a walk through the fields, each before its
 * children). Immutable.
 */
final class BatchColumns {
  private final List<FieldShape> fields;
  private final Set<Integer> columns;

  /**
   * @param fields of the batches, as messages have them
   * @param columns the numbers of those wanted
   */
  BatchColumns(List<Field> fields, List<Integer> columns) {
    this.fields = fields.stream().map(FieldShape::of).toList();
    this.columns = Set.copyOf(columns);
  }

  /** A batch of the wanted columns alone; both have to be closed. */
  ArrowRecordBatch of(ArrowRecordBatch all) {
    var walk =
        new Walk(
            all.getNodes().iterator(),
            all.getBuffers().iterator(),
            all.getVariadicBufferCounts().iterator());
    for (int i = 0; i < fields.size(); i++) {
      walk.field(fields.get(i), columns.contains(i));
    }
    return new ArrowRecordBatch(
        all.getLength(),
        walk.nodes,
        walk.buffers,
        all.getBodyCompression(),
        walk.variadicCounts,
        false);
  }

  private static final class Walk {
    private final Iterator<ArrowFieldNode> allNodes;
    private final Iterator<ArrowBuf> allBuffers;
    private final Iterator<Long> allVariadicCounts;
    private final List<ArrowFieldNode> nodes = new ArrayList<>();
    private final List<ArrowBuf> buffers = new ArrayList<>();
    private final List<Long> variadicCounts = new ArrayList<>();

    Walk(
        Iterator<ArrowFieldNode> nodes, Iterator<ArrowBuf> buffers, Iterator<Long> variadicCounts) {
      this.allNodes = nodes;
      this.allBuffers = buffers;
      this.allVariadicCounts = variadicCounts;
    }

    void field(FieldShape field, boolean isWanted) {
      ArrowFieldNode node = allNodes.next();
      if (isWanted) {
        nodes.add(node);
      }
      buffers(field.buffers().size(), isWanted);
      if (field.isView()) {
        long count = allVariadicCounts.next();
        buffers(Math.toIntExact(count), isWanted);
        if (isWanted) {
          variadicCounts.add(count);
        }
      }
      field.children().forEach(child -> field(child, isWanted));
    }

    private void buffers(int count, boolean areWanted) {
      for (int i = 0; i < count; i++) {
        ArrowBuf buffer = allBuffers.next();
        if (areWanted) {
          buffers.add(buffer);
        }
      }
    }
  }
}
