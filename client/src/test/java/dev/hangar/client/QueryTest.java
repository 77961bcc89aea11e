package dev.hangar.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.hangar.wire.FlightDescriptor;
import dev.hangar.wire.grpc.Metadata;
import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Statements as the client asks them, and what becomes of their answers. */
@Timeout(60)
class QueryTest {
  private static final int BATCHES = 3;
  private static final int ROWS = 10;
  private static final Query QUERY = Query.of("select n");

  @RegisterExtension private final Served served = new Served();

  @BeforeEach
  void anAnswerIsOnTheShelf() {
    Numbers.put(served.hangar, served.allocator, "n", 0, BATCHES, ROWS);
    served.shelf.tables.put(json(QUERY), served.shelf.tables.get("n"));
    served.shelf.asked.clear();
  }

  @Test
  void aCommandSaysAllThatWasAskedFor() {
    assertThat(json(Query.of("select 1"))).isEqualTo("{\"sql\":\"select 1\"}");
    assertThat(json(Query.of("select ?, ?, ?, ?", 1, null, "x", new BigDecimal("2.50"))))
        .isEqualTo(
            "{\"sql\":\"select ?, ?, ?, ?\","
                + "\"parameters\":{\"1\":1,\"2\":null,\"3\":\"x\",\"4\":2.50}}");
    Query named =
        Query.of("select $a")
            .parameter("a", List.of(1, true))
            .timeout(Duration.ofSeconds(30))
            .cache(false);
    assertThat(json(named))
        .isEqualTo(
            "{\"sql\":\"select $a\",\"parameters\":{\"a\":[1,true]},"
                + "\"timeout\":\"30000ms\",\"cache\":\"no\"}");
    assertThat(json(named.sql("select $a + 1"))).startsWith("{\"sql\":\"select $a + 1\",");
  }

