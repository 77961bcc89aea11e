package dev.hangar.client;

import dev.hangar.wire.CallOptions;
import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import java.time.Duration;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One thing an application asked for. It may take several calls; they share its deadline and carry
 * the client's headers.
 */
final class Operation {
  private final HangarOptions options;
  private final Time time;
  private final DoubleSupplier chance;
  private final long beginNanos;

  /** An operation that begins now; {@code chance} is from 0 to 1. */
  Operation(HangarOptions options, Time time, DoubleSupplier chance) {
    this.options = options;
    this.time = time;
    this.chance = chance;
    this.beginNanos = time.nanos();
  }

  Time time() {
    return time;
  }

  RetryPolicy policy() {
    return options.retry();
  }

  RetryPolicy resumePolicy() {
    return options.resume();
  }

  double chance() {
    return chance.getAsDouble();
  }

  Duration elapsed() {
    return Duration.ofNanos(time.nanos() - beginNanos);
  }

  /** What is left of the deadline; null where there is none. */
  @Nullable Duration left() {
    Duration deadline = options.deadline();
    return deadline == null ? null : deadline.minus(elapsed());
  }

  /**
   * What is said with a call that begins now.
   *
   * @throws StatusException with code DEADLINE_EXCEEDED if it is too late for one
   */
  CallOptions call() {
    var left = left();
    if (left != null && left.compareTo(Duration.ZERO) <= 0) {
      throw new StatusException(StatusCode.DEADLINE_EXCEEDED, "no end after " + options.deadline());
    }
    return new CallOptions(options.headers(), left, Limits.WINDOW_BYTES_MIN);
  }

  /** Makes a call that changes nothing; again when the server was not there. */
  <T> T read(Function<CallOptions, T> call) {
    return repeat(call, true);
  }

  /** Makes a call that changes something; again when the server has certainly not acted. */
  <T> T write(Function<CallOptions, T> call) {
    return repeat(call, false);
  }

  private <T> T repeat(Function<CallOptions, T> call, boolean isRead) {
    var attempts = new Attempts(this);
    while (true) {
      try {
        return call.apply(call());
      } catch (StatusException e) {
        attempts.failed(e, isRead ? Attempts.mayRead(e) : Attempts.mayWrite(e));
      }
    }
  }
}
