package dev.hangar.interop;

import com.google.flatbuffers.FlatBufferBuilder;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.arrow.flatbuf.BodyCompression;
import org.apache.arrow.flatbuf.Buffer;
import org.apache.arrow.flatbuf.DictionaryBatch;
import org.apache.arrow.flatbuf.FieldNode;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.flatbuf.MetadataVersion;
import org.apache.arrow.flatbuf.RecordBatch;
import org.apache.arrow.vector.types.UnionMode;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.DictionaryEncoding;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/** Streams of a schema and small sound batches of every layout, as {@code BatchFuzz} reads them. */
final class BatchSeeds {
  private static final int PLAIN = -1;
  private static final int ZSTD = 1;

  private BatchSeeds() {}

  static Map<String, byte[]> all() {
    var seeds = new TreeMap<String, byte[]>();
    seeds.put("empty", stream(new Schema(List.of()), new Parts(10)));
    seeds.put("numbers", stream(Seeds.numbers(), new Parts(2).node(2, 0).none().longs(7, 8)));
    seeds.put("nested", stream(Seeds.nested(), nested()));
    seeds.put("dictionary", stream(Seeds.dictionary(), words(), indices()));
    seeds.put("dictionaries", stream(dictionaries(), words(), lists(), listIndices()));
    seeds.put("list-view", stream(one(new ArrowType.ListView(), item()), listViews()));
    seeds.put("large", stream(one(new ArrowType.LargeUtf8()), large()));
    seeds.put("view", stream(one(new ArrowType.Utf8View()), views()));
    seeds.put("dense", stream(union(UnionMode.Dense), dense()));
    seeds.put("sparse", stream(union(UnionMode.Sparse), sparse()));
    seeds.put("runs", stream(runs(), runEnds()));
    seeds.put("compressed", stream(one(new ArrowType.Utf8()), compressed()));
    return seeds;
  }

  private static Schema one(ArrowType type, Field... children) {
    return new Schema(List.of(new Field("c", FieldType.nullable(type), List.of(children))));
  }

  private static Field item() {
    return Field.nullable("item", new ArrowType.Int(32, true));
  }

  private static Schema union(UnionMode mode) {
    return one(new ArrowType.Union(mode, new int[] {4, 7}), item(), item());
  }

  private static Schema runs() {
    var ends = new Field("ends", FieldType.notNullable(new ArrowType.Int(16, true)), List.of());
    return one(new ArrowType.RunEndEncoded(), ends, item());
  }

  private static Schema dictionaries() {
    var encoding = new DictionaryEncoding(5, false, new ArrowType.Int(16, false));
    var type = new FieldType(true, new ArrowType.List(), encoding);
    var inner = Seeds.dictionary().getFields();
    return new Schema(List.of(new Field("o", type, inner)));
  }

  private static Parts nested() {
    var list = new Parts(2).node(2, 1).node(2, 0).node(2, 0).node(2, 0);
    return list.bytes(1)
        .ints(0, 2, 2)
        .none()
        .none()
        .ints(0, 1, 3)
        .bytes(97, 98, 99)
        .none()
        .longs(1, 2);
  }

  private static Parts words() {
    return new Parts(2).of(3).node(2, 0).none().ints(0, 1, 3).bytes(97, 98, 99);
  }

  private static Parts indices() {
    return new Parts(3).node(3, 1).bytes(5).bytes(1, 99, 0);
  }

  private static Parts lists() {
    return new Parts(2).of(5).node(2, 0).node(3, 0).none().ints(0, 1, 3).none().bytes(1, 0, 1);
  }

  private static Parts listIndices() {
    return new Parts(2).node(2, 0).none().bytes(1, 0, 0, 0);
  }

  private static Parts listViews() {
    var parts = new Parts(3).node(3, 1).node(4, 0);
    return parts.bytes(5).ints(2, 9, 0).ints(2, 9, 1).none().ints(1, 2, 3, 4);
  }

  private static Parts large() {
    return new Parts(2).node(2, 0).none().longs(1, 2, 3).bytes(97, 98, 99);
  }

  private static Parts views() {
    var parts = new Parts(2).node(2, 0).none().ints(13, 0, 0, 1, 2, 97, 0, 0);
    return parts.variadic(1).longs(1, 2);
  }

  private static Parts dense() {
    var parts = new Parts(3).node(3, 0).node(1, 0).node(2, 0);
    return parts.bytes(7, 4, 7).ints(0, 0, 1).none().ints(1).none().ints(2, 3);
  }

  private static Parts sparse() {
    var parts = new Parts(2).node(2, 0).node(2, 0).node(2, 0);
    return parts.bytes(7, 4).none().ints(1, 2).none().ints(2, 3);
  }

