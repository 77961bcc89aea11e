package dev.hangar.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hangar.wire.CallOptions;
import dev.hangar.wire.FlightClient;
import dev.hangar.wire.FlightDescriptor;
import dev.hangar.wire.FlightServer;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.DictionaryProvider.MapDictionaryProvider;
import org.apache.arrow.vector.ipc.message.ArrowFieldNode;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class UploadTest {
  @Test
  void aBatchTooLargeForAMessageIsHalvedUntilItFits() throws Exception {
    var shelf = new Shelf();
    try (var allocator = new RootAllocator();
        var server = FlightServer.builder(shelf).start();
        var hangar = Hangar.connect(Shelf.at(server.port()).uri(), allocator);
        var client = FlightClient.of(Shelf.at(server.port()));
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
  void piecesMakeTheBodyThatTheMetadataSpeaksOf() {
    var random = new Random(3);
    try (var allocator = new RootAllocator()) {
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
