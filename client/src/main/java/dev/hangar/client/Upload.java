package dev.hangar.client;

import dev.hangar.wire.FlightData;
import dev.hangar.wire.FlightDescriptor;
import dev.hangar.wire.PutCall;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.VectorUnloader;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.ipc.message.ArrowDictionaryBatch;
import org.apache.arrow.vector.ipc.message.ArrowMessage;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.ipc.message.IpcOption;
import org.apache.arrow.vector.ipc.message.MessageSerializer;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.arrow.vector.util.DictionaryUtility;

/**
 * One table on its way to a server: the schema, then batches with the dictionaries they need.
 *
 * <p>Nothing is copied but small buffers: the wire reads the vectors' own memory, which is held
 * until it has. For one thread.
 */
final class Upload implements AutoCloseable {
  /** A message holds less than 2 GiB, and whoever receives it needs that much in one piece. */
  static final long MAX_BODY_BYTES = 1L << 30;

  private final PutCall call;
  private final VectorSchemaRoot root;
  private final DictionaryProvider dictionaries;
  private final BufferAllocator allocator;
  private final long maxBodyBytes;
  private final InFlight inFlight = new InFlight();
  private final SentDictionaries sent = new SentDictionaries();
  private final Set<Long> dictionaryIds = new LinkedHashSet<>();
  private long rows;
  private long bytes;

  /** Takes over {@code call}; the others stay the caller's. */
  Upload(
      PutCall call,
      VectorSchemaRoot root,
      DictionaryProvider dictionaries,
      BufferAllocator allocator,
      long maxBodyBytes) {
    this.call = call;
    this.root = root;
    this.dictionaries = dictionaries;
    this.allocator = allocator;
    this.maxBodyBytes = maxBodyBytes;
  }

  long rows() {
    return rows;
  }

  long bytes() {
    return bytes;
  }

  /** Sends what comes before the batches. */
  void begin(FlightDescriptor descriptor) {
    var fields = new ArrayList<Field>();
    for (var field : root.getSchema().getFields()) {
      fields.add(DictionaryUtility.toMessageFormat(field, dictionaries, dictionaryIds));
    }
    var schema = new Schema(fields, root.getSchema().getCustomMetadata());
    call.send(
        FlightData.schema(
            descriptor, MessageSerializer.serializeMetadata(schema, IpcOption.DEFAULT)));
  }

  /** Sends the rows that the vectors hold now. */
  void sendBatch() {
    dictionaryIds.forEach(this::sendDictionary);
    sendRows(root);
    rows += root.getRowCount();
  }

  /** Waits until the vectors may be changed in place: nothing of them waits to be sent. */
  void awaitSent() {
    inFlight.awaitNone();
  }

  /** Says that this was all, and waits for the server to say that it has it. */
  void end() {
    call.completed();
    drain();
  }

  /** Cancels the upload if it has not ended; when it returns, no buffer is held any more. */
  @Override
  public void close() {
    call.close();
    inFlight.awaitNone();
    sent.close();
  }

  /** Sends a dictionary that has not been sent as it is now. */
  private void sendDictionary(long id) {
    if (!sent.isUnchanged(id, values(id))) {
      var batch = new ArrowDictionaryBatch(id, values(id), false);
      send(batch, batch.getDictionary(), batch::close);
    }
  }

  /** Sends rows in one batch, or in two halves if one message cannot hold them. */
  private void sendRows(VectorSchemaRoot part) {
    var batch = new VectorUnloader(part).getRecordBatch();
    if (batch.computeBodyLength() <= maxBodyBytes || part.getRowCount() < 2) {
      send(batch, batch, batch::close);
      return;
    }
    batch.close();
    int half = part.getRowCount() / 2;
    try (var first = part.slice(0, half);
        var second = part.slice(half, part.getRowCount() - half)) {
      sendRows(first);
      sendRows(second);
    }
  }

  /** Sends a message; runs {@code release} when nothing of it waits any more, also if it throws. */
  private void send(ArrowMessage message, ArrowRecordBatch batch, Runnable release) {
    BodyPieces body;
    try {
      body = new BodyPieces(batch.getBuffers(), allocator);
    } catch (RuntimeException e) {
      release.run();
      throw e;
    }
    var header = MessageSerializer.serializeMetadata(message, IpcOption.DEFAULT);
    inFlight.begin();
    var data = FlightData.batch(header, null, body.pieces(), () -> release(body, release));
    bytes += data.bodyBytes();
    call.send(data);
  }

  private void release(BodyPieces body, Runnable release) {
    body.close();
    release.run();
    inFlight.end();
  }

  private void drain() {
    for (var result = call.result(); result != null; result = call.result()) {
      // acknowledgements of single batches; only the end counts
    }
  }

  private ArrowRecordBatch values(long id) {
    var vector = dictionaries.lookup(id).getVector();
    var values =
        new VectorSchemaRoot(List.of(vector.getField()), List.of(vector), vector.getValueCount());
    return new VectorUnloader(values).getRecordBatch();
  }
}