  private static Parts runEnds() {
    var parts = new Parts(5).node(5, 0).node(2, 0).node(2, 1);
    return parts.none().bytes(2, 0, 5, 0).bytes(1).ints(2, 3);
  }

  /** Offsets as they are, and a Zstandard frame of one block that repeats a byte. */
  private static Parts compressed() {
    int[] frame = {0x28, 0xb5, 0x2f, 0xfd, 0x20, 40, 0x43, 1, 0, 97};
    var claim = new int[8 + frame.length];
    claim[0] = 40;
    System.arraycopy(frame, 0, claim, 8, frame.length);
    var parts = new Parts(2).codec(ZSTD).node(2, 0).none().ints(-1, -1, 0, 20, 40);
    return parts.bytes(claim);
  }

  private static byte[] stream(Schema schema, Parts... batches) {
    byte[] layout = Seeds.serialized(schema);
    var stream = new ByteArrayOutputStream();
    stream.writeBytes(length(layout.length));
    stream.writeBytes(layout);
    for (var batch : batches) {
      byte[] metadata = batch.metadata();
      stream.writeBytes(length(metadata.length));
      stream.writeBytes(length(batch.body.size()));
      stream.writeBytes(metadata);
      stream.writeBytes(batch.body.toByteArray());
    }
    return stream.toByteArray();
  }

  private static byte[] length(int bytes) {
    return new byte[] {(byte) (bytes >> 8), (byte) bytes};
  }

  /** One batch, node by node and buffer by buffer. */
  private static final class Parts {
    private final long rows;
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private final List<long[]> nodes = new ArrayList<>();
    private final List<long[]> buffers = new ArrayList<>();
    private long[] variadic = {};
    private long dictionary = PLAIN;
    private int codec = PLAIN;

    private Parts(long rows) {
      this.rows = rows;
    }

    private Parts of(long dictionary) {
      this.dictionary = dictionary;
      return this;
    }

    private Parts codec(int codec) {
      this.codec = codec;
      return this;
    }

    private Parts variadic(long count) {
      variadic = new long[] {count};
      return this;
    }

    private Parts node(long length, long nulls) {
      nodes.add(new long[] {length, nulls});
      return this;
    }

    private Parts none() {
      return bytes();
    }

    private Parts bytes(int... values) {
      var bytes = ByteBuffer.allocate(values.length);
      for (int value : values) {
        bytes.put((byte) value);
      }
      return buffer(bytes);
    }

    private Parts ints(int... values) {
      var bytes = ByteBuffer.allocate(Integer.BYTES * values.length);
      bytes.order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().put(values);
      return buffer(bytes);
    }

    private Parts longs(long... values) {
      var bytes = ByteBuffer.allocate(Long.BYTES * values.length);
      bytes.order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().put(values);
      return buffer(bytes);
    }

    private Parts buffer(ByteBuffer bytes) {
      buffers.add(new long[] {body.size(), bytes.capacity()});
      body.writeBytes(bytes.array());
      body.writeBytes(new byte[-body.size() & 7]);
      return this;
    }

    private byte[] metadata() {
      var builder = new FlatBufferBuilder();
      int header = batch(builder);
      byte type = MessageHeader.RecordBatch;
      if (dictionary != PLAIN) {
        header = DictionaryBatch.createDictionaryBatch(builder, dictionary, header, false);
        type = MessageHeader.DictionaryBatch;
      }
      builder.finish(
          Message.createMessage(builder, MetadataVersion.V5, type, header, body.size(), 0));
      return builder.sizedByteArray();
    }

    private int batch(FlatBufferBuilder builder) {
      RecordBatch.startNodesVector(builder, nodes.size());
      nodes.reversed().forEach(n -> FieldNode.createFieldNode(builder, n[0], n[1]));
      int nodesAt = builder.endVector();
      RecordBatch.startBuffersVector(builder, buffers.size());
      buffers.reversed().forEach(b -> Buffer.createBuffer(builder, b[0], b[1]));
      int buffersAt = builder.endVector();
      int counts = RecordBatch.createVariadicBufferCountsVector(builder, variadic);
      boolean isPlain = codec == PLAIN;
      int compression =
          isPlain ? 0 : BodyCompression.createBodyCompression(builder, (byte) codec, (byte) 0);
      RecordBatch.startRecordBatch(builder);
      RecordBatch.addLength(builder, rows);
      RecordBatch.addNodes(builder, nodesAt);
      RecordBatch.addBuffers(builder, buffersAt);
      RecordBatch.addVariadicBufferCounts(builder, counts);
      if (!isPlain) {
        RecordBatch.addCompression(builder, compression);
      }
      return RecordBatch.endRecordBatch(builder);
    }
  }
}
