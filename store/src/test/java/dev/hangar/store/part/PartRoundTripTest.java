package dev.hangar.store.part;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hangar.store.Types;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.apache.arrow.flatbuf.Footer;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.ipc.ArrowFileReader;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.apache.arrow.vector.types.pojo.Field;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is stored comes back byte for byte, and Arrow's own reader opens it. */
@Timeout(120)
class PartRoundTripTest {
  @TempDir Path directory;
  private PartFixture parts;

  @BeforeEach
  void open() {
    parts = new PartFixture(directory);
  }

  static List<Field> types() {
    return Types.all();
  }

  @ParameterizedTest
  @MethodSource("types")
  void aColumnOfEveryTypeComesBack(Field field) throws IOException {
    assertKept(Samples.ofRows(100, field), 100);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 9, 1000})
  void aTableOfAllTypesComesBack(int rows) throws IOException {
    assertKept(Samples.ofAllTypes(rows), rows);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 5})
  void aTableWithoutColumnsComesBack(int rows) throws IOException {
    assertKept(Samples.ofRows(rows), rows);
  }

  @Test
  void aPartWithoutMessagesComesBack() throws IOException {
    assertKept(new Samples(Samples.ofAllTypes(1).schema(), List.of()), 0);
  }

  @Test
  void applicationMetadataComesBack() throws IOException {
    var large = ByteBuffer.allocate(100_001).put(99_999, (byte) 7);

    assertKept(Samples.ofNumbers(3, null, Samples.bytes(""), Samples.bytes("é"), large, null), 15);
  }

  @Test
  void applicationMetadataAloneComesBack() throws IOException {
    var samples = Samples.ofNumbers(3, Samples.bytes("x"), null);
    var notes = samples.with(Samples.note("end"), Samples.note(""));
    var first = new Samples(notes.schema(), notes.batches().reversed());

    var stored = parts.write(first);

    parts.assertHas(stored, first);
    assertThat(rowsOfFile()).isEqualTo(6);
  }

  @Test
  void compressedBodiesComeBack() {
    parts.assertHas(parts.write(Samples.compressed()), Samples.compressed());
  }

  @Test
  void bodiesMayBeLongerThanAnnounced() throws IOException {
    var samples = Samples.ofNumbers(3, (ByteBuffer) null);
    var batch = samples.batches().getFirst();
    for (int surplus = 0; surplus < 8; surplus++) {
      var body = ByteBuffer.allocateDirect(batch.body().remaining() + surplus);
      var longer = Samples.batch(batch.metadata(), null, body).withRows(3);
      assertKept(new Samples(samples.schema(), List.of(longer, longer)), 6);
      Files.delete(parts.file());
    }
    var body = ByteBuffer.allocateDirect(batch.body().remaining() + 8);
    var tooLong = Samples.batch(batch.metadata(), null, body);
    assertThatThrownBy(() -> parts.write(samples.with(tooLong)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void dictionariesComeBack() throws IOException {
    assertKept(Samples.ofDictionaries(false, false), 3);
  }

  @Test
  void deltasComeBack() {
    var samples = Samples.ofDictionaries(true, false);

    parts.assertHas(parts.write(samples), samples);
  }

  @Test
  void replacedDictionariesComeBackAndAreAStream() throws IOException {
    var samples = Samples.ofDictionaries(false, true);

    parts.assertHas(parts.write(samples), samples);

    assertThat(rowsOfStream()).isEqualTo(6);
  }

  /** Comes back, is an Arrow file of so many rows, and has every body at a multiple of 64. */
  private void assertKept(Samples samples, long rows) throws IOException {
    var stored = parts.write(samples);

    assertThat(stored.rows()).isEqualTo(rows);
    assertThat(stored.batches()).isEqualTo(samples.batches().size());
    assertThat(stored.fileBytes()).isEqualTo(Files.size(parts.file()));
    parts.assertHas(stored, samples);
    assertThat(rowsOfFile()).isEqualTo(rows);
    assertAligned();
  }

  private long rowsOfFile() throws IOException {
    long rows = 0;
    try (var allocator = new RootAllocator();
        var channel = FileChannel.open(parts.file(), StandardOpenOption.READ);
        var reader = new ArrowFileReader(channel, allocator)) {
      while (reader.loadNextBatch()) {
        rows += reader.getVectorSchemaRoot().getRowCount();
      }
    }
    return rows;
  }

  private long rowsOfStream() throws IOException {
    long rows = 0;
    try (var allocator = new RootAllocator();
        var input = Files.newInputStream(parts.file())) {
      input.skipNBytes(PartFormat.START);
      try (var reader = new ArrowStreamReader(input, allocator)) {
        while (reader.loadNextBatch()) {
          rows += reader.getVectorSchemaRoot().getRowCount();
        }
      }
    }
    return rows;
  }

  private void assertAligned() throws IOException {
    var footer = footer(Files.readAllBytes(parts.file()));
    for (int i = 0; i < footer.recordBatchesLength(); i++) {
      var block = footer.recordBatches(i);
      assertThat(block.offset() % 8).isZero();
      assertThat((block.offset() + block.metaDataLength()) % 64).isZero();
      assertThat(block.bodyLength() % 8).isZero();
    }
    for (int i = 0; i < footer.dictionariesLength(); i++) {
      var block = footer.dictionaries(i);
      assertThat((block.offset() + block.metaDataLength()) % 64).isZero();
    }
  }

  private static Footer footer(byte[] file) {
    int length = Integer.reverseBytes(ByteBuffer.wrap(file).getInt(file.length - 10));
    return Footer.getRootAsFooter(ByteBuffer.wrap(file, file.length - 10 - length, length).slice());
  }
}
