package dev.hangar.query.arrow;

import dev.hangar.store.Batch;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.VectorUnloader;
import org.apache.arrow.vector.ipc.message.ArrowBuffer;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.ipc.message.IpcOption;
import org.apache.arrow.vector.ipc.message.MessageSerializer;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Vectors as messages of a table's stream. Buffers are copied into one body each, because what
 * computed them wants its memory back, while readers may hold a body for long. One thread at a
 * time.
 */
public final class BatchEncoder {
  private final VectorUnloader vectors;
  private final BodyMemory memory;

  /** Messages of what {@code root}, which has no dictionaries, will hold. */
  public BatchEncoder(VectorSchemaRoot root, BodyMemory memory) {
    this.vectors = new VectorUnloader(root);
    this.memory = memory;
  }

  /** A bare IPC message of a schema without dictionaries. */
  public static ByteBuffer schema(Schema schema) {
    return MessageSerializer.serializeMetadata(schema, IpcOption.DEFAULT);
  }

  /**
   * The rows that the vectors hold now; null where there is no memory for them.
   *
   * @throws IllegalArgumentException they have 2 GiB, which no body can hold
   */
  public @Nullable Batch encode() {
    try (ArrowRecordBatch rows = vectors.getRecordBatch()) {
      long bytes = rows.computeBodyLength();
      if (bytes > Integer.MAX_VALUE) {
        throw new IllegalArgumentException(
            "a batch of "
                + rows.getLength()
                + " rows has "
                + bytes
                + " bytes, and one body holds less than 2 GiB: make its values smaller");
      }
      BodyMemory.Room room = memory.allocate(Math.toIntExact(bytes));
      if (room == null) {
        return null;
      }
      ByteBuffer metadata = MessageSerializer.serializeMetadata(rows, IpcOption.DEFAULT);
      copy(rows, room.bytes().duplicate().order(ByteOrder.nativeOrder()));
      return new Batch(metadata, null, room.bytes(), room.giveBack()).withRows(rows.getLength());
    }
  }

  private static void copy(ArrowRecordBatch rows, ByteBuffer body) {
    List<ArrowBuf> buffers = rows.getBuffers();
    List<ArrowBuffer> layout = rows.getBuffersLayout();
    int start = body.position();
    for (int i = 0; i < buffers.size(); i++) {
      ArrowBuf buffer = buffers.get(i);
      zero(body, start + Math.toIntExact(layout.get(i).getOffset()));
      body.put(buffer.nioBuffer(buffer.readerIndex(), Math.toIntExact(buffer.readableBytes())));
    }
    zero(body, body.limit());
  }

  /** Memory has been used before: nobody is to see by whom. */
  private static void zero(ByteBuffer body, int to) {
    while (body.position() < to) {
      body.put((byte) 0);
    }
  }
}
