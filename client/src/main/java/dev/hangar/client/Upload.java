package dev.hangar.client;

import static dev.hangar.wire.Limits.DATA_MESSAGE_BYTES;
import static dev.hangar.wire.Limits.METADATA_BYTES;

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
  /** What cannot be split, a row or a dictionary, may be larger, by this factor. */
  private static final int WHOLE_FACTOR = 2;

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

  /**
   * Takes over {@code call}; the others stay the caller's.
   *
   * @param maxBodyBytes at which batches are split; {@link Limits#BODY_BYTES} but in tests
   */
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
    call.ignoreResults(); // acknowledgements of single batches; only the end counts
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
    call.result();
  }

  /** The version it became, once it has ended; 0 where the server does not say. */
  long version() {
    return ServerSign.version(call.trailers());
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
      requireSendable("dictionary " + id, batch.getDictionary(), batch::close);
      send(batch, batch.getDictionary(), batch::close);
    }
  }

  /** Sends rows in one batch, or in two halves if one message cannot hold them. */
  private void sendRows(VectorSchemaRoot part) {
    var batch = new VectorUnloader(part).getRecordBatch();
    if (batch.computeBodyLength() <= maxBodyBytes || part.getRowCount() < 2) {
      requireSendable("a single row", batch, batch::close);
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

  /** A message holds less than 2 GiB, and nothing but rows can be spread over several. */
  private void requireSendable(String what, ArrowRecordBatch batch, Runnable release) {
    long bytes = batch.computeBodyLength();
    long limitBytes =
        Math.min(WHOLE_FACTOR * maxBodyBytes, DATA_MESSAGE_BYTES - (long) METADATA_BYTES);
    if (bytes > limitBytes) {
      release.run();
      throw new IllegalArgumentException(
          what
              + " has "
              + bytes
              + " bytes and cannot be split; one message holds at most "
              + limitBytes
              + ": make its values smaller");
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

  private ArrowRecordBatch values(long id) {
    var vector = dictionaries.lookup(id).getVector();
    var values =
        new VectorSchemaRoot(List.of(vector.getField()), List.of(vector), vector.getValueCount());
    return new VectorUnloader(values).getRecordBatch();
  }
}
