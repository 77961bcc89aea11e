package dev.hangar.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hangar.wire.CallOptions;
import dev.hangar.wire.FlightClient;
import dev.hangar.wire.FlightDescriptor;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.FixedSizeBinaryVector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.dictionary.Dictionary;
import org.apache.arrow.vector.dictionary.DictionaryEncoder;
import org.apache.arrow.vector.dictionary.DictionaryProvider.MapDictionaryProvider;
import org.apache.arrow.vector.ipc.message.ArrowFieldNode;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.DictionaryEncoding;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(60)
class UploadTest {
  private static final Schema MIXED =
      new Schema(
          List.of(
              Field.nullable("flag", new ArrowType.Bool()),
              Field.nullable("text", new ArrowType.Utf8()),
              Field.nullable("key", new ArrowType.FixedSizeBinary(3)),
              new Field(
                  "list",
                  FieldType.nullable(new ArrowType.List()),
                  List.of(Field.nullable("item", new ArrowType.Int(32, true))))));

  @RegisterExtension final Served served = new Served();

  private final Shelf shelf = served.shelf;
  private final RootAllocator allocator = served.allocator;
  private final Hangar hangar = served.hangar;

  @Test
  void aBatchTooLargeForAMessageIsHalvedUntilItFits() throws Exception {
    try (var client = FlightClient.of(served.location());
        var numbers = new IntVector("n", allocator);
        var root = VectorSchemaRoot.of(numbers)) {
      for (int i = 0; i < 1000; i++) {
        numbers.setSafe(i, i);
      }
      root.setRowCount(1000);
      var call = client.doPut(CallOptions.NONE);
      try (var upload = new Upload(call, root, new MapDictionaryProvider(), allocator, 1000)) {
        upload.begin(FlightDescriptor.path("t"));
        upload.sendBatch();
        upload.end();
        assertThat(upload.rows()).isEqualTo(1000);
      }
      int row = 0;
      try (var reader = hangar.get("t")) {
        while (reader.loadNextBatch()) {
          var vector = (IntVector) reader.getVectorSchemaRoot().getVector(0);
          assertThat(vector.getValueCount()).isLessThan(250);
          for (int i = 0; i < vector.getValueCount(); i++) {
            assertThat(vector.get(i)).isEqualTo(row++);
          }
        }
      }
      assertThat(row).isEqualTo(1000);
    }
  }

  @Test
  void partsOfEveryKindOfColumnComeBackWhole() throws Exception {
    try (var root = VectorSchemaRoot.create(MIXED, allocator)) {
      fill(root, 777);
      upload(root, new MapDictionaryProvider(), 2_000);

      int row = 0;
      try (var reader = hangar.get("t")) {
        while (reader.loadNextBatch()) {
          var part = reader.getVectorSchemaRoot();
          for (int i = 0; i < part.getRowCount(); i++, row++) {
            for (var vector : part.getFieldVectors()) {
              assertThat(text(vector.getObject(i)))
                  .isEqualTo(text(root.getVector(vector.getName()).getObject(row)));
            }
          }
        }
      }
      assertThat(row).isEqualTo(777);
      assertThat(shelf.tables.get("t")).hasSizeGreaterThan(10);
      assertThat(shelf.tables.get("t"))
          .allSatisfy(message -> assertThat(message.body().limit()).isLessThanOrEqualTo(2_000));
    }
  }

  @Test
  void aRowMayBeAsLargeAsAMessageAndNoLarger() throws Exception {
    for (int bytes : new int[] {1_984, 1_985}) {
      try (var texts = new VarBinaryVector("b", allocator);
          var root = VectorSchemaRoot.of(texts)) {
        texts.setSafe(0, new byte[8]);
        texts.setSafe(1, new byte[bytes]);
        texts.setSafe(2, new byte[8]);
        root.setRowCount(3);
        if (bytes == 1_984) { // and 8 each for validity and offsets
          upload(root, new MapDictionaryProvider(), 1_000);
          assertThat(shelf.tables.get("t")).hasSize(4);
        } else {
          assertThatThrownBy(() -> upload(root, new MapDictionaryProvider(), 1_000))
              .isInstanceOf(IllegalArgumentException.class)
              .hasMessage(
                  "a single row has 2008 bytes and cannot be split; one message holds at most 2000:"
                      + " make its values smaller");
        }
      }
    }
  }

