package dev.hangar.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import dev.hangar.wire.CallContext;
import dev.hangar.wire.FlightEndpoint;
import dev.hangar.wire.FlightServer;
import dev.hangar.wire.Location;
import dev.hangar.wire.Ticket;
import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.arrow.memory.RootAllocator;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tables that lie in several places. */
@Timeout(60)
class EndpointsTest {
  private static final int BATCHES = 5;
  private static final int ROWS = 100;

  private final Shelf shelf = new Shelf();
  private final Shelf elsewhere = new Shelf();
  private final RootAllocator allocator = new RootAllocator();
  private FlightServer server;
  private FlightServer other;
  private Hangar hangar;

  @BeforeEach
  void start() throws IOException {
    server = FlightServer.builder(shelf).start();
    other = FlightServer.builder(elsewhere).start();
    hangar = connect(HangarOptions.DEFAULT);
  }

  @AfterEach
  void nothingIsLeftBehind() {
    hangar.close();
    assertThat(hangar.bodyBytes()).isZero();
    allocator.close();
    server.close();
    other.close();
    assertThat(server.bodyBytes() + other.bodyBytes()).isZero();
  }

  @Test
  void orderedEndpointsComeInOrderWhoeverIsFirst() throws IOException {
    var names = split(8);
    var lastIsThere = new CountDownLatch(1);
    before(names.get(0), number -> await(lastIsThere));
    before(names.get(3), number -> lastIsThere.countDown());

    assertThat(read()).containsExactlyElementsOf(numbers(8));
  }

  @Test
  void otherEndpointsComeAsTheyArrive() throws IOException {
    var names = split(8);
    shelf.isOrdered = false;
    var othersAreRead = new CountDownLatch(1);
    before(names.get(1), number -> awaitIf(number == 3, othersAreRead));

    try (var reader = hangar.get("t")) {
      var seen = new ArrayList<Long>();
      while (reader.loadNextBatch()) {
        seen.addAll(Numbers.batch(reader));
        if (seen.size() == 7 * BATCHES * ROWS + 2 * ROWS) {
          othersAreRead.countDown();
        }
      }
      assertThat(seen).containsExactlyInAnyOrderElementsOf(numbers(8)).isNotEqualTo(numbers(8));
    }
  }

  @Test
  void noMoreEndpointsAreOpenThanAllowed() throws IOException {
    var names = split(9);
    var open = new AtomicInteger();
    var most = new AtomicInteger();
    var three = new CountDownLatch(3);
    for (var name : names) {
      before(
          name,
          number -> {
            if (number == 0) {
              most.accumulateAndGet(open.incrementAndGet(), Math::max);
              three.countDown();
            }
            awaitIf(number == 1, three);
            if (number == BATCHES) {
              open.decrementAndGet();
            }
          });
    }
    for (boolean isOrdered : new boolean[] {true, false}) {
      shelf.isOrdered = isOrdered;
      try (var narrow = connect(HangarOptions.DEFAULT.parallelism(3));
          var reader = narrow.get("t")) {
        assertThat(Numbers.read(reader)).containsExactlyInAnyOrderElementsOf(numbers(9));
      }
    }
    assertThat(most).hasValue(3);
  }

  @Test
  void whatWaitsIsBoundedHoweverManyEndpointsThereAre() throws Exception {
    int bufferBytes = 1 << 20;
    int batchBytes = 8 * 50_000;
    var endpoints = new ArrayList<FlightEndpoint>();
    for (int i = 0; i < 12; i++) {
      Numbers.put(hangar, allocator, "part" + i, i * 1_000_000L, 10, 50_000);
      endpoints.add(FlightEndpoint.of(Ticket.of("part" + i)));
    }
    shelf.tables.put("t", shelf.tables.get("part0"));
    shelf.endpoints.put("t", endpoints);
    for (boolean isOrdered : new boolean[] {true, false}) {
      shelf.isOrdered = isOrdered;
      var sent = new AtomicInteger();
      endpoints.forEach(
          e -> before(e.ticket().bytes().toStringUtf8(), n -> sent.incrementAndGet()));
      try (var small = connect(HangarOptions.DEFAULT.bufferBytes(bufferBytes).parallelism(6));
          var reader = small.get("t")) {
        assertThat(reader.loadNextBatch()).isTrue();
        for (int before = -1; before != sent.get(); Thread.sleep(200)) {
          before = sent.get();
        }
        // memory is taken for a whole batch when its first bytes come
        assertThat(small.bodyBytes()).isLessThan(bufferBytes + 7 * batchBytes * 9 / 8);
        int rows = 50_000;
        while (reader.loadNextBatch()) {
          rows += reader.getVectorSchemaRoot().getRowCount();
        }
        assertThat(rows).isEqualTo(12 * 10 * 50_000);
      }
    }
  }

