package dev.hangar.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hangar.wire.FlightEndpoint;
import dev.hangar.wire.Ticket;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.SmallIntVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.compression.CompressionCodec;
import org.apache.arrow.vector.compression.CompressionUtil.CodecType;
import org.apache.arrow.vector.dictionary.Dictionary;
import org.apache.arrow.vector.dictionary.DictionaryEncoder;
import org.apache.arrow.vector.dictionary.DictionaryProvider.MapDictionaryProvider;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;
import org.apache.arrow.vector.ipc.message.IpcOption;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.DictionaryEncoding;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Encoded columns, there and back, and bodies that are compressed. */
@Timeout(60)
class DictionariesTest {
  private static final DictionaryEncoding ENCODING =
      new DictionaryEncoding(5, false, new ArrowType.Int(16, true));

  @RegisterExtension final Served served = new Served();

  private final Shelf shelf = served.shelf;
  private final RootAllocator allocator = served.allocator;
  private final Hangar hangar = served.hangar;

  @Test
  void aDictionaryIsSentOnceForAllBatches() throws IOException {
    byte[] stream = stream(null, List.of("a", "b"), List.of("a", "b"), List.of("a", "b"));
    try (var reader = new ArrowStreamReader(new ByteArrayInputStream(stream), allocator)) {
      assertThat(hangar.put("t", reader).rows()).isEqualTo(6);
    }

    assertThat(headers()).containsExactly("schema", "dictionary", "batch", "batch", "batch");
    assertThat(values("t")).containsExactly("a", "b", "a", "b", "a", "b");
  }

  @Test
  void aDictionaryThatChangesIsSentAgain() throws IOException {
    byte[] stream = stream(null, List.of("a", "b"), List.of("x", "b", "y"), List.of("x", "b", "y"));
    try (var reader = new ArrowStreamReader(new ByteArrayInputStream(stream), allocator)) {
      hangar.put("t", reader);
    }

    assertThat(headers())
        .containsExactly("schema", "dictionary", "batch", "dictionary", "batch", "batch");
    assertThat(values("t")).containsExactly("a", "b", "x", "b", "y", "x", "b", "y");
  }

  @Test
  void rowsAndTheirDictionaryArePutTogether() throws IOException {
    try (var dictionary = texts(List.of("p", "q"));
        var plain = texts(List.of("q", "p", "q"));
        var encoded =
            (FieldVector) DictionaryEncoder.encode(plain, new Dictionary(dictionary, ENCODING));
        var root = VectorSchemaRoot.of(encoded)) {
      hangar.put("t", root, new MapDictionaryProvider(new Dictionary(dictionary, ENCODING)));
    }

    assertThat(values("t")).containsExactly("q", "p", "q");
  }

  @Test
  void whatWasGotIsPutAgain() throws IOException {
    byte[] stream = stream(null, List.of("a", "b"), List.of("c"));
    try (var reader = new ArrowStreamReader(new ByteArrayInputStream(stream), allocator)) {
      hangar.put("t", reader);
    }
    try (var reader = hangar.get("t")) {
      hangar.put("copy", reader);
    }

    assertThat(values("copy")).containsExactly("a", "b", "c");
  }

  @Test
  void compressedBodiesAreRead() throws IOException {
    for (var codec : List.of(CodecType.ZSTD, CodecType.LZ4_FRAME)) {
      byte[] stream = stream(codec, List.of("a".repeat(5000), "b"));
      shelf.tables.put("t", IpcStream.messages(stream));

      assertThat(values("t")).containsExactly("a".repeat(5000), "b");
    }
  }

  @Test
  void endpointsWithDictionariesAreNotMixed() throws IOException {
    var values = List.of(List.of("a", "b"), List.of("c", "d", "e"), List.of("f"));
    for (int i = 0; i < values.size(); i++) {
      var stream = stream(null, values.get(i), values.get(i));
      shelf.tables.put("part" + i, IpcStream.messages(stream));
    }
    shelf.isOrdered = false;
    shelf.tables.put("t", shelf.tables.get("part0"));
    shelf.endpoints.put(
        "t",
        List.of("part0", "part1", "part2").stream()
            .map(part -> FlightEndpoint.of(Ticket.of(part)))
            .toList());

    assertThat(values("t"))
        .containsExactly("a", "b", "a", "b", "c", "d", "e", "c", "d", "e", "f", "f");
  }

  private List<String> headers() {
    return shelf.tables.get("t").stream()
        .map(message -> Message.getRootAsMessage(message.header().duplicate()).headerType())
        .map(type ->
            type == MessageHeader.Schema
                ? "schema"
                : type == MessageHeader.DictionaryBatch ? "dictionary" : "batch")
        .toList();
  }

  private List<String> values(String name) throws IOException {
    var values = new ArrayList<String>();
    try (ArrowReader reader = hangar.get(name)) {
      while (reader.loadNextBatch()) {
        var vector = reader.getVectorSchemaRoot().getVector(0);
        var dictionary = reader.lookup(ENCODING.getId());
        try (var decoded = DictionaryEncoder.decode(vector, dictionary)) {
          for (int row = 0; row < decoded.getValueCount(); row++) {
            values.add(decoded.getObject(row).toString());
          }
        }
      }
    }
    return values;
  }

  /** An IPC stream of one encoded column, each batch with the dictionary of its own values. */
  @SafeVarargs
  private byte[] stream(CodecType codec, List<String>... batches) throws IOException {
    var out = new ByteArrayOutputStream();
    var type = new FieldType(true, ENCODING.getIndexType(), ENCODING);
    try (var dictionary = texts(List.of());
        var indices = new SmallIntVector("t", type, allocator);
        var root = VectorSchemaRoot.of(indices);
        var writer = writer(root, new Dictionary(dictionary, ENCODING), out, codec)) {
      for (var batch : batches) {
        Batches.write(dictionary, batch);
        indices.allocateNew(batch.size());
        for (int row = 0; row < batch.size(); row++) {
          indices.set(row, row);
        }
        root.setRowCount(batch.size());
        writer.writeBatch();
      }
    }
    return out.toByteArray();
  }

  private static ArrowStreamWriter writer(
      VectorSchemaRoot root, Dictionary dictionary, ByteArrayOutputStream out, CodecType codec) {
    var channel = Channels.newChannel(out);
    var provider = new MapDictionaryProvider(dictionary);
    return codec == null
        ? new ArrowStreamWriter(root, provider, channel)
        : new ArrowStreamWriter(
            root, provider, channel, IpcOption.DEFAULT, CompressionCodec.Factory.INSTANCE, codec);
  }

  private VarCharVector texts(List<String> values) {
    var vector = new VarCharVector("t", allocator);
    Batches.write(vector, values);
    return vector;
  }
}
