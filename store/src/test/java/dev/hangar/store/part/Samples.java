package dev.hangar.store.part;

import dev.hangar.store.ArrowStream;
import dev.hangar.store.Batch;
import dev.hangar.store.Types;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.VectorUnloader;
import org.apache.arrow.vector.compression.NoCompressionCodec;
import org.apache.arrow.vector.ipc.message.ArrowBodyCompression;
import org.apache.arrow.vector.ipc.message.ArrowDictionaryBatch;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.ipc.message.IpcOption;
import org.apache.arrow.vector.ipc.message.MessageSerializer;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/** Streams of messages to be stored, made by Arrow's Java library. */
record Samples(ByteBuffer schema, List<Batch> batches) {
  static final long DICTIONARY = 7;

  /** One batch of all types. */
  static Samples ofRows(int rows, Field... fields) {
    var stream = ArrowStream.ofRows(new Schema(List.of(fields)), rows, IpcOption.DEFAULT);
    var message = stream.batches().getFirst();
    var batch = batch(message.metadata(), null, message.body()).withRows(rows);
    return new Samples(stream.schema(), List.of(batch));
  }

  static Samples ofAllTypes(int rows) {
    return ofRows(rows, Types.all().toArray(Field[]::new));
  }

  /** Columns of numbers, batch after batch of them, {@code apps} beside them. */
  static Samples ofNumbers(int rows, @Nullable ByteBuffer... apps) {
    var one = ofRows(rows, Types.int32("n"), Types.utf8("t"));
    var batches = new ArrayList<Batch>();
    for (var app : apps) {
      var first = one.batches.getFirst();
      batches.add(new Batch(first.metadata(), app, first.body(), () -> {}).withRows(rows));
    }
    return new Samples(one.schema, batches);
  }

  /** Indices into a dictionary, which comes first, or grows, or is replaced. */
  static Samples ofDictionaries(boolean grows, boolean isReplaced) {
    var messageSchema = ArrowStream.schema(Types.encoded("e", DICTIONARY));
    var indices = ofRows(3, Types.int32("e")).batches.getFirst();
    var batches = new ArrayList<>(List.of(dictionary(false, "a", "bc"), indices));
    if (grows) {
      batches.addAll(List.of(dictionary(true, "d"), indices));
    }
    if (isReplaced) {
      batches.addAll(List.of(dictionary(false, "x", "y", "z"), indices));
    }
    return new Samples(messageSchema, batches);
  }

  private static Batch dictionary(boolean isDelta, String... values) {
    var schema = new Schema(List.of(Types.utf8("v")));
    try (var allocator = new RootAllocator();
        var root = VectorSchemaRoot.create(schema, allocator)) {
      var vector = (VarCharVector) root.getVector(0);
      for (int i = 0; i < values.length; i++) {
        vector.setSafe(i, values[i].getBytes(StandardCharsets.UTF_8));
      }
      root.setRowCount(values.length);
      var body = ArrowStream.batch(root, IpcOption.DEFAULT).body();
      try (var batch = new ArrowDictionaryBatch(DICTIONARY, records(root), isDelta)) {
        return batch(MessageSerializer.serializeMetadata(batch, IpcOption.DEFAULT), null, body);
      }
    }
  }

  private static ArrowRecordBatch records(VectorSchemaRoot root) {
    return new VectorUnloader(root, true, NoCompressionCodec.INSTANCE, true).getRecordBatch();
  }

  /** A batch that says its buffers are compressed, which nobody here looks at. */
  static Samples compressed() {
    var plain = ofRows(5, Types.int32("n"));
    try (var allocator = new RootAllocator();
        var root = VectorSchemaRoot.create(new Schema(List.of(Types.int32("n"))), allocator)) {
      root.setRowCount(5);
      try (var batch = records(root);
          var compressed =
              new ArrowRecordBatch(
                  5,
                  batch.getNodes(),
                  batch.getBuffers(),
                  new ArrowBodyCompression((byte) 1, (byte) 0),
                  true)) {
        var metadata = MessageSerializer.serializeMetadata(compressed, IpcOption.DEFAULT);
        var body = ByteBuffer.allocateDirect(Math.toIntExact(compressed.computeBodyLength()));
        for (int i = 0; i < body.limit(); i++) {
          body.put(i, (byte) (i * 37));
        }
        return new Samples(plain.schema, List.of(batch(metadata, null, body).withRows(5)));
      }
    }
  }

  static Batch batch(@Nullable ByteBuffer metadata, @Nullable ByteBuffer app, ByteBuffer body) {
    return new Batch(metadata, app, body, () -> {});
  }

  /** Application metadata alone. */
  static Batch note(String text) {
    return batch(null, bytes(text), ByteBuffer.allocate(0));
  }

  static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)).order(ByteOrder.LITTLE_ENDIAN);
  }

  Samples with(Batch... more) {
    var all = new ArrayList<>(batches);
    all.addAll(List.of(more));
    return new Samples(schema, all);
  }
}
