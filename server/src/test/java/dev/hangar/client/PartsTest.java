package dev.hangar.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.hangar.client.PutOptions.Mode;
import dev.hangar.server.HangarServer;
import dev.hangar.server.ServerConfig;
import dev.hangar.store.Durability;
import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.Dictionary;
import org.apache.arrow.vector.dictionary.DictionaryEncoder;
import org.apache.arrow.vector.dictionary.DictionaryProvider.MapDictionaryProvider;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.DictionaryEncoding;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Large tables, put in parts and got over several connections, past ends of both. */
@ParameterizedClass
@EnumSource(Durability.class)
@Timeout(240)
class PartsTest {
  private static final int PART_BYTES = 64 << 10;
  private static final int BATCHES = 100;
  private static final Progress NOBODY = (rows, bytes) -> {};

  private final Durability durability;
  private final RootAllocator allocator = new RootAllocator();
  private final List<String> waits = new ArrayList<>();

  @TempDir private Path folder;
  private HangarServer server;
  private CutProxy proxy;
  private Hangar hangar;

  PartsTest(Durability durability) {
    this.durability = durability;
  }

  @BeforeEach
  void start() throws IOException {
    server = HangarServer.start(config(), line -> {});
    proxy = new CutProxy(server.port());
    var options = HangarOptions.DEFAULT.connections(3).bufferBytes(4 * Limits.WINDOW_BYTES_MIN);
    hangar =
        new Hangar(proxy.url(), options, allocator, false, Time.SYSTEM, Math::random, PART_BYTES);
  }

  @AfterEach
  void nothingIsLeftBehind() {
    hangar.close();
    assertThat(hangar.bodyBytes()).isZero();
    proxy.close();
    server.close();
    assertThat(server.bodyBytes()).isZero();
    allocator.close();
  }

  @Test
  void partsComeBackInTheOrderOfTheirRows() throws IOException {
    var sent = hangar.put("t", Rows.source(allocator, BATCHES));
    assertThat(sent.rows()).isEqualTo((long) BATCHES * Rows.BATCH_ROWS);
    assertThat(sent.version()).hasValue(1);
    assertThat(sent.parts()).isBetween(10, 20);
    assertThat(sent.repeats()).isZero();
    assertThat(hangar.versions("t").get(0).parts()).isEqualTo(sent.parts());
    assertAllThere();
  }

  @Test
  void whatFitsIntoOnePartIsOnePut() throws IOException {
    for (int batches : new int[] {0, 1, 7}) {
      var sent = hangar.put("t", Rows.source(allocator, batches));
      assertThat(sent.parts()).isEqualTo(1);
      assertThat(sent.rows()).isEqualTo((long) batches * Rows.BATCH_ROWS);
      try (var table = hangar.get("t")) {
        assertThat(Rows.areAll(table, batches)).isTrue();
      }
    }
  }

  @Test
  void aKeyOfTheApplicationsOwnIsForOnePut() {
    var keyed = PutOptions.DEFAULT.mode(Mode.APPEND).idempotencyKey("mine");
    for (int time = 0; time < 2; time++) {
      var sent = hangar.put("t", Rows.source(allocator, BATCHES), NOBODY, keyed);
      assertThat(sent.parts()).isEqualTo(1);
      assertThat(sent.version()).hasValue(1);
    }
  }

  @Test
  void everyPartBeginsWithItsDictionaries() throws IOException {
    byte[] stream = words();
    var sent = hangar.put("t", () -> reader(stream));
    assertThat(sent.parts()).isGreaterThan(3);
    proxy.cutAfter(sent.bytes() / 2, () -> {});
    assertThat(readWords("t")).isEqualTo(expectedWords());
    assertThat(proxy.cuts()).isEqualTo(1);
  }

