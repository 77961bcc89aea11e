package dev.hangar.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.hangar.wire.FlightServer;
import dev.hangar.wire.grpc.ErrorDetail;
import dev.hangar.wire.grpc.Metadata;
import dev.hangar.wire.grpc.RetryAdvice;
import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Which calls are made again, when, and what is said in the end. */
@Timeout(60)
class RetriesTest {
  private static final HangarOptions OPTIONS =
      HangarOptions.DEFAULT.retry(
          new RetryPolicy(4, Duration.ofMillis(100), Duration.ofMillis(300), 0.5));

  private final Shelf shelf = new Shelf();
  private final FakeTime time = new FakeTime();
  private final RootAllocator allocator = new RootAllocator();
  private final AtomicInteger calls = new AtomicInteger();
  private FlightServer server;
  private Hangar hangar;

  @BeforeEach
  void start() throws IOException {
    server = FlightServer.builder(shelf).start();
    hangar = connect(server.port(), OPTIONS, 0);
    Numbers.put(hangar, allocator, "t", 0, 2, 3);
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
  void readingIsTriedAgainAfterGrowingPauses() {
    fail(3, StatusCode.UNAVAILABLE, Metadata.EMPTY);
    assertThat(hangar.info("t").name()).isEqualTo("t");
    assertThat(calls).hasValue(4);
    assertThat(time.sleeps)
        .containsExactly(Duration.ofMillis(100), Duration.ofMillis(200), Duration.ofMillis(300));

    fail(3, StatusCode.UNAVAILABLE, Metadata.EMPTY);
    assertThat(hangar.list()).hasSize(1);
  }

  @Test
  void chanceShortensPauses() {
    try (var lucky = connect(server.port(), OPTIONS, 1)) {
      fail(2, StatusCode.UNAVAILABLE, Metadata.EMPTY);
      lucky.list();
    }
    assertThat(time.sleeps).containsExactly(Duration.ofMillis(50), Duration.ofMillis(100));
  }

  @Test
  void theLastFailureTellsHowOftenItWasTried() {
    fail(100, StatusCode.UNAVAILABLE, Metadata.EMPTY);
    assertThat(failureOf(() -> hangar.list()))
        .hasMessage("not now; tried 4 times in 600 ms")
        .hasCauseInstanceOf(StatusException.class);
    assertThat(calls).hasValue(4);
  }

  @Test
  void whereTimeIsUpItIsToldWhatFailedBefore() {
    calls.set(0);
    shelf.beforeCall =
        call -> {
          boolean isFirst = calls.getAndIncrement() == 0;
          throw new StatusException(
              isFirst ? StatusCode.UNAVAILABLE : StatusCode.DEADLINE_EXCEEDED,
              isFirst ? "not now" : "too late");
        };
    assertThat(failureOf(() -> hangar.list()))
        .hasMessage("too late; tried 2 times in 100 ms; before that: not now");
  }

  @Test
  void otherFailuresAreFinal() {
    fail(1, StatusCode.INTERNAL, Metadata.EMPTY);
    assertThat(failureOf(() -> hangar.list())).hasMessage("not now");
    assertThat(calls).hasValue(1);
  }

  @Test
  void whatTheServerMayHaveDoneIsNotDoneTwice() {
    fail(1, StatusCode.UNAVAILABLE, Metadata.EMPTY);
    assertThat(failureOf(() -> hangar.drop("t"))).hasMessage("not now");
    fail(1, StatusCode.UNAVAILABLE, Metadata.EMPTY);
    assertThat(failureOf(() -> Numbers.put(hangar, allocator, "u", 0, 5, 3))).hasMessage("not now");
    assertThat(time.sleeps).isEmpty();
  }

  @Test
  void aServerThatSaysWhenToComeBackIsObeyed() throws IOException {
    var advice = Metadata.of("grpc-retry-pushback-ms", "250");
    fail(1, StatusCode.RESOURCE_EXHAUSTED, advice);
    assertThat(hangar.drop("t")).isTrue();
    fail(1, StatusCode.RESOURCE_EXHAUSTED, advice);
    try (var root = VectorSchemaRoot.create(Numbers.SCHEMA, allocator)) {
      Numbers.fill(root, 0, 10);
      hangar.put("rows", root);
    }
    assertThat(time.sleeps).containsExactly(Duration.ofMillis(250), Duration.ofMillis(250));
    try (var reader = hangar.get("rows")) {
      assertThat(Numbers.read(reader)).hasSize(10);
    }
  }

  @Test
  void aServerThatSaysNeverOrMuchLaterIsObeyedToo() {
    fail(1, StatusCode.UNAVAILABLE, Metadata.of("grpc-retry-pushback-ms", "-1"));
    assertThat(failureOf(() -> hangar.list())).hasMessage("not now");
    fail(1, StatusCode.UNAVAILABLE, Metadata.of("grpc-retry-pushback-ms", "60000"));
    assertThat(failureOf(() -> hangar.list()))
        .hasMessage("not now; tried once, and the server says to come back in 60000 ms");
  }

  @Test
  void adviceInTheDetailsOfAFailureIsObeyed() {
    var plain = ErrorDetail.of("FULL");
    failWith(StatusCode.RESOURCE_EXHAUSTED, plain.withRetryAfter(Duration.ofMillis(250)));
    assertThat(hangar.drop("t")).isTrue();
    assertThat(time.sleeps).containsExactly(Duration.ofMillis(250));

    failWith(StatusCode.UNAVAILABLE, plain.withRetry(RetryAdvice.NEVER));
    assertThat(failureOf(() -> hangar.list())).hasMessage("not now");
    failWith(StatusCode.UNAVAILABLE, plain.withRetry(RetryAdvice.SAME_PLACE));
    assertThat(failureOf(() -> hangar.drop("t"))).hasMessage("not now");
    assertThat(hangar.list()).isEmpty();
  }

  @Test
  void aDeadlineLeavesNoTimeForMore() {
    try (var hurried = connect(server.port(), OPTIONS.deadline(Duration.ofMillis(250)), 0)) {
      fail(100, StatusCode.UNAVAILABLE, Metadata.EMPTY);
      assertThat(failureOf(() -> hurried.list()))
          .hasMessage(
              "not now; tried 2 times in 100 ms, and the deadline leaves no time for another try");
    }
  }

  @Test
  void whereNobodyListensEvenAPutIsTriedAgain() {
    server.close();
    try (var nobody = connect(server.port(), OPTIONS, 0)) {
      assertThat(failureOf(() -> Numbers.put(nobody, allocator, "t", 0, 2, 3)))
          .hasMessageContaining("cannot reach grpc://127.0.0.1")
          .hasMessageEndingWith("tried 4 times in 600 ms");
    }
  }

  @Test
  void anInterruptEndsThePause() {
    try (var patient =
        Hangar.connect(
            Shelf.at(server.port()).uri(),
            OPTIONS.retry(new RetryPolicy(2, Duration.ofHours(1), Duration.ofHours(1), 0)),
            allocator)) {
      var reader = Thread.currentThread();
      shelf.beforeCall =
          call -> {
            reader.interrupt();
            throw new StatusException(StatusCode.UNAVAILABLE, "not now");
          };
      assertThat(failureOf(() -> patient.list()).code()).isEqualTo(StatusCode.CANCELLED);
    } finally {
      Thread.interrupted();
    }
  }

  @Test
  void headersGoWithEveryCallAndOptionsAreChecked() {
    try (var named = connect(server.port(), OPTIONS.header("X-Who", "me"), 0)) {
      shelf.beforeCall = call -> assertThat(call.headers().text("x-who")).contains("me");
      named.list();
      named.drop("t");
    }
    assertThatThrownBy(() -> OPTIONS.parallelism(0)).hasMessageContaining("at least 1");
    assertThatThrownBy(() -> OPTIONS.bufferBytes(Limits.WINDOW_BYTES_MIN - 1))
        .hasMessageContaining("not 65535");
    assertThat(OPTIONS.bufferBytes(Limits.WINDOW_BYTES_MIN).streams(10)).isEqualTo(1);
    assertThatThrownBy(() -> OPTIONS.deadline(Duration.ZERO)).hasMessageContaining("PT0S");
    assertThatThrownBy(() -> new RetryPolicy(0, Duration.ZERO, Duration.ZERO, 0))
        .hasMessageContaining("at least 1 attempt");
    assertThatThrownBy(() -> new RetryPolicy(1, Duration.ofMillis(2), Duration.ofMillis(1), 0))
        .hasMessageContaining("PT0.002S to PT0.001S");
    assertThatThrownBy(() -> new RetryPolicy(1, Duration.ZERO, Duration.ZERO, 1.1))
        .hasMessageContaining("not 1.1");
  }

  private Hangar connect(int port, HangarOptions options, double chance) {
    return new Hangar(
        Shelf.at(port).uri(), options, allocator, false, time, () -> chance, Limits.PART_BYTES);
  }

  /** Has the next calls fail. */
  private void fail(int times, StatusCode code, Metadata trailers) {
    calls.set(0);
    shelf.beforeCall =
        call -> {
          if (calls.getAndIncrement() < times) {
            throw new StatusException(code, "not now", trailers, null);
          }
        };
  }

  /** Has the next call fail. */
  private void failWith(StatusCode code, ErrorDetail detail) {
    calls.set(0);
    shelf.beforeCall =
        call -> {
          if (calls.getAndIncrement() == 0) {
            throw new StatusException(code, "not now").withDetail(detail);
          }
        };
  }

  private static StatusException failureOf(ThrowingCallable call) {
    var failure = catchThrowableOfType(StatusException.class, call);
    assertThat(failure).isNotNull();
    return failure;
  }
}