  @Test
  void everyPlaceIsTriedUntilOneAnswers() throws IOException {
    split(1);
    elsewhere.tables.putAll(shelf.tables);
    before("part0", number -> refuse(StatusCode.NOT_FOUND));
    shelf.endpoints.put(
        "t",
        List.of(
            endpoint(
                "part0",
                new Location("https://example.com/part"),
                Shelf.at(1),
                new Location("arrow-flight-reuse-connection://?"),
                Shelf.at(other.port()))));

    assertThat(read()).containsExactlyElementsOf(numbers(1));
  }

  @Test
  void aPlaceThatFailsBetweenSchemaAndFirstBatchIsLeft() throws IOException {
    split(2);
    elsewhere.tables.putAll(shelf.tables);
    for (boolean isOrdered : new boolean[] {true, false}) {
      shelf.isOrdered = isOrdered;
      before("part1", number -> refuseIf(number == 1, StatusCode.INTERNAL));
      shelf.endpoints.put(
          "t", List.of(endpoint("part0"), endpoint("part1", home(), Shelf.at(other.port()))));
      assertThat(read()).containsExactlyInAnyOrderElementsOf(numbers(2));
    }
  }

  @Test
  void aPlaceThatWasNotThereIsTriedAgainAndEveryReasonIsTold() {
    split(1);
    var tries = new AtomicInteger();
    before(
        "part0",
        number -> {
          tries.incrementAndGet();
          refuse(StatusCode.UNAVAILABLE);
        });
    shelf.endpoints.put("t", List.of(endpoint("part0", new Location("ftp://x"), home())));
    var time = new FakeTime();
    var options =
        HangarOptions.DEFAULT.retry(
            new RetryPolicy(3, Duration.ofSeconds(1), Duration.ofSeconds(9), 0));
    try (var patient =
        new Hangar(home().uri(), options, allocator, false, time, () -> 0, Limits.PART_BYTES)) {
      var failure = failureOf(() -> read(patient));
      assertThat(failure.code()).isEqualTo(StatusCode.UNAVAILABLE);
      assertThat(failure)
          .hasMessageStartingWith("endpoint 1 of 1 can be had nowhere: cannot connect to ftp://x")
          .hasMessageContaining("; " + home().uri() + ": refused")
          .hasMessageEndingWith("; tried 3 times in 3000 ms");
    }
    assertThat(tries).hasValue(3);
    assertThat(time.sleeps).containsExactly(Duration.ofSeconds(1), Duration.ofSeconds(2));
  }

  @Test
  void aPlaceThatComesBackIsRead() throws IOException {
    split(3);
    var tries = new AtomicInteger();
    before("part2", number -> refuseIf(tries.incrementAndGet() < 4, StatusCode.UNAVAILABLE));
    for (boolean isOrdered : new boolean[] {true, false}) {
      tries.set(0);
      shelf.isOrdered = isOrdered;
      assertThat(read()).containsExactlyInAnyOrderElementsOf(numbers(3));
    }
  }

  @Test
  void aFailureInTheMiddleIsFinalAndNamed() {
    split(3);
    elsewhere.tables.putAll(shelf.tables);
    before("part1", number -> refuseIf(number == 3, StatusCode.UNAVAILABLE));
    shelf.endpoints.put(
        "t",
        List.of(
            endpoint("part0"),
            endpoint("part1", home(), Shelf.at(other.port())),
            endpoint("part2")));
    for (boolean isOrdered : new boolean[] {true, false}) {
      shelf.isOrdered = isOrdered;
      var failure = failureOf(this::read);
      assertThat(failure.code()).isEqualTo(StatusCode.UNAVAILABLE);
      assertThat(failure)
          .hasMessage("endpoint 2 of 3 at " + home().uri() + " broke off after 200 rows: refused");
    }
  }

