package dev.hangar.store.part;

import com.google.flatbuffers.FlatBufferBuilder;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import org.apache.arrow.flatbuf.Block;
import org.apache.arrow.flatbuf.Footer;
import org.apache.arrow.flatbuf.KeyValue;
import org.apache.arrow.flatbuf.Message;

/** Arrow's footer of a part (Arrow {@code File.fbs}), with the part's index in it. */
final class PartFooter {
  /** Where a message's table of slots has the one of its third field, the header. */
  private static final int HEADER_SLOT = 8;

  /** An {@code int64}, an {@code int32} with padding, an {@code int64}. */
  private static final int BLOCK_BYTES = 24;

  private final FlatBufferBuilder builder = new FlatBufferBuilder();
  private final PartIndex index;

  private PartFooter(PartIndex index) {
    this.index = index;
  }

  /**
   * The footer of a part.
   *
   * @param schema the schema's bare IPC message, which has been checked
   */
  static ByteBuffer write(ByteBuffer schema, PartIndex index) {
    return new PartFooter(index).write(schema.slice().order(ByteOrder.LITTLE_ENDIAN));
  }

  /**
   * The index in a footer.
   *
   * @throws RuntimeException if there is none
   */
  static PartIndex index(ByteBuffer footer) {
    var table = Footer.getRootAsFooter(footer.slice().order(ByteOrder.LITTLE_ENDIAN));
    for (int i = 0; i < table.customMetadataLength(); i++) {
      var entry = table.customMetadata(i);
      if (PartFormat.INDEX_KEY.equals(entry.key())) {
        return PartIndex.of(Base64.getDecoder().decode(entry.valueAsByteBuffer()));
      }
    }
    throw new IllegalArgumentException("a footer without " + PartFormat.INDEX_KEY);
  }

  private ByteBuffer write(ByteBuffer schema) {
    int schemaTable = embed(schema) - schemaTable(schema);
    int metadata = Footer.createCustomMetadataVector(builder, new int[] {indexEntry()});
    int dictionaries = blocks(PartIndex.DICTIONARY_BATCH);
    int batches = blocks(PartIndex.RECORD_BATCH);
    Footer.startFooter(builder);
    Footer.addVersion(builder, Message.getRootAsMessage(schema).version());
    Footer.addSchema(builder, schemaTable);
    Footer.addDictionaries(builder, dictionaries);
    Footer.addRecordBatches(builder, batches);
    Footer.addCustomMetadata(builder, metadata);
    Footer.finishFooterBuffer(builder, Footer.endFooter(builder));
    return builder.dataBuffer().slice();
  }

  /**
   * Puts the message into the footer as bytes, aligned as it was.
   *
   * <p>References in a flatbuffer are distances, so that a table inside these bytes can be referred
   * to like any other. The builder counts from its buffer's end, so they begin at what is returned.
   */
  private int embed(ByteBuffer message) {
    builder
        .createUnintializedVector(1, message.limit(), PartFormat.ALIGNMENT)
        .put(message.duplicate());
    int start = builder.offset();
    builder.endVector();
    return start;
  }

  /** Where the {@code Schema} table begins in its message. */
  private static int schemaTable(ByteBuffer message) {
    int root = message.getInt(0);
    int slots = root - message.getInt(root);
    int header = root + message.getShort(slots + HEADER_SLOT);
    return header + message.getInt(header);
  }

  private int indexEntry() {
    int key = builder.createString(PartFormat.INDEX_KEY);
    int value = builder.createString(Base64.getEncoder().encode(index.bytes()));
    return KeyValue.createKeyValue(builder, key, value);
  }

  /** In the order of the stream; a flatbuffer is written from its end. */
  private int blocks(byte kind) {
    int count = 0;
    for (int i = 0; i < index.entries(); i++) {
      count += index.entry(i).kind() == kind ? 1 : 0;
    }
    builder.startVector(BLOCK_BYTES, count, PartFormat.ALIGNMENT);
    for (int i = index.entries() - 1; i >= 0; i--) {
      var entry = index.entry(i);
      if (entry.kind() == kind) {
        long start = entry.metadataOffset() - PartFormat.PREFIX_BYTES;
        int metadata = Math.toIntExact(entry.bodyOffset() - start);
        long body = PartFormat.align(entry.announcedBytes(), PartFormat.ALIGNMENT);
        Block.createBlock(builder, start, metadata, body);
      }
    }
    return builder.endVector();
  }
}
