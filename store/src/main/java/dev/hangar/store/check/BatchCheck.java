package dev.hangar.store.check;

import dev.hangar.store.InvalidDataException;
import dev.hangar.store.Limits;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.apache.arrow.flatbuf.DictionaryBatch;
import org.apache.arrow.flatbuf.KeyValue;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.flatbuf.RecordBatch;

/**
 * The batches of one stream, each held against the schema before it is taken in (Arrow {@code
 * Message.fbs}).
 *
 * <p>Each count, length and offset in the metadata has to agree with the schema, with the others
 * and with the size of the body; then what in the body says where values are has to point at
 * values: offsets, views, type ids, run ends, and indices into dictionaries, whose lengths are kept
 * from batch to batch. That costs a pass at memory speed through those buffers, and nothing is
 * allocated for their values. What values mean (text, numbers, decimals) is not looked at.
 *
 * <p>Of compressed buffers the size they claim is checked, not what they hold: nothing is
 * decompressed here, so a client that decompresses has to check the offsets and indices it finds.
 *
 * <p>For one thread.
 */
public final class BatchCheck {
  /** Bytes a body may be longer than announced: its last buffer's padding. */
  private static final int PADDING_BYTES = 7;

  private final SchemaLayout schema;
  private final Place place = new Place();
  private final Dictionaries dictionaries;
  private final BodyCheck bodyCheck;
  private final Message message = new Message();
  private final RecordBatch batch = new RecordBatch();
  private final DictionaryBatch dictionaryBatch = new DictionaryBatch();
  private final KeyValue entry = new KeyValue();

  private long messages;

  public BatchCheck(SchemaLayout schema) {
    this.schema = schema;
    this.dictionaries = new Dictionaries(schema);
    this.bodyCheck = new BodyCheck(place, dictionaries);
  }

  /**
   * Checks the next message of the stream.
   *
   * @param metadata a bare IPC {@code Message}; left as it is
   * @param body what came with it; left as it is
   * @return the rows it adds to the table
   * @throws InvalidDataException if it is not what it claims to be
   */
  public long check(ByteBuffer metadata, ByteBuffer body) {
    messages++;
    place.begin(where());
    int bytes = metadata.remaining();
    if (bytes > Limits.METADATA_BYTES) {
      throw refused("its metadata of %d bytes is over %d", bytes, Limits.METADATA_BYTES);
    }
    try {
      var own = metadata.slice().order(ByteOrder.LITTLE_ENDIAN);
      return check(Message.getRootAsMessage(own, message), body);
    } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
      throw new InvalidDataException(
          where() + ": an offset in its metadata points outside its " + bytes + " bytes", e);
    }
  }

  private long check(Message message, ByteBuffer body) {
    int bodyBytes = body.remaining();
    if (message.version() != schema.version()) {
      throw refused(
          "it has metadata version %d, its schema %d", message.version(), schema.version());
    }
    long announced = message.bodyLength();
    if (announced < 0 || bodyBytes < announced || bodyBytes - announced > PADDING_BYTES) {
      throw refused("it announces a body of %d bytes and has one of %d", announced, bodyBytes);
    }
    checkEntries(message);
    return switch (message.headerType()) {
      case MessageHeader.RecordBatch -> recordBatch(body, announced);
      case MessageHeader.DictionaryBatch -> dictionaryBatch(body, announced);
      case MessageHeader.Schema -> throw refused("it is a second schema");
      default -> throw refused("it is no batch (header type %d)", message.headerType());
    };
  }

  private long recordBatch(ByteBuffer body, long bodyBytes) {
    if (message.header(batch) == null) {
      throw refused("it has no header");
    }
    dictionaries.settle(place);
    long rows = bodyCheck.check(schema.columns(), batch, body, bodyBytes, false);
    dictionaries.requireKnown(bodyCheck.needed(), place);
    return rows;
  }

  private long dictionaryBatch(ByteBuffer body, long bodyBytes) {
    if (message.header(dictionaryBatch) == null || dictionaryBatch.data(batch) == null) {
      throw refused("it is a dictionary batch without values");
    }
    long id = dictionaryBatch.id();
    var index = schema.dictionary(id);
    if (index == null) {
      throw refused("it has dictionary %d, which no column is encoded with", id);
    }
    boolean isDelta = dictionaryBatch.isDelta();
    if (isDelta && !dictionaries.isKnown(index)) {
      throw refused("it adds to dictionary %d, which has not come", id);
    }
    var layout = schema.dictionaries().get(index);
    long length = bodyCheck.check(layout, batch, body, bodyBytes, true);
    dictionaries.put(index, length, isDelta, bodyCheck.reach(), bodyCheck.needed());
    return 0;
  }

  private void checkEntries(Message message) {
    for (int i = 0; i < message.customMetadataLength(); i++) {
      var pair = message.customMetadata(entry, i);
      if (pair.keyAsByteBuffer() == null || pair.valueAsByteBuffer() == null) {
        throw refused("metadata entry %d has no key or no value", i);
      }
    }
  }

  private String where() {
    return "batch " + messages;
  }

  private InvalidDataException refused(String what, Object... values) {
    return place.refused(what, values);
  }
}
