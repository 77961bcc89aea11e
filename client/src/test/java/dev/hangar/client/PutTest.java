package dev.hangar.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hangar.wire.CallOptions;
import dev.hangar.wire.FlightClient;
import dev.hangar.wire.FlightDescriptor;
import dev.hangar.wire.FlightServer;
import dev.hangar.wire.grpc.Metadata;
import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.DictionaryProvider.MapDictionaryProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Puts that fail, and that the server says to repeat. */
@Timeout(60)
class PutTest {
  private static final StatusException REPEAT =
      new StatusException(
          StatusCode.RESOURCE_EXHAUSTED, "full", Metadata.of("grpc-retry-pushback-ms", "5"), null);

  private final Shelf shelf = new Shelf();
  private final RootAllocator allocator = new RootAllocator();
  private final VectorSchemaRoot root = VectorSchemaRoot.create(Numbers.SCHEMA, allocator);
  private final AtomicInteger uploads = new AtomicInteger();
  private FlightServer server;
  private FlightClient client;
  private int loaded;

  @BeforeEach
  void start() throws IOException {
    server = FlightServer.builder(shelf).start();
    client = FlightClient.of(Shelf.at(server.port()));
  }

  @AfterEach
  void nothingIsLeftBehind() {
    root.close();
    client.close();
    allocator.close();
    server.close();
    assertThat(server.bodyBytes()).isZero();
  }

  @Test
  void theFirstBatchIsSentAgainWhileItIsLoaded() throws IOException {
    assertThat(run(put(3, 1)).rows()).isEqualTo(30);
    assertThat(uploads).hasValue(2);
    assertThat(stored()).containsExactlyElementsOf(LongStream.range(0, 30).boxed().toList());
  }

  @Test
  void nothingIsSentAgainOnceASecondBatchIsLoaded() {
    assertThatThrownBy(() -> run(put(3, 2))).isSameAs(REPEAT);
    assertThat(uploads).hasValue(1);
    assertThat(shelf.tables).isEmpty();
  }

  @Test
  void aSourceThatFailsIsNotTheServersFailure() {
    var put =
        new Put(
            () -> {
              throw REPEAT;
            },
            true,
            () -> false,
            upload -> {});
    assertThatThrownBy(() -> run(put)).isSameAs(REPEAT);
    assertThat(uploads).hasValue(1);
  }

  @Test
  void whatIsRefusedAtFirstIsThereInTheEnd() throws IOException {
    var calls = new AtomicInteger();
    shelf.beforeCall =
        call -> {
          if (calls.getAndIncrement() == 0) {
            throw REPEAT;
          }
        };
    Numbers.fill(root, 7, 10);
    try (var hangar = Hangar.connect(Shelf.at(server.port()).uri(), allocator)) {
      assertThat(hangar.put("t", root).rows()).isEqualTo(10);
      calls.set(0);
      assertThat(hangar.put("u", new Batches(root, 0, batch -> {})).rows()).isZero();
    }
    assertThat(stored()).containsExactlyElementsOf(LongStream.range(7, 17).boxed().toList());
    assertThat(shelf.tables.get("u")).hasSize(1);
  }

  /** A put of so many batches of ten rows, whose upload fails once, behind one of them. */
  private Put put(int batches, int failing) {
    var failed = new AtomicInteger();
    return new Put(
        () -> {
          if (loaded < batches) {
            Numbers.fill(root, 10L * loaded++, 10);
            return true;
          }
          return false;
        },
        false,
        () -> false,
        upload -> {
          upload.awaitSent();
          if (upload.rows() == 10L * failing && failed.getAndIncrement() == 0) {
            throw REPEAT;
          }
        });
  }

  private TransferSummary run(Put put) throws IOException {
    var operation = new Operation(HangarOptions.DEFAULT, new FakeTime(), () -> 0);
    return put.run(operation, this::upload);
  }

  private Upload upload() {
    uploads.incrementAndGet();
    var upload =
        new Upload(
            client.doPut(CallOptions.NONE),
            root,
            new MapDictionaryProvider(),
            allocator,
            Limits.BODY_BYTES);
    upload.begin(FlightDescriptor.path("t"));
    return upload;
  }

  private List<Long> stored() throws IOException {
    try (var hangar = Hangar.connect(Shelf.at(server.port()).uri(), allocator);
        var reader = hangar.get("t")) {
      return Numbers.read(reader);
    }
  }
}