  @Test
  void valuesThatCannotBeSentAreRefused() {
    assertThatThrownBy(() -> Query.of("select ?", Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("parameter 1 of 'select ?' is PT0S; it has to be null, a Boolean");
    assertThatThrownBy(() -> Query.of("select ?, ?", 1, List.of(2, Double.NaN)))
        .hasMessageStartingWith("parameter 2 of ");
    assertThatThrownBy(() -> QUERY.timeout(Duration.ofNanos(999_999)))
        .hasMessage("a timeout is a millisecond at least, not PT0.000999999S");
    assertThat(QUERY.timeout(Duration.ofMillis(1)).timeout()).isEqualTo(Duration.ofMillis(1));
  }

  @Test
  void anAnswerComesWhole() throws IOException {
    try (var answer = served.hangar.query("select n")) {
      assertThat(Numbers.read(answer)).isEqualTo(numbers());
      assertThat(answer.rowsRead()).isEqualTo(BATCHES * ROWS);
      assertThat(answer.age()).as("nothing was said").isEmpty();
    }
    assertThat(served.shelf.cancels).hasValue(0);
  }

  @Test
  void anAnswerThatWasKeptSaysForHowLong() throws IOException {
    tell("{\"cache\":\"hit\",\"age_ms\":1500}");
    try (var answer = served.hangar.query(QUERY)) {
      Numbers.read(answer);
      assertThat(answer.age()).hasValue(Duration.ofMillis(1500));
    }
    for (var other : List.of("{\"cache\":\"miss\"}", "no JSON", "[1]")) {
      tell(other);
      try (var answer = served.hangar.query(QUERY)) {
        Numbers.read(answer);
        assertThat(answer.age()).as(other).isEmpty();
      }
    }
  }

  @Test
  void aStatementIsFollowedUntilItHasRun() throws IOException {
    served.shelf.polls.addAll(
        List.of(OptionalDouble.empty(), OptionalDouble.of(0.5), OptionalDouble.of(1)));
    var shares = new ArrayList<OptionalDouble>();
    var rows = new ArrayList<Long>();
    var progress =
        new Progress() {
          @Override
          public void update(long sofar, long bytes) {
            rows.add(sofar);
          }

          @Override
          public void running(OptionalDouble share) {
            shares.add(share);
          }
        };
    try (var answer = served.hangar.query(QUERY, progress)) {
      assertThat(Numbers.read(answer)).isEqualTo(numbers());
    }
    assertThat(shares).containsExactly(OptionalDouble.empty(), OptionalDouble.of(0.5));
    assertThat(rows).containsExactly(10L, 20L, 30L);
    assertThat(served.shelf.cancels).as("what was read to its end is left alone").hasValue(0);
  }

  @Test
  void serversThatCannotBeFollowedAreAskedAtOnce() throws IOException {
    try (var answer = served.hangar.query(QUERY, (rows, bytes) -> {})) {
      assertThat(Numbers.read(answer)).isEqualTo(numbers());
    }
  }

  @Test
  void aFollowedStatementIsStoppedWhereNobodyReadsItsAnswer() throws IOException {
    served.shelf.polls.add(OptionalDouble.of(1));
    try (var answer = served.hangar.query(QUERY, (rows, bytes) -> {})) {
      assertThat(answer.loadNextBatch()).isTrue();
    }
    assertThat(served.shelf.cancels).hasValue(1);
  }

  @Test
  void whoIsInterruptedStopsTheStatement() {
    for (int i = 0; i < 10; i++) {
      served.shelf.polls.add(OptionalDouble.of(0.1));
    }
    var progress =
        new Progress() {
          @Override
          public void update(long rows, long bytes) {}

          @Override
          public void running(OptionalDouble share) {
            Thread.currentThread().interrupt();
          }
        };
    StatusException failure =
        catchThrowableOfType(
            StatusException.class, () -> served.hangar.query(QUERY, progress).close());
    boolean wasInterrupted = Thread.interrupted();
    assertThat(failure.code()).isEqualTo(StatusCode.CANCELLED);
    assertThat(served.shelf.cancels).hasValue(1);
    assertThat(wasInterrupted || failure.description().contains("interrupted")).isTrue();
  }

  @Test
  void aStatementThatMayHaveBegunIsNotAskedForAgain() {
    var calls = new AtomicInteger();
    served.shelf.beforeCall =
        call -> {
          calls.incrementAndGet();
          throw new StatusException(StatusCode.UNAVAILABLE, "going");
        };
    served.shelf.polls.add(OptionalDouble.of(1));
    for (boolean isFollowed : new boolean[] {false, true}) {
      calls.set(0);
      StatusException failure =
          catchThrowableOfType(
              StatusException.class,
              () ->
                  (isFollowed
                          ? served.hangar.query(QUERY, (rows, bytes) -> {})
                          : served.hangar.query(QUERY))
                      .close());
      assertThat(failure).hasMessage("going");
      assertThat(calls).as("followed: " + isFollowed).hasValue(1);
    }
  }

  /** Another run may have its rows in another order. */
  @Test
  void anAnswerThatBreaksOffIsNotGoneOnWith() throws IOException {
    served.shelf.sign = Metadata.of("hangar-server", "1");
    served.shelf.beforeMessage.put(
        json(QUERY),
        (number, call) -> {
          if (number == 2) {
            throw new StatusException(StatusCode.UNAVAILABLE, "gone");
          }
        });
    try (var answer = served.hangar.query(QUERY)) {
      StatusException failure =
          catchThrowableOfType(StatusException.class, () -> Numbers.read(answer));
      assertThat(failure).hasMessageContaining("broke off after 10 rows: gone");
    }
    assertThat(served.shelf.asked).hasSize(1);
  }

  /** As readers do that stand between: Arrow's, DuckDB's. */
  @Test
  void whoReadsOnBehindAFailureIsToldTheSame() throws IOException {
    served.shelf.beforeMessage.put(
        json(QUERY),
        (number, call) -> {
          if (number == 1) {
            throw new StatusException(StatusCode.DEADLINE_EXCEEDED, "too late");
          }
        });
    try (var answer = served.hangar.query(QUERY)) {
      answer.getVectorSchemaRoot();
      for (int i = 0; i < 3; i++) {
        assertThatThrownBy(answer::loadNextBatch).hasMessage("too late");
      }
    }
  }

  /** Says this with the first batch. */
  private void tell(String metadata) {
    var messages = new ArrayList<>(served.shelf.tables.get("n"));
    var first = messages.get(1);
    var told = ByteBuffer.wrap(metadata.getBytes(StandardCharsets.UTF_8));
    messages.set(1, new Shelf.Message(first.header(), told, first.body()));
    served.shelf.tables.put(json(QUERY), messages);
  }

  private static List<Long> numbers() {
    return Arrays.asList(LongStream.range(0, BATCHES * ROWS).boxed().toArray(Long[]::new));
  }

  private static String json(Query query) {
    return ((FlightDescriptor.Command) query.descriptor()).bytes().toStringUtf8();
  }
}