  @Test
  void aPartThatBreaksOffIsSentAgain() throws IOException {
    proxy.cutAfter((long) BATCHES * Rows.BATCH_ROWS * Long.BYTES / 2, () -> {});
    var opened = new AtomicInteger();
    var sent =
        hangar.put(
            "t",
            () -> {
              opened.incrementAndGet();
              return new Rows(allocator, BATCHES, batch -> {});
            });
    assertThat(proxy.cuts()).isEqualTo(1);
    assertThat(sent.repeats()).isBetween(1, 6);
    assertThat(sent.rows()).isEqualTo((long) BATCHES * Rows.BATCH_ROWS);
    assertThat(opened).as("nothing is read again").hasValue(1);
    assertAllThere();
  }

  @Test
  void aPutGoesOnWithAServerThatIsStartedAnew() throws IOException {
    var opened = new AtomicInteger();
    var sent =
        hangar.put(
            "t",
            () -> {
              boolean isFirst = opened.incrementAndGet() == 1;
              return new Rows(allocator, BATCHES, batch -> restart(isFirst && batch == 60));
            },
            watcher(),
            PutOptions.DEFAULT);
    assertThat(opened)
        .as("what a directory does not have is read from the first row")
        .hasValue(durability == Durability.DISK ? 1 : 2);
    assertThat(sent.rows()).isEqualTo((long) BATCHES * Rows.BATCH_ROWS);
    assertAllThere();
  }

  @Test
  void aGetGoesOnWhereItWas() throws IOException {
    hangar.put("t", Rows.source(allocator, 10 * BATCHES));
    for (int cut = 0; cut < 3; cut++) {
      proxy.cutAfter(1_000_000L * (cut + 1), () -> {});
      try (var table = hangar.get("t", watcher())) {
        assertThat(Rows.areAll(table, 10 * BATCHES)).isTrue();
      }
      assertThat(proxy.cuts()).isEqualTo(cut + 1);
    }
  }

  @Test
  void aGetGoesOnWithAServerThatIsStartedAnew() throws IOException {
    hangar.put("t", Rows.source(allocator, 10 * BATCHES));
    proxy.cutAfter(3_000_000, () -> restart(true));
    try (var table = hangar.get("t", watcher())) {
      if (durability == Durability.DISK) {
        assertThat(Rows.areAll(table, 10 * BATCHES)).isTrue();
      } else {
        assertThatThrownBy(() -> Rows.areAll(table, 10 * BATCHES))
            .isInstanceOfSatisfying(
                StatusException.class,
                gone -> assertThat(gone.code()).isEqualTo(StatusCode.INVALID_ARGUMENT));
      }
    }
    assertThat(waits).isNotEmpty();
  }

  @Test
  void aSourceThatFailsLeavesNothing() {
    assertThatThrownBy(() ->
            hangar.put(
                "t",
                () ->
                    new Rows(
                        allocator,
                        BATCHES,
                        batch -> {
                          if (batch == 60) {
                            throw new UncheckedIOException(new IOException("torn"));
                          }
                        })))
        .hasMessageContaining("torn")
        .hasNoSuppressedExceptions();
    assertThat(hangar.list()).isEmpty();
    awaitNoBodies();
  }

  @Test
  void conditionsAreHeldAgainstBeforePartsAreSent() {
    hangar.put("t", Rows.source(allocator, 1));
    var read = new AtomicInteger();
    var refused =
        catchThrowableOfType(
            StatusException.class,
            () ->
                hangar.put(
                    "t",
                    () -> new Rows(allocator, BATCHES, batch -> read.incrementAndGet()),
                    NOBODY,
                    PutOptions.DEFAULT.mode(Mode.CREATE)));
    assertThat(refused.code()).isEqualTo(StatusCode.ALREADY_EXISTS);
    assertThat(read.get()).isLessThan(BATCHES / 2);
  }

