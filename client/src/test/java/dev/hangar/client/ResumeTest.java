package dev.hangar.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.hangar.client.PutOptions.Durability;
import dev.hangar.client.PutOptions.Kind;
import dev.hangar.client.PutOptions.Mode;
import dev.hangar.wire.FlightEndpoint;
import dev.hangar.wire.FlightServer;
import dev.hangar.wire.Ticket;
import dev.hangar.wire.grpc.Metadata;
import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Transfers that break off, and go on or are made again where the server is a Hangar. */
@Timeout(60)
class ResumeTest {
  private static final int BATCHES = 5;
  private static final int ROWS = 10;
  private static final Metadata HANGAR = Metadata.of("hangar-server", "1");
  private static final Metadata FILE_AB = HANGAR.with("hangar-file", "ab");
  private static final Metadata VERSION_3 = HANGAR.with("hangar-version", "3");

  private final Shelf shelf = new Shelf();
  private final FakeTime time = new FakeTime();
  private final RootAllocator allocator = new RootAllocator();
  private FlightServer server;
  private Hangar hangar;

  @BeforeEach
  void start() throws IOException {
    server = FlightServer.builder(shelf).start();
    hangar =
        new Hangar(
            Shelf.at(server.port()).uri(),
            HangarOptions.DEFAULT,
            allocator,
            false,
            time,
            () -> 0,
            Limits.PART_BYTES);
    for (int i = 0; i < 3; i++) {
      Numbers.put(hangar, allocator, "part" + i, (long) i * BATCHES * ROWS, BATCHES, ROWS);
    }
    shelf.tables.put("t", shelf.tables.get("part0"));
    shelf.endpoints.put(
        "t",
        IntStream.range(0, 3).mapToObj(i -> FlightEndpoint.of(Ticket.of("part" + i))).toList());
    shelf.asked.clear();
  }

  @AfterEach
  void nothingIsLeftBehind() {
    hangar.close();
    assertThat(hangar.bodyBytes()).isZero();
    allocator.close();
    server.close();
    assertThat(server.bodyBytes()).isZero();
  }

  @Test
  void aBrokenDownloadGoesOnWhereItWas() throws IOException {
    shelf.sign = VERSION_3;
    for (boolean isOrdered : new boolean[] {true, false}) {
      shelf.isOrdered = isOrdered;
      shelf.asked.clear();
      breakOff(3, 3);
      assertThat(read())
          .containsExactlyInAnyOrderElementsOf(
              LongStream.range(0, 3L * BATCHES * ROWS).boxed().toList());
      assertThat(shelf.asked.stream().flatMap(asked -> asked.text("hangar-skip-batches").stream()))
          .as("each attempt comes to the fourth batch, which is lost three times")
          .containsExactly("2", "2", "2");
    }
    assertThat(time.sleeps).as("with growing pauses").contains(Duration.ofMillis(200));
  }

  @Test
  void aBrokenDownloadOfAFileGoesOnBehindItsRows() throws IOException {
    shelf.sign = FILE_AB;
    breakOff(3, 3);
    assertThat(read()).isEqualTo(LongStream.range(0, 3L * BATCHES * ROWS).boxed().toList());
    for (String said : List.of("hangar-skip-batches=2", "hangar-skip-rows=20", "hangar-file=ab")) {
      assertThat(
              shelf.asked.stream()
                  .flatMap(asked -> asked.text(said.split("=")[0]).stream())
                  .toList())
          .as(said)
          .containsExactly(said.split("=")[1], said.split("=")[1], said.split("=")[1]);
    }
  }

  @Test
  void aDownloadDoesNotGoOnWithAnotherFile() {
    for (Metadata other : List.of(HANGAR.with("hangar-file", "cd"), VERSION_3, HANGAR)) {
      shelf.sign = FILE_AB;
      goOnWith(other);
      StatusException failure = failureOf(this::read);
      assertThat(failure.code()).isEqualTo(StatusCode.ABORTED);
      assertThat(failure)
          .hasMessageEndingWith(
              "broke off after 20 rows: it was a file that is another one now; get it again");
    }
  }

  @Test
  void aDownloadIsNotTriedForEver() {
    shelf.sign = VERSION_3;
    breakOff(3, Integer.MAX_VALUE);
    StatusException failure = failureOf(this::read);
    assertThat(failure.code()).isEqualTo(StatusCode.UNAVAILABLE);
    assertThat(failure)
        .hasMessageStartingWith("endpoint 2 of 3 at ")
        .hasMessageContaining("broke off after 20 rows: gone; tried 35 times");
  }

  @Test
  void whatIsNotSaidToBeAHangarIsNotAskedForTheRest() {
    for (Metadata other : List.of(Metadata.EMPTY, HANGAR, Metadata.of("hangar-version", "3"))) {
      shelf.sign = other;
      breakOff(3, 1);
      assertThat(failureOf(this::read)).hasMessageEndingWith("broke off after 20 rows: gone");
    }
  }

