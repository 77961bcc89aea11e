package dev.hangar.client;

import dev.hangar.wire.grpc.ErrorDetail;
import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The attempts at one call, and the pauses between them. For one thread. */
final class Attempts {
  /** When to come back, in milliseconds; less than 0 is never (gRPC A6, Pushback). */
  private static final String PUSHBACK = "grpc-retry-pushback-ms";

  private static final Duration NEVER = Duration.ofMillis(-1);

  private final Operation operation;
  private final RetryPolicy unavailable;
  private final Consumer<String> waiting;
  private int failed;
  private @Nullable StatusException before;

  Attempts(Operation operation) {
    this(operation, operation.policy(), why -> {});
  }

  private Attempts(Operation operation, RetryPolicy unavailable, Consumer<String> waiting) {
    this.operation = operation;
    this.unavailable = unavailable;
    this.waiting = waiting;
  }

  /**
   * Attempts to go on with a transfer that had begun: with more patience, where the server is not
   * there, than a first call has.
   *
   * @param waiting told of each pause, and why there is one
   */
  static Attempts resuming(Operation operation, Consumer<String> waiting) {
    return new Attempts(operation, operation.resumePolicy(), waiting);
  }

  /**
   * Whether a call may be repeated that changes nothing, and of which nothing has been received.
   */
  static boolean mayRead(StatusException failure) {
    var advice = advice(failure);
    return advice == null ? failure.code() == StatusCode.UNAVAILABLE : !advice.isNegative();
  }

  /** Whether a call may be repeated that changes something. */
  static boolean mayWrite(StatusException failure) {
    var advice = advice(failure);
    return mayRead(failure) && (advice != null || failure.isUnprocessed());
  }

  /**
   * Notes a failure, and pauses before the next attempt.
   *
   * @throws StatusException {@code failure}, with the number of attempts, if there is to be none
   */
  void failed(StatusException failure, boolean mayRepeat) {
    failed++;
    var policy = policy(failure);
    if (!mayRepeat || failed >= policy.attempts()) {
      throw told(failure, "");
    }
    var pause = pause(failure);
    if (pause.compareTo(longest(failure)) > 0) {
      throw told(failure, ", and the server says to come back in " + pause.toMillis() + " ms");
    }
    var left = operation.left();
    if (left != null && left.compareTo(pause) <= 0) {
      throw told(failure, ", and the deadline leaves no time for another try");
    }
    before = failure;
    waiting.accept(failure.description());
    sleep(pause);
  }

  private RetryPolicy policy(StatusException failure) {
    return failure.code() == StatusCode.UNAVAILABLE ? unavailable : operation.policy();
  }

  /** The longest pause that a server may ask for. */
  private Duration longest(StatusException failure) {
    var longest = operation.policy().longestPause();
    var own = policy(failure).longestPause();
    return own.compareTo(longest) > 0 ? own : longest;
  }

  private Duration pause(StatusException failure) {
    var pause = policy(failure).pause(failed, operation.chance());
    var advice = advice(failure);
    return advice == null || advice.compareTo(pause) < 0 ? pause : advice;
  }

  private StatusException told(StatusException failure, String why) {
    if (failed == 1 && why.isEmpty()) {
      return failure;
    }
    var tries =
        failed == 1 ? "once" : failed + " times in " + operation.elapsed().toMillis() + " ms";
    return failure.withDescription(
        failure.description() + "; tried " + tries + why + reasonBefore(failure));
  }

  /** That time was up says less than what an earlier attempt failed with. */
  private String reasonBefore(StatusException failure) {
    return before == null || failure.code() != StatusCode.DEADLINE_EXCEEDED
        ? ""
        : "; before that: " + before.description();
  }

  private void sleep(Duration pause) {
    try {
      operation.time().sleep(pause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StatusException(
          StatusCode.CANCELLED, "interrupted between two attempts to call the server");
    }
  }

  /**
   * When the server says to come back: an order to repeat whatever the code. Negative for never,
   * null where it says nothing.
   */
  private static @Nullable Duration advice(StatusException failure) {
    var millis = failure.trailers().text(PUSHBACK);
    if (millis.isPresent()) {
      return pushback(millis.get());
    }
    var detail = failure.detail().orElse(null);
    return detail == null ? null : advice(detail);
  }

  /** Where to repeat says nothing of whether the server has acted: the status decides then. */
  private static @Nullable Duration advice(ErrorDetail detail) {
    return switch (detail.retry()) {
      case UNSPECIFIED, SAME_PLACE, ELSEWHERE -> null;
      case NEVER -> NEVER;
      case AFTER -> detail.retryAfter();
    };
  }

  /** What is no number is a never too, says the specification. */
  private static Duration pushback(String millis) {
    try {
      return Duration.ofMillis(Integer.parseInt(millis));
    } catch (NumberFormatException e) {
      return NEVER;
    }
  }
}
