package dev.hangar.store.part;

import dev.hangar.store.Batch;
import dev.hangar.store.file.WritableFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.MessageHeader;
import org.jspecify.annotations.Nullable;

/** The messages of a part's file, each written where {@link PartFormat} has it. For one thread. */
final class MessageWriter {
  private final GatheredWrites file;

  MessageWriter(WritableFile file) {
    this.file = new GatheredWrites(file);
  }

  void begin(ByteBuffer schema) throws IOException {
    long end = PartFormat.SCHEMA_OFFSET + (long) schema.remaining();
    long next = PartFormat.align(end, PartFormat.ALIGNMENT);
    file.write(
        PartFormat.magic(),
        PartFormat.padding(PartFormat.magic().limit(), PartFormat.START),
        prefix(next - PartFormat.SCHEMA_OFFSET),
        schema.duplicate(),
        PartFormat.padding(end, next));
  }

  /** Where the message lies now; the batch is only read. */
  PartIndex.Entry append(Batch batch) throws IOException {
    var metadata = batch.metadata();
    if (metadata != null) {
      return append(batch, metadata);
    }
    var app = batch.appMetadata();
    if (app == null || batch.bodyBytes() > 0) {
      throw new IllegalArgumentException(
          "a message without metadata, with a body of %d bytes".formatted(batch.bodyBytes()));
    }
    return appendBare(app);
  }

  /** The end of the stream and all that follows; with it all is handed to the file. */
  void end(ByteBuffer... rest) throws IOException {
    file.write(prefix(0));
    file.write(rest);
    file.flush();
  }

  private PartIndex.Entry append(Batch batch, ByteBuffer metadata) throws IOException {
    var message = Message.getRootAsMessage(metadata.slice().order(ByteOrder.LITTLE_ENDIAN));
    var app = batch.appMetadata();
    var body = batch.body();
    byte surplus = surplus(message, body.remaining());
    int appBytes = length(app);
    long metadataOffset = file.size() + PartFormat.PREFIX_BYTES;
    long metadataEnd = metadataOffset + metadata.remaining();
    long appOffset = PartFormat.align(metadataEnd, PartFormat.ALIGNMENT);
    long appEnd = app == null ? metadataEnd : appOffset + app.remaining();
    long bodyOffset = PartFormat.align(appEnd, PartFormat.BODY_ALIGNMENT);
    var entry =
        new PartIndex.Entry(
            metadataOffset,
            appOffset,
            bodyOffset,
            metadata.remaining(),
            appBytes,
            body.remaining(),
            Math.toIntExact(batch.rows()),
            Checksum.of(metadata, body, app),
            kind(message),
            surplus);
    write(entry, metadata, app, body);
    return entry;
  }

  private void write(
      PartIndex.Entry entry, ByteBuffer metadata, @Nullable ByteBuffer app, ByteBuffer body)
      throws IOException {
    long metadataEnd = entry.metadataOffset() + metadata.remaining();
    long bodyEnd = entry.bodyOffset() + body.remaining();
    var tail = PartFormat.padding(bodyEnd, PartFormat.align(bodyEnd, PartFormat.ALIGNMENT));
    var prefix = prefix(entry.bodyOffset() - entry.metadataOffset());
    if (app == null) {
      var gap = PartFormat.padding(metadataEnd, entry.bodyOffset());
      file.write(prefix, metadata, gap, body, tail);
    } else {
      long appEnd = entry.appOffset() + app.remaining();
      var before = PartFormat.padding(metadataEnd, entry.appOffset());
      var after = PartFormat.padding(appEnd, entry.bodyOffset());
      file.write(prefix, metadata, before, app, after, body, tail);
    }
  }

  /** No IPC message speaks of it, so that a reader of the stream ends here; one of the file not. */
  private PartIndex.Entry appendBare(ByteBuffer app) throws IOException {
    long offset = file.size();
    long end = offset + app.remaining();
    var entry =
        new PartIndex.Entry(
            offset,
            offset,
            offset,
            PartIndex.ABSENT,
            app.remaining(),
            0,
            0,
            Checksum.of(app),
            PartIndex.APPLICATION_METADATA,
            (byte) 0);
    file.write(app, PartFormat.padding(end, PartFormat.align(end, PartFormat.ALIGNMENT)));
    return entry;
  }

  /** What the body has beyond what its message announces. */
  private static byte surplus(Message message, int bodyBytes) {
    long surplus = bodyBytes - message.bodyLength();
    if (surplus < 0 || surplus >= PartFormat.ALIGNMENT) {
      throw new IllegalArgumentException(
          "a message announces a body of %d bytes and has one of %d"
              .formatted(message.bodyLength(), bodyBytes));
    }
    return (byte) surplus;
  }

  private static byte kind(Message message) {
    return message.headerType() == MessageHeader.DictionaryBatch
        ? PartIndex.DICTIONARY_BATCH
        : PartIndex.RECORD_BATCH;
  }

  private static int length(@Nullable ByteBuffer bytes) {
    return bytes == null ? PartIndex.ABSENT : bytes.remaining();
  }

  private static ByteBuffer prefix(long messageBytes) {
    return ByteBuffer.allocate(PartFormat.PREFIX_BYTES)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(PartFormat.CONTINUATION)
        .putInt(Math.toIntExact(messageBytes))
        .flip();
  }
}