  @Test
  void aDownloadDoesNotGoOnWithAnotherVersion() {
    shelf.sign = VERSION_3;
    goOnWith(HANGAR.with("hangar-version", "4"));
    StatusException failure = failureOf(this::read);
    assertThat(failure.code()).isEqualTo(StatusCode.ABORTED);
    assertThat(failure)
        .hasMessageEndingWith(
            "broke off after 20 rows: it was version 3 and cannot go on with 4; get it again");
  }

  @Test
  void otherFailuresAreFinal() {
    shelf.sign = VERSION_3;
    shelf.beforeMessage.put(
        "part1",
        (number, call) -> {
          if (number == 3) {
            throw new StatusException(StatusCode.DATA_LOSS, "damaged");
          }
        });
    assertThat(failureOf(this::read)).hasMessageEndingWith("broke off after 20 rows: damaged");
    assertThat(time.sleeps).isEmpty();
  }

  @Test
  void aPutWhoseAnswerIsLostIsMadeAgainUnderItsKey() {
    shelf.sign = VERSION_3;
    loseAnswers(1);
    assertThat(put(PutOptions.DEFAULT).version()).hasValue(3);
    assertThat(shelf.asked).hasSize(2);
    assertThat(shelf.asked.get(0).text("hangar-idempotency-key"))
        .isPresent()
        .isEqualTo(shelf.asked.get(1).text("hangar-idempotency-key"));
    put(PutOptions.DEFAULT);
    assertThat(shelf.asked.get(2).text("hangar-idempotency-key"))
        .as("another put has another key")
        .isNotEqualTo(shelf.asked.get(1).text("hangar-idempotency-key"));
  }

  @Test
  void aPutWhoseAnswerIsLostIsNotMadeAgainElsewhere() {
    loseAnswers(1);
    assertThat(failureOf(() -> put(PutOptions.DEFAULT))).hasMessage("gone");
    assertThat(shelf.asked).hasSize(1);
    assertThat(put(PutOptions.DEFAULT).version()).as("nobody says one").isEmpty();
  }

  @Test
  void whatAPutSaysIsInItsHeaders() {
    put(PutOptions.DEFAULT.idempotencyKey("mine"));
    assertThat(said()).isEqualTo(Map.of("hangar-idempotency-key", "mine"));
    put(
        PutOptions.DEFAULT
            .idempotencyKey("mine")
            .mode(Mode.APPEND)
            .durability(Durability.MEMORY)
            .ifVersion(0)
            .timeToLive(Duration.ofMinutes(10))
            .keepVersions(2)
            .kind(Kind.TABLE));
    assertThat(said())
        .isEqualTo(
            Map.of(
                "hangar-idempotency-key", "mine",
                "hangar-mode", "append",
                "hangar-durability", "memory",
                "hangar-if-version", "0",
                "hangar-ttl", "600000ms",
                "hangar-keep-versions", "2",
                "hangar-kind", "table"));
  }

  private Map<String, String> said() {
    return shelf.asked.get(shelf.asked.size() - 1).entries().stream()
        .filter(header -> header.getKey().startsWith("hangar-"))
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  /** Has the second endpoint be lost before a message, so often. */
  private void breakOff(int message, int times) {
    var lost = new AtomicInteger();
    shelf.beforeMessage.put(
        "part1",
        (number, call) -> {
          if (number == message && lost.getAndIncrement() < times) {
            throw new StatusException(StatusCode.UNAVAILABLE, "gone");
          }
        });
  }

  /** Has the second endpoint be lost, and another sign be there when it is asked for again. */
  private void goOnWith(Metadata sign) {
    var lost = new AtomicInteger();
    shelf.beforeMessage.put(
        "part1",
        (number, call) -> {
          if (number == 3 && lost.getAndIncrement() == 0) {
            shelf.sign = sign;
            throw new StatusException(StatusCode.UNAVAILABLE, "gone");
          }
        });
  }

  private void loseAnswers(int times) {
    var lost = new AtomicInteger();
    shelf.beforeAnswer =
        () -> {
          if (lost.getAndIncrement() < times) {
            throw new StatusException(StatusCode.UNAVAILABLE, "gone");
          }
        };
  }

  private TransferSummary put(PutOptions how) {
    try (var root = VectorSchemaRoot.create(Numbers.SCHEMA, allocator)) {
      Numbers.fill(root, 0, 10);
      return hangar.put("u", root, how);
    }
  }

  private List<Long> read() throws IOException {
    try (var reader = hangar.get("t")) {
      return Numbers.read(reader);
    }
  }

  private static StatusException failureOf(ThrowingCallable call) {
    var failure = catchThrowableOfType(StatusException.class, call);
    assertThat(failure).isNotNull();
    return failure;
  }
}