  @Test
  void anInterruptedPutEnds() throws InterruptedException {
    var failure = new ArrayList<Throwable>();
    Thread.ofVirtual()
        .start(() -> {
          try {
            hangar.put(
                "t",
                () ->
                    new Rows(
                        allocator,
                        BATCHES,
                        batch -> {
                          if (batch == 60) {
                            Thread.currentThread().interrupt();
                          }
                        }));
          } catch (StatusException e) {
            failure.add(e);
          }
        })
        .join();
    assertThat(failure)
        .singleElement()
        .isInstanceOfSatisfying(
            StatusException.class, e -> assertThat(e.code()).isEqualTo(StatusCode.CANCELLED));
    assertThat(hangar.list()).isEmpty();
    awaitNoBodies();
  }

  /** The upload is ended; calls that were given up end when the server hears of it. */
  private void awaitNoBodies() {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (server.bodyBytes() > 0) {
      assertThat(System.nanoTime()).isLessThan(end);
      Thread.onSpinWait();
    }
  }

  private ServerConfig config() {
    var config = ServerConfig.defaults().withPort(0).withMemoryBytes(256 << 20);
    return durability == Durability.DISK ? config.withData(folder.resolve("data")) : config;
  }

  /** Ends the server as a crash would for its clients, and starts another. */
  private void restart(boolean isTime) {
    if (isTime) {
      proxy.cut();
      server.close();
      try {
        server = HangarServer.start(config(), line -> {});
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      proxy.lead(server.port());
    }
  }

  private Progress watcher() {
    return new Progress() {
      @Override
      public void update(long rows, long bytes) {}

      @Override
      public void waiting(String why) {
        waits.add(why);
      }
    };
  }

  private void assertAllThere() throws IOException {
    try (var table = hangar.get("t")) {
      assertThat(Rows.areAll(table, BATCHES)).isTrue();
    }
  }

  private ArrowReader reader(byte[] stream) {
    return new ArrowStreamReader(new ByteArrayInputStream(stream), allocator);
  }

  private static List<String> expectedWords() {
    return IntStream.range(0, 12)
        .boxed()
        .flatMap(batch ->
            IntStream.range(0, 8_000).mapToObj(row -> "word " + batch / 5 + " " + row % 100))
        .toList();
  }

  /** Twelve batches of codes, with another dictionary after each five. */
  private byte[] words() throws IOException {
    var encoding = new DictionaryEncoding(5, false, new ArrowType.Int(32, true));
    var out = new ByteArrayOutputStream();
    var expected = expectedWords();
    try (var dictionary = new VarCharVector("words", allocator);
        var codes = new IntVector("codes", fieldType(encoding), allocator);
        var root = VectorSchemaRoot.of((FieldVector) codes)) {
      var provider = new MapDictionaryProvider(new Dictionary(dictionary, encoding));
      fill(dictionary, 0);
      codes.allocateNew(8_000);
      try (var writer = new ArrowStreamWriter(root, provider, Channels.newChannel(out))) {
        for (int batch = 0; batch < 12; batch++) {
          fill(dictionary, batch / 5);
          for (int row = 0; row < 8_000; row++) {
            codes.setSafe(row, row % 100);
          }
          root.setRowCount(8_000);
          writer.writeBatch();
        }
      }
    }
    assertThat(expected).hasSize(96_000);
    return out.toByteArray();
  }

  private static FieldType fieldType(DictionaryEncoding code) {
    return new FieldType(true, code.getIndexType(), code);
  }

  private static void fill(VarCharVector dictionary, int generation) {
    dictionary.reset();
    for (int word = 0; word < 100; word++) {
      dictionary.setSafe(
          word, ("word " + generation + " " + word).getBytes(StandardCharsets.UTF_8));
    }
    dictionary.setValueCount(100);
  }

  private List<String> readWords(String name) throws IOException {
    var words = new ArrayList<String>();
    try (var table = hangar.get(name)) {
      while (table.loadNextBatch()) {
        var codes = table.getVectorSchemaRoot().getVector(0);
        try (var decoded = (VarCharVector) DictionaryEncoder.decode(codes, table.lookup(5))) {
          for (int row = 0; row < decoded.getValueCount(); row++) {
            words.add(new String(decoded.get(row), StandardCharsets.UTF_8));
          }
        }
      }
    }
    return words;
  }
}
