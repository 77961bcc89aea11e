package dev.hangar.store.check;

import dev.hangar.store.InvalidDataException;
import dev.hangar.store.Limits;
import dev.hangar.store.Quoted;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.BitSet;
import org.apache.arrow.flatbuf.DictionaryBatch;
import org.apache.arrow.flatbuf.KeyValue;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.flatbuf.RecordBatch;

/**
 * The batches of one stream, each held against the schema before it is taken in (Arrow {@code
 * Message.fbs}).
 *
 * <p>Looks at metadata only: that each count, length and offset in it agrees with the schema, with
 * the others and with the size of the body. What the body's offsets and indices say is not read.
 * Costs some nanoseconds for each field and buffer and allocates nothing for them.
 *
 * <p>For one thread.
 */
public final class BatchCheck {
  /** Bytes a body may be longer than announced: its last buffer's padding. */
  private static final int PADDING_BYTES = 7;

  private final SchemaLayout schema;
  private final BodyCheck body = new BodyCheck();
  private final Message message = new Message();
  private final RecordBatch batch = new RecordBatch();
  private final DictionaryBatch dictionaryBatch = new DictionaryBatch();
  private final KeyValue entry = new KeyValue();

  /** Dictionaries that have come, by index. */
  private final BitSet known = new BitSet();

  /** Those the values of a known one point into; some writers send the outer one first. */
  private final BitSet owed = new BitSet();

  private long messages;

  public BatchCheck(SchemaLayout schema) {
    this.schema = schema;
  }

  /**
   * Checks the next message of the stream.
   *
   * @param metadata a bare IPC {@code Message}; left as it is
   * @param bodyBytes the length of the body that came with it
   * @return the rows it adds to the table
   * @throws InvalidDataException if it is not what it claims to be
   */
  public long check(ByteBuffer metadata, long bodyBytes) {
    messages++;
    int bytes = metadata.remaining();
    if (bytes > Limits.METADATA_BYTES) {
      throw refused("its metadata of %d bytes is over %d", bytes, Limits.METADATA_BYTES);
    }
    try {
      var own = metadata.slice().order(ByteOrder.LITTLE_ENDIAN);
      return check(Message.getRootAsMessage(own, message), bodyBytes);
    } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
      throw new InvalidDataException(
          where() + ": an offset in its metadata points outside its " + bytes + " bytes", e);
    }
  }

  private long check(Message message, long bodyBytes) {
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
      case MessageHeader.RecordBatch -> recordBatch(announced);
      case MessageHeader.DictionaryBatch -> dictionaryBatch(announced);
      case MessageHeader.Schema -> throw refused("it is a second schema");
      default -> throw refused("it is no batch (header type %d)", message.headerType());
    };
  }

  private long recordBatch(long bodyBytes) {
    if (message.header(batch) == null) {
      throw refused("it has no header");
    }
    long rows = body.check(where(), schema.columns(), batch, bodyBytes);
    requireKnown(owed);
    requireKnown(body.needed());
    return rows;
  }

  private long dictionaryBatch(long bodyBytes) {
    if (message.header(dictionaryBatch) == null || dictionaryBatch.data(batch) == null) {
      throw refused("it is a dictionary batch without values");
    }
    long id = dictionaryBatch.id();
    var index = schema.dictionary(id);
    if (index == null) {
      throw refused("it has dictionary %d, which no column is encoded with", id);
    }
    if (dictionaryBatch.isDelta() && !known.get(index)) {
      throw refused("it adds to dictionary %d, which has not come", id);
    }
    body.check(where(), schema.dictionaries().get(index), batch, bodyBytes);
    known.set(index);
    owed.or(body.needed());
    return 0;
  }

  /** A column without values needs no dictionary, and some writers send none then. */
  private void requireKnown(BitSet needed) {
    for (int i = needed.nextSetBit(0); i >= 0; i = needed.nextSetBit(i + 1)) {
      if (!known.get(i)) {
        throw refused(
            "dictionary %d of field %s has not come before it",
            schema.dictionaryId(i),
            Quoted.of(schema.dictionaries().get(i).columns().get(0).name()));
      }
    }
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

  @SuppressWarnings("AnnotateFormatMethod") // the annotation would be a dependency of its own
  private InvalidDataException refused(String what, Object... values) {
    return new InvalidDataException(where() + ": " + what.formatted(values));
  }
}
