package dev.hangar.query.arrow;

import dev.hangar.store.Batch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.arrow.compression.CommonsCompressionFactory;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.ipc.message.ArrowDictionaryBatch;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.ipc.message.MessageSerializer;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * A table's messages as vectors, of some of its columns. Nothing is copied but what is compressed:
 * vectors lie where the messages' bodies do. The messages have been checked, as a store's are. One
 * thread at a time.
 */
public final class BatchReader extends ArrowReader {
  private final Schema schema;
  private final List<Integer> columns;
  private final BatchSource source;
  private final BatchColumns selection;
  private long bytesRead;

  /**
   * A reader of the columns with the numbers {@code columns}, which ascend.
   *
   * @param schema the table's whole schema, as the messages have it
   * @param source given up with the first of its loans that fails
   */
  public BatchReader(
      Schema schema, List<Integer> columns, BatchSource source, BufferAllocator allocator) {
    super(allocator, CommonsCompressionFactory.INSTANCE);
    this.schema = schema;
    this.columns = List.copyOf(columns);
    this.source = source;
    this.selection = new BatchColumns(schema.getFields(), this.columns);
  }

  /** The schema in a bare IPC message. */
  public static Schema schema(ByteBuffer message) {
    return SchemaMessage.schema(message);
  }

  @Override
  protected Schema readSchema() {
    List<Field> fields = schema.getFields();
    return new Schema(columns.stream().map(fields::get).toList(), schema.getCustomMetadata());
  }

  @Override
  public boolean loadNextBatch() throws IOException {
    prepareLoadNextBatch();
    for (BatchSource.Loan loan; (loan = source.next()) != null; ) {
      if (load(loan.batch(), loan.giveBack())) {
        return true;
      }
    }
    return false;
  }

  /** Takes a message in; whether it has rows. */
  private boolean load(Batch batch, Runnable giveBack) throws IOException {
    ByteBuffer metadata = batch.metadata();
    if (metadata == null) {
      giveBack.run();
      return false;
    }
    Message message = Message.getRootAsMessage(metadata);
    bytesRead += batch.bodyBytes();
    return switch (message.headerType()) {
      case MessageHeader.RecordBatch -> {
        try (ArrowRecordBatch all =
                MessageSerializer.deserializeRecordBatch(message, body(batch, giveBack));
            ArrowRecordBatch some = selection.of(all)) {
          loadRecordBatch(some);
        }
        yield true;
      }
      case MessageHeader.DictionaryBatch -> {
        try (ArrowDictionaryBatch values =
            MessageSerializer.deserializeDictionaryBatch(message, body(batch, giveBack))) {
          if (dictionaries.containsKey(values.getDictionaryId())) {
            loadDictionary(values);
          }
        }
        yield false;
      }
      default -> {
        giveBack.run();
        yield false;
      }
    };
  }

  private ArrowBuf body(Batch batch, Runnable giveBack) {
    return BorrowedBody.of(batch.body(), giveBack, allocator);
  }

  @Override
  public long bytesRead() {
    return bytesRead;
  }

  @Override
  protected void closeReadSource() {}
}
