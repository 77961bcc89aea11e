package dev.hangar.interop;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.compare.VectorEqualsVisitor;
import org.apache.arrow.vector.dictionary.Dictionary;
import org.apache.arrow.vector.dictionary.DictionaryEncoder;
import org.apache.arrow.vector.dictionary.DictionaryProvider.MapDictionaryProvider;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.DictionaryEncoding;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/** Small tables as bytes of an Arrow IPC stream, to be read as often as a test wants. */
final class ArrowStreams {
  private static final int WORDS = 7;

  /** Arrow C++ numbers dictionaries anew, from 0. */
  private static final long DICTIONARY_ID = 0;

  private ArrowStreams() {}

  /** A stream of {@code batches} batches: a number, a word with nulls, a dictionary of words. */
  static byte[] of(BufferAllocator allocator, int batches, int rows) throws IOException {
    try (var words = words(allocator, "words", WORDS, 0)) {
      var encoding = new DictionaryEncoding(DICTIONARY_ID, false, null);
      var dictionary = new Dictionary(words, encoding);
      try (var plain = words(allocator, "kind", rows, 0);
          var kind = (FieldVector) DictionaryEncoder.encode(plain, dictionary);
          var number = new BigIntVector("number", allocator);
          var word = words(allocator, "word", rows, 5)) {
        var columns = List.<FieldVector>of(number, word, kind);
        var fields = columns.stream().map(FieldVector::getField).toList();
        var root =
            new VectorSchemaRoot(new Schema(fields, Map.of("made by", "a test")), columns, rows);
        var out = new ByteArrayOutputStream();
        try (var writer = new ArrowStreamWriter(root, new MapDictionaryProvider(dictionary), out)) {
          for (var batch = 0; batch < batches; batch++) {
            fill(number, rows, (long) batch * rows);
            writer.writeBatch();
          }
          writer.end();
        }
        return out.toByteArray();
      }
    }
  }

  static ArrowReader reader(BufferAllocator allocator, byte[] stream) {
    return new ArrowStreamReader(new ByteArrayInputStream(stream), allocator);
  }

  /** Reads both to the end; an error says at which batch and column they differ. */
  static void requireEqual(ArrowReader one, ArrowReader other) throws IOException {
    var a = one.getVectorSchemaRoot();
    var b = other.getVectorSchemaRoot();
    require(a.getSchema().equals(b.getSchema()), a.getSchema() + " is not " + b.getSchema());
    for (var batch = 0; ; batch++) {
      var more = one.loadNextBatch();
      require(more == other.loadNextBatch(), "one stream ends after batch " + batch);
      if (!more) {
        return;
      }
      for (var column = 0; column < a.getFieldVectors().size(); column++) {
        require(
            VectorEqualsVisitor.vectorEquals(a.getVector(column), b.getVector(column)),
            "batch %d, column %s differs".formatted(batch, a.getVector(column).getName()));
      }
    }
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw new AssertionError(message);
    }
  }

  private static void fill(BigIntVector column, int rows, long first) {
    column.allocateNew(rows);
    for (var row = 0; row < rows; row++) {
      column.set(row, first + row);
    }
    column.setValueCount(rows);
  }

  /** Words that repeat after {@link #WORDS}; every {@code nullEvery}-th is null, 0 for none. */
  private static VarCharVector words(
      BufferAllocator allocator, String name, int rows, int nullEvery) {
    var column = new VarCharVector(name, FieldType.nullable(ArrowType.Utf8.INSTANCE), allocator);
    column.allocateNew();
    for (var row = 0; row < rows; row++) {
      if (nullEvery > 0 && row % nullEvery == 0) {
        column.setNull(row);
      } else {
        column.setSafe(row, ("wörd " + row % WORDS).getBytes(UTF_8));
      }
    }
    column.setValueCount(rows);
    return column;
  }
}
