package dev.hangar.interop;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.compare.VectorEqualsVisitor;
import org.apache.arrow.vector.compression.CompressionCodec;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.apache.arrow.vector.ipc.message.MessageSerializer;
import org.apache.arrow.vector.types.pojo.DictionaryEncoding;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/** The tables of {@link Scenario#DATA}: files of streams, and what makes two of them equal. */
final class Tables {
  private static final Path FOLDER = Project.root().resolve("interop/target/tables");
  private static final Duration TIMEOUT = Duration.ofMinutes(2);
  private static final String ENDING = ".arrows";
  private static boolean isWritten;

  private Tables() {}

  /** The folder with a file of each table, written anew in each run of the tests. */
  static synchronized Path folder() {
    if (!isWritten) {
      remove(FOLDER);
      Python.run("integration_data.py", TIMEOUT, FOLDER.toString());
      isWritten = true;
    }
    return FOLDER;
  }

  /** The names of all tables but some. */
  static List<String> names(Set<String> without) {
    try (var files = Files.list(folder())) {
      return files
          .map(file -> file.getFileName().toString().replace(ENDING, ""))
          .filter(Predicate.not(without::contains))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static byte[] stream(String name) {
    try {
      return Files.readAllBytes(folder().resolve(name + ENDING));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static ArrowReader reader(byte[] stream, BufferAllocator allocator) {
    return new ArrowStreamReader(
        new ByteArrayInputStream(stream), allocator, CompressionCodec.Factory.INSTANCE);
  }

  /**
   * The schema that a stream begins with, as it is sent: a reader's knows indices of dictionaries.
   */
  static Schema schema(byte[] stream) {
    return schema(IpcStreams.split(stream).get(0).header());
  }

  /** The schema of a bare message. */
  static Schema schema(ByteBuffer message) {
    return MessageSerializer.deserializeSchema(Message.getRootAsMessage(message.slice()));
  }

  /** Requires that two streams have the same table, batch by batch. */
  static void requireSame(ArrowReader got, ArrowReader put) throws IOException {
    requireSame(got.getVectorSchemaRoot().getSchema(), put.getVectorSchemaRoot().getSchema());
    for (var batch = 0; put.loadNextBatch(); batch++) {
      require(got.loadNextBatch(), "the table ends before batch " + batch);
      requireSame(batch, got.getVectorSchemaRoot(), got, put.getVectorSchemaRoot(), put);
    }
    require(!got.loadNextBatch(), "the table goes on behind its last batch");
  }

  /**
   * Requires that schemas are the same but for the numbers of dictionaries, which any peer may
   * choose.
   */
  static void requireSame(Schema got, Schema put) {
    require(
        unnumbered(got).equals(unnumbered(put)), "schema " + put + " was put, this came: " + got);
  }

  /** Requires that batches have the same values, and the same dictionaries behind them. */
  static void requireSame(
      int batch,
      VectorSchemaRoot got,
      DictionaryProvider gotWords,
      VectorSchemaRoot put,
      DictionaryProvider putWords) {
    require(got.getRowCount() == put.getRowCount(), "batch %d has other rows".formatted(batch));
    for (var column = 0; column < put.getFieldVectors().size(); column++) {
      var where = "batch %d, column %d".formatted(batch, column);
      requireSame(where, got.getVector(column), gotWords, put.getVector(column), putWords);
    }
  }

  private static void requireSame(
      String where,
      FieldVector got,
      DictionaryProvider gotWords,
      FieldVector put,
      DictionaryProvider putWords) {
    require(
        VectorEqualsVisitor.vectorEquals(got, put, (a, b) -> true),
        where + ": " + put + " was put, this came: " + got);
    requireSameWords(where, got.getField(), gotWords, put.getField(), putWords);
  }

  private static void requireSameWords(
      String where,
      Field got,
      DictionaryProvider gotWords,
      Field put,
      DictionaryProvider putWords) {
    if (put.getDictionary() != null) {
      requireSame(
          where + ", its dictionary",
          gotWords.lookup(got.getDictionary().getId()).getVector(),
          gotWords,
          putWords.lookup(put.getDictionary().getId()).getVector(),
          putWords);
    }
    for (var child = 0; child < put.getChildren().size(); child++) {
      requireSameWords(
          where, got.getChildren().get(child), gotWords, put.getChildren().get(child), putWords);
    }
  }

  private static Schema unnumbered(Schema schema) {
    return new Schema(
        schema.getFields().stream().map(Tables::unnumbered).toList(), schema.getCustomMetadata());
  }

  private static Field unnumbered(Field field) {
    var encoding = field.getDictionary();
    var anonymous =
        encoding == null
            ? null
            : new DictionaryEncoding(0, encoding.isOrdered(), encoding.getIndexType());
    return new Field(
        field.getName(),
        new FieldType(field.isNullable(), field.getType(), anonymous, field.getMetadata()),
        field.getChildren().stream().map(Tables::unnumbered).toList());
  }

  private static void remove(Path folder) {
    if (Files.exists(folder)) {
      try (var old = Files.walk(folder)) {
        for (var path : old.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw new AssertionError(message);
    }
  }
}