  @Test
  void aDictionaryThatNoMessageHoldsIsRefused() {
    var encoding = new DictionaryEncoding(9, false, null);
    try (var values = new VarBinaryVector("d", allocator)) {
      values.setSafe(0, new byte[3_000]);
      values.setValueCount(1);
      var dictionary = new Dictionary(values, encoding);
      try (var encoded = (FieldVector) DictionaryEncoder.encode(values, dictionary);
          var root = VectorSchemaRoot.of(encoded)) {
        assertThatThrownBy(() -> upload(root, new MapDictionaryProvider(dictionary), 1_000))
            .hasMessageStartingWith("dictionary 9 has 3016 bytes and cannot be split");
      }
    }
    assertThat(shelf.tables).isEmpty();
  }

  private void upload(VectorSchemaRoot root, MapDictionaryProvider dictionaries, int maxBodyBytes) {
    try (var client = FlightClient.of(served.location());
        var upload =
            new Upload(
                client.doPut(CallOptions.NONE), root, dictionaries, allocator, maxBodyBytes)) {
      upload.begin(FlightDescriptor.path("t"));
      upload.sendBatch();
      upload.end();
    }
  }

  private static String text(Object value) {
    return value instanceof byte[] bytes ? Arrays.toString(bytes) : String.valueOf(value);
  }

  private static void fill(VectorSchemaRoot root, int rows) {
    root.allocateNew();
    var flags = (BitVector) root.getVector("flag");
    var texts = (VarCharVector) root.getVector("text");
    var keys = (FixedSizeBinaryVector) root.getVector("key");
    var lists = ((ListVector) root.getVector("list")).getWriter();
    for (int row = 0; row < rows; row++) {
      if (row % 3 != 0) {
        flags.setSafe(row, row % 2);
        texts.setSafe(row, ("text " + row).getBytes(StandardCharsets.UTF_8));
        keys.setSafe(row, new byte[] {(byte) row, 1, 2});
      }
      lists.setPosition(row);
      lists.startList();
      for (int i = 0; i < row % 5; i++) {
        lists.integer().writeInt(row * i);
      }
      lists.endList();
    }
    root.setRowCount(rows);
  }

  @Test
  void piecesMakeTheBodyThatTheMetadataSpeaksOf() {
    var random = new Random(3);
    for (int round = 0; round < 200; round++) {
      var buffers = new ArrayList<ArrowBuf>();
      for (int i = random.nextInt(8); i >= 0; i--) {
        int limit = random.nextBoolean() ? 40 : 4 * BodyPieces.COPIED_BYTES;
        buffers.add(random(allocator.buffer(limit), random.nextInt(limit), random));
      }
      var nodes = List.of(new ArrowFieldNode(0, 0));
      try (var batch = new ArrowRecordBatch(0, nodes, buffers);
          var pieces = new BodyPieces(buffers, allocator)) {
        assertThat(joined(pieces.pieces())).isEqualTo(expected(batch));
      }
      buffers.forEach(ArrowBuf::close);
    }
  }

  private static ArrowBuf random(ArrowBuf buffer, int bytes, Random random) {
    byte[] content = new byte[bytes];
    random.nextBytes(content);
    buffer.writeBytes(content);
    return buffer;
  }

  private static ByteBuffer joined(List<ByteBuffer> pieces) {
    int bytes = pieces.stream().mapToInt(ByteBuffer::remaining).sum();
    var body = ByteBuffer.allocate(bytes);
    pieces.forEach(piece -> body.put(piece.duplicate()));
    return body.flip();
  }

  private static ByteBuffer expected(ArrowRecordBatch batch) {
    var body = ByteBuffer.allocate((int) batch.computeBodyLength());
    for (int i = 0; i < batch.getBuffers().size(); i++) {
      var buffer = batch.getBuffers().get(i);
      byte[] content = new byte[(int) buffer.readableBytes()];
      buffer.getBytes(0, content);
      body.put((int) batch.getBuffersLayout().get(i).getOffset(), content);
    }
    return body;
  }
}
