package dev.hangar.query.arrow;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.VectorUnloader;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.ipc.message.IpcOption;
import org.apache.arrow.vector.ipc.message.MessageSerializer;
import org.jspecify.annotations.Nullable;

/**
 * A reader's rows as messages that hold the vectors' own buffers: nothing is copied. Columns have
 * no dictionaries. One thread at a time.
 */
public final class RowMessages {
  private static final int ALIGNMENT_BYTES = 8;
  private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(ALIGNMENT_BYTES);

  /**
   * One message. {@code release} gives its buffers back: once, on any thread.
   *
   * @param metadata a bare IPC message
   * @param body pieces that lie one behind the other, each padded to 8 bytes
   */
  public record Rows(
      ByteBuffer metadata, List<ByteBuffer> body, long rows, long bodyBytes, Runnable release) {}

  private final ArrowReader reader;
  private final VectorSchemaRoot root;
  private final long mostBytes;
  private final Deque<ArrowRecordBatch> halves = new ArrayDeque<>();

  /**
   * Messages of what {@code reader} will read, which stays the caller's.
   *
   * @param mostBytes of a body, where it has more rows than one
   */
  public RowMessages(ArrowReader reader, long mostBytes) throws IOException {
    this.reader = reader;
    this.root = reader.getVectorSchemaRoot();
    this.mostBytes = mostBytes;
  }

  /**
   * The next message; null behind the last.
   *
   * @throws IOException it can't be read on, or one row has 2 GiB
   */
  public @Nullable Rows next() throws IOException {
    if (halves.isEmpty()) {
      if (!reader.loadNextBatch()) {
        return null;
      }
      split(root);
    }
    return message(halves.removeFirst());
  }

  /** Gives back what was made and not taken. */
  public void close() {
    halves.forEach(ArrowRecordBatch::close);
    halves.clear();
  }

  private void split(VectorSchemaRoot rows) {
    ArrowRecordBatch batch = new VectorUnloader(rows).getRecordBatch();
    if (batch.computeBodyLength() <= mostBytes || rows.getRowCount() < 2) {
      halves.add(batch);
      return;
    }
    batch.close();
    int half = rows.getRowCount() / 2;
    try (VectorSchemaRoot first = rows.slice(0, half);
        VectorSchemaRoot second = rows.slice(half, rows.getRowCount() - half)) {
      split(first);
      split(second);
    }
  }

  private static Rows message(ArrowRecordBatch batch) throws IOException {
    long bytes = batch.computeBodyLength();
    if (bytes > Integer.MAX_VALUE - (1 << 20)) {
      batch.close();
      throw new IOException("a row has " + bytes + " bytes, and one message holds less than 2 GiB");
    }
    return new Rows(
        MessageSerializer.serializeMetadata(batch, IpcOption.DEFAULT),
        pieces(batch),
        batch.getLength(),
        bytes,
        batch::close);
  }

  private static List<ByteBuffer> pieces(ArrowRecordBatch batch) {
    List<ByteBuffer> pieces = new ArrayList<>();
    for (ArrowBuf buffer : batch.getBuffers()) {
      int bytes = Math.toIntExact(buffer.readableBytes());
      if (bytes > 0) {
        pieces.add(buffer.nioBuffer(buffer.readerIndex(), bytes));
      }
      int over = bytes % ALIGNMENT_BYTES;
      if (over > 0) {
        pieces.add(ZEROS.slice(0, ALIGNMENT_BYTES - over));
      }
    }
    return pieces;
  }
}