  @Test
  void anExpiredEndpointSaysSo() {
    split(1);
    before("part0", number -> refuse(StatusCode.NOT_FOUND));
    var end = Instant.parse("2026-01-01T00:00:00Z");
    shelf.endpoints.put(
        "t", List.of(new FlightEndpoint(Ticket.of("part0"), List.of(), end, ByteString.EMPTY)));
    var failure = failureOf(this::read);
    assertThat(failure.code()).isEqualTo(StatusCode.NOT_FOUND);
    assertThat(failure)
        .hasMessageContaining("expired at 2026-01-01T00:00:00Z")
        .hasMessageContaining("ask for the table again")
        .hasMessageEndingWith("refused");
  }

  @Test
  void aReaderClosedEarlyStopsEveryStream() throws Exception {
    var names = split(4);
    shelf.isOrdered = false;
    var stopped = new CountDownLatch(4);
    for (var name : names) {
      shelf.beforeMessage.put(
          name,
          (number, call) -> {
            if (number == 2) {
              awaitCancelled(call);
              stopped.countDown();
            }
          });
    }
    try (var reader = hangar.get("t")) {
      for (int i = 0; i < 4; i++) {
        assertThat(reader.loadNextBatch()).isTrue(); // one of each
      }
    }
    assertThat(stopped.await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(hangar.bodyBytes()).isZero();
  }

  @Test
  void aDeadlineIsForTheWholeTable() {
    var names = split(4);
    var never = new CountDownLatch(1);
    before(names.get(2), number -> awaitIf(number == 2, never));
    for (boolean isOrdered : new boolean[] {true, false}) {
      shelf.isOrdered = isOrdered;
      try (var hurried = connect(HangarOptions.DEFAULT.deadline(Duration.ofMillis(700)))) {
        assertThat(failureOf(() -> read(hurried)).code()).isEqualTo(StatusCode.DEADLINE_EXCEEDED);
      }
    }
    never.countDown();
  }

  @Test
  void anInterruptEndsTheWaitForAnyStream() throws IOException {
    var names = split(4);
    shelf.isOrdered = false;
    var never = new CountDownLatch(1);
    names.forEach(name -> before(name, number -> awaitIf(number == 3, never)));
    try (var reader = hangar.get("t")) {
      for (int i = 0; i < 4 * 2; i++) {
        assertThat(reader.loadNextBatch()).isTrue();
      }
      Thread.currentThread().interrupt();
      assertThat(failureOf(reader::loadNextBatch).code()).isEqualTo(StatusCode.CANCELLED);
    } finally {
      assertThat(Thread.interrupted()).isTrue();
      never.countDown();
    }
  }

  /** Puts a table of so many parts, each an endpoint; returns their names. */
  private List<String> split(int parts) {
    var names = IntStream.range(0, parts).mapToObj(i -> "part" + i).toList();
    for (int i = 0; i < parts; i++) {
      Numbers.put(hangar, allocator, names.get(i), (long) i * BATCHES * ROWS, BATCHES, ROWS);
    }
    shelf.tables.put("t", shelf.tables.get("part0"));
    shelf.endpoints.put("t", names.stream().map(this::endpoint).toList());
    return names;
  }

  private FlightEndpoint endpoint(String name, Location... places) {
    return FlightEndpoint.of(Ticket.of(name), places);
  }

  private Location home() {
    return Shelf.at(server.port());
  }

  private Hangar connect(HangarOptions options) {
    return Hangar.connect(home().uri(), options, allocator);
  }

  private void before(String name, IntConsumer action) {
    shelf.beforeMessage.put(name, (number, call) -> action.accept(number));
  }

  private List<Long> read() throws IOException {
    return read(hangar);
  }

  private static List<Long> read(Hangar hangar) throws IOException {
    try (var reader = hangar.get("t")) {
      return Numbers.read(reader);
    }
  }

  private static List<Long> numbers(int parts) {
    return LongStream.range(0, (long) parts * BATCHES * ROWS).boxed().toList();
  }

  private static void refuse(StatusCode code) {
    throw new StatusException(code, "refused");
  }

  private static void refuseIf(boolean isDue, StatusCode code) {
    if (isDue) {
      refuse(code);
    }
  }

  private static void awaitIf(boolean isDue, CountDownLatch latch) {
    if (isDue) {
      await(latch);
    }
  }

  private static void awaitCancelled(CallContext call) {
    try {
      while (!call.isCancelled()) {
        Thread.sleep(5);
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(40, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static StatusException failureOf(ThrowingCallable call) {
    var failure = catchThrowableOfType(StatusException.class, call);
    assertThat(failure).isNotNull();
    return failure;
  }
}
