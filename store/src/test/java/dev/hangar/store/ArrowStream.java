package dev.hangar.store;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.VectorUnloader;
import org.apache.arrow.vector.complex.DenseUnionVector;
import org.apache.arrow.vector.complex.RunEndEncodedVector;
import org.apache.arrow.vector.complex.UnionVector;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.ipc.message.IpcOption;
import org.apache.arrow.vector.ipc.message.MessageSerializer;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/** The messages Arrow's own Java library writes for a table, as Flight carries them. */
public record ArrowStream(ByteBuffer schema, List<Message> batches) {
  /** One message: bare metadata, and the body it speaks of. */
  public record Message(ByteBuffer metadata, ByteBuffer body) {}

  public static ByteBuffer schema(Schema schema, IpcOption option) {
    return MessageSerializer.serializeMetadata(schema, option);
  }

  public static ByteBuffer schema(Field... fields) {
    return schema(new Schema(List.of(fields)), IpcOption.DEFAULT);
  }

  /** A stream of one batch with {@code rows} rows, all of them null or zero. */
  public static ArrowStream ofRows(Schema schema, int rows, IpcOption option) {
    try (var allocator = new RootAllocator();
        var root = VectorSchemaRoot.create(schema, allocator)) {
      root.getFieldVectors().forEach(FieldVector::allocateNew);
      root.getFieldVectors().forEach(vector -> setRows(vector, rows));
      root.setRowCount(rows);
      return new ArrowStream(schema(schema, option), List.of(batch(root, option)));
    }
  }

  private static void setRows(FieldVector vector, int rows) {
    vector.setValueCount(rows);
    if (vector instanceof RunEndEncodedVector runs && rows > 0) {
      ((IntVector) runs.getRunEndsVector()).setSafe(0, rows);
      runs.getChildrenFromFields().forEach(child -> child.setValueCount(1));
    }
    if (vector instanceof UnionVector union) { // its nulls are of type 0, which no field declares
      for (int row = 0; row < rows; row++) {
        union.getTypeBuffer().setByte(row, 4);
      }
    }
    if (vector instanceof DenseUnionVector union && rows > 0) {
      union.getTypeBuffer().setZero(0, rows);
      union.getOffsetBuffer().setZero(0, rows * Integer.BYTES);
      union.getChildrenFromFields().forEach(child -> child.setValueCount(1));
    }
  }

  public static Message batch(VectorSchemaRoot root, IpcOption option) {
    try (var batch = new VectorUnloader(root).getRecordBatch()) {
      return new Message(MessageSerializer.serializeMetadata(batch, option), body(batch));
    }
  }

  private static ByteBuffer body(ArrowRecordBatch batch) {
    int bytes = Math.toIntExact(batch.computeBodyLength());
    var body = ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
    var layout = batch.getBuffersLayout();
    for (int i = 0; i < layout.size(); i++) {
      ArrowBuf buffer = batch.getBuffers().get(i);
      var place = body.duplicate().position(Math.toIntExact(layout.get(i).getOffset()));
      place.put(buffer.nioBuffer(0, Math.toIntExact(layout.get(i).getSize())));
    }
    return body;
  }
}
