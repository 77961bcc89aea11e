package dev.hangar.client;

import dev.hangar.wire.FlightData;
import dev.hangar.wire.FlightSource;
import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.compression.CompressionCodec;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.ipc.message.MessageSerializer;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A table as it comes in: one batch at a time in the same vectors, whose buffers are those the
 * network was read into.
 */
sealed class TableReader extends ArrowReader permits QueryReader {
  /** What makes a batch of a message and its body. */
  @FunctionalInterface
  private interface Parser<B> {
    B parse() throws IOException;
  }

  private final FlightSource source;
  private @Nullable Schema schema;
  private final Progress progress;
  private long rowsRead;
  private long bytesRead;

  /** Takes over {@code source}. */
  TableReader(FlightSource source, BufferAllocator allocator, Progress progress) {
    super(allocator, CompressionCodec.Factory.INSTANCE);
    this.source = source;
    this.progress = progress;
  }

  @Override
  public boolean loadNextBatch() throws IOException {
    prepareLoadNextBatch();
    for (var data = source.next(); data != null; data = source.next()) {
      received(data);
      bytesRead += data.bodyBytes();
      if (load(data)) {
        rowsRead += getVectorSchemaRoot().getRowCount();
        progress.update(rowsRead, bytesRead);
        return true;
      }
    }
    return false;
  }

  /** Rows so far. */
  long rows() {
    return rowsRead;
  }

  /** Told of each message behind the schema, before it is read. */
  void received(FlightData data) {}

  /** Bytes of the bodies so far. */
  @Override
  public long bytesRead() {
    return bytesRead;
  }

  @Override
  protected void closeReadSource() {
    source.close();
  }

  @Override
  protected Schema readSchema() {
    for (var data = source.next(); data != null; data = source.next()) {
      var message = message(data);
      data.close();
      if (message != null) {
        schema = ReceivedSchema.loadable(schema(message));
        return schema;
      }
    }
    throw malformed("ended before its schema");
  }

  /** True for a record batch, false for what comes between them. Closes {@code data}. */
  private boolean load(FlightData data) throws IOException {
    var message = message(data);
    if (message == null) {
      data.close();
      return false;
    }
    try {
      return load(message, IncomingBody.of(data, allocator));
    } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
      throw malformed("has a batch that does not fit its schema: " + e.getMessage());
    }
  }

  /** Takes {@code body} over. */
  private boolean load(Message message, ArrowBuf body) throws IOException {
    switch (message.headerType()) {
      case MessageHeader.RecordBatch:
        loadRecords(message, body);
        return true;
      case MessageHeader.DictionaryBatch:
        loadValues(message, body);
        return false;
      default:
        body.close();
        requireSame(schema(message));
        return false;
    }
  }

  private void loadRecords(Message message, ArrowBuf body) throws IOException {
    loadRecordBatch(parsed(body, () -> MessageSerializer.deserializeRecordBatch(message, body)));
  }

  private void loadValues(Message message, ArrowBuf body) throws IOException {
    loadDictionary(parsed(body, () -> MessageSerializer.deserializeDictionaryBatch(message, body)));
  }

  /** A batch that has taken {@code body} over; it is released if there is none. */
  private static <B> B parsed(ArrowBuf body, Parser<B> parser) throws IOException {
    try {
      return parser.parse();
    } catch (IOException | RuntimeException e) {
      body.close();
      throw e;
    }
  }

  private void requireSame(Schema other) {
    if (!other.equals(schema)) {
      throw malformed("goes on with another schema: " + other + " after " + schema);
    }
  }

  /** The IPC message in {@code data}, copied; null where there is none. */
  private static @Nullable Message message(FlightData data) {
    if (!data.header().hasRemaining()) {
      return null;
    }
    var header = ByteBuffer.allocate(data.header().remaining()).put(data.header().duplicate());
    try {
      return Message.getRootAsMessage(header.flip());
    } catch (IndexOutOfBoundsException e) {
      data.close();
      throw malformed("has a message that is none");
    }
  }

  private static Schema schema(Message message) {
    if (message.headerType() != MessageHeader.Schema) {
      throw malformed("has a message of type " + message.headerType() + " where a schema is due");
    }
    return ReceivedSchema.of(message);
  }

  private static StatusException malformed(String what) {
    return new StatusException(StatusCode.INTERNAL, "the server's stream " + what);
  }
}
