package dev.hangar.client;

import static dev.hangar.wire.Limits.DATA_MESSAGE_BYTES;
import static dev.hangar.wire.Limits.METADATA_BYTES;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.VectorUnloader;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.ipc.message.ArrowDictionaryBatch;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.ipc.message.IpcOption;
import org.apache.arrow.vector.ipc.message.MessageSerializer;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.arrow.vector.util.DictionaryUtility;

/**
 * Batches of vectors as messages: those of the rows, and before them the dictionaries that they
 * need and that have changed. Nothing is copied: messages hold the vectors' buffers. For one
 * thread.
 */
final class BatchMessages implements AutoCloseable {
  /** What cannot be split, a row or a dictionary, may be larger, by this factor. */
  private static final int WHOLE_FACTOR = 2;

  private final VectorSchemaRoot root;
  private final DictionaryProvider dictionaries;
  private final long maxBodyBytes;
  private final Set<Long> dictionaryIds = new LinkedHashSet<>();
  private final ByteBuffer schema;
  private SentDictionaries sent = new SentDictionaries();

  /**
   * The messages of what {@code root} will hold; it and the dictionaries stay the caller's.
   *
   * @param maxBodyBytes at which batches are split
   */
  BatchMessages(VectorSchemaRoot root, DictionaryProvider dictionaries, long maxBodyBytes) {
    this.root = root;
    this.dictionaries = dictionaries;
    this.maxBodyBytes = maxBodyBytes;
    var fields = new ArrayList<Field>();
    for (var field : root.getSchema().getFields()) {
      fields.add(DictionaryUtility.toMessageFormat(field, dictionaries, dictionaryIds));
    }
    this.schema =
        MessageSerializer.serializeMetadata(
            new Schema(fields, root.getSchema().getCustomMetadata()), IpcOption.DEFAULT);
  }

  /** The message that comes before all others; a view of its own. */
  ByteBuffer schema() {
    return schema.duplicate();
  }

  /** Hands over the rows that the vectors hold now, and what comes before them. */
  void write(MessageSink out) {
    dictionaryIds.forEach(id -> writeDictionary(id, out));
    writeRows(root, out);
  }

  /** Has every dictionary come again before the next rows. */
  void forget() {
    sent.close();
    sent = new SentDictionaries();
  }

  @Override
  public void close() {
    sent.close();
  }

  private void writeDictionary(long id, MessageSink out) {
    if (!sent.isUnchanged(id, values(id))) {
      var batch = new ArrowDictionaryBatch(id, values(id), false);
      requireSendable("dictionary " + id, batch.getDictionary());
      out.message(batch, batch.getDictionary());
    }
  }

  /** Hands over rows in one batch, or in two halves if one message cannot hold them. */
  private void writeRows(VectorSchemaRoot part, MessageSink out) {
    var batch = new VectorUnloader(part).getRecordBatch();
    if (batch.computeBodyLength() <= maxBodyBytes || part.getRowCount() < 2) {
      requireSendable("a single row", batch);
      out.message(batch, batch);
      return;
    }
    batch.close();
    int half = part.getRowCount() / 2;
    try (var first = part.slice(0, half);
        var second = part.slice(half, part.getRowCount() - half)) {
      writeRows(first, out);
      writeRows(second, out);
    }
  }

  /** A message holds less than 2 GiB, and nothing but rows can be spread over several. */
  private void requireSendable(String what, ArrowRecordBatch batch) {
    long bytes = batch.computeBodyLength();
    long limitBytes =
        Math.min(WHOLE_FACTOR * maxBodyBytes, DATA_MESSAGE_BYTES - (long) METADATA_BYTES);
    if (bytes > limitBytes) {
      batch.close();
      throw new IllegalArgumentException(
          what
              + " has "
              + bytes
              + " bytes and cannot be split; one message holds at most "
              + limitBytes
              + ": make its values smaller");
    }
  }

  private ArrowRecordBatch values(long id) {
    var vector = dictionaries.lookup(id).getVector();
    var values =
        new VectorSchemaRoot(List.of(vector.getField()), List.of(vector), vector.getValueCount());
    return new VectorUnloader(values).getRecordBatch();
  }
}
