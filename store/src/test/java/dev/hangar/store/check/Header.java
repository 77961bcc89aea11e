package dev.hangar.store.check;

import com.google.flatbuffers.FlatBufferBuilder;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.flatbuf.BodyCompression;
import org.apache.arrow.flatbuf.Buffer;
import org.apache.arrow.flatbuf.DictionaryBatch;
import org.apache.arrow.flatbuf.FieldNode;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.flatbuf.MetadataVersion;
import org.apache.arrow.flatbuf.RecordBatch;

/** A batch's metadata written field by field, so that each can be wrong. */
public final class Header {
  private record Pair(long first, long second) {}

  private final long rows;
  private final List<Pair> nodes = new ArrayList<>();
  private final List<Pair> buffers = new ArrayList<>();
  private long[] variadic = {};
  private short version = MetadataVersion.V5;
  private int codec = -1;
  private long bodyLength;

  public Header(long rows) {
    this.rows = rows;
  }

  public Header node(long length, long nulls) {
    nodes.add(new Pair(length, nulls));
    return this;
  }

  public Header buffer(long offset, long length) {
    buffers.add(new Pair(offset, length));
    return this;
  }

  Header variadic(long... counts) {
    variadic = counts;
    return this;
  }

  Header version(short version) {
    this.version = version;
    return this;
  }

  Header codec(int codec) {
    this.codec = codec;
    return this;
  }

  public Header body(long bytes) {
    bodyLength = bytes;
    return this;
  }

  public ByteBuffer recordBatch() {
    var builder = new FlatBufferBuilder();
    return message(builder, MessageHeader.RecordBatch, table(builder));
  }

  ByteBuffer dictionaryBatch(long id, boolean isDelta) {
    var builder = new FlatBufferBuilder();
    int batch = DictionaryBatch.createDictionaryBatch(builder, id, table(builder), isDelta);
    return message(builder, MessageHeader.DictionaryBatch, batch);
  }

  /** A message that claims {@code type} for what is a record batch. */
  ByteBuffer ofType(byte type) {
    var builder = new FlatBufferBuilder();
    return message(builder, type, table(builder));
  }

  private ByteBuffer message(FlatBufferBuilder builder, byte type, int header) {
    builder.finish(Message.createMessage(builder, version, type, header, bodyLength, 0));
    return builder.dataBuffer().slice();
  }

  private int table(FlatBufferBuilder builder) {
    RecordBatch.startNodesVector(builder, nodes.size());
    nodes.reversed().forEach(n -> FieldNode.createFieldNode(builder, n.first, n.second));
    int nodesVector = builder.endVector();
    RecordBatch.startBuffersVector(builder, buffers.size());
    buffers.reversed().forEach(b -> Buffer.createBuffer(builder, b.first, b.second));
    int buffersVector = builder.endVector();
    int counts = RecordBatch.createVariadicBufferCountsVector(builder, variadic);
    int compression =
        codec < 0 ? 0 : BodyCompression.createBodyCompression(builder, (byte) codec, (byte) 0);
    RecordBatch.startRecordBatch(builder);
    RecordBatch.addLength(builder, rows);
    RecordBatch.addNodes(builder, nodesVector);
    RecordBatch.addBuffers(builder, buffersVector);
    RecordBatch.addVariadicBufferCounts(builder, counts);
    if (codec >= 0) {
      RecordBatch.addCompression(builder, compression);
    }
    return RecordBatch.endRecordBatch(builder);
  }
}
