package dev.hangar.client;

import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import java.time.Duration;
import java.util.function.Function;

/** Waiting for a server that is starting. */
final class Availability {
  private static final Duration FIRST_PAUSE = Duration.ofMillis(20);
  private static final RetryPolicy PATIENCE =
      new RetryPolicy(Integer.MAX_VALUE, FIRST_PAUSE, Duration.ofSeconds(1), 0.5);

  private Availability() {}

  /** Waits until the server answers, whatever it answers. */
  static void await(
      Connections connections,
      HangarOptions options,
      Duration timeout,
      Function<HangarOptions, Operation> operations) {
    var time = timeout.compareTo(FIRST_PAUSE) < 0 ? FIRST_PAUSE : timeout;
    try {
      operations
          .apply(options.deadline(time).retry(PATIENCE))
          .read(connections.home()::listActions);
    } catch (StatusException e) {
      boolean isSilent = e.code() == StatusCode.DEADLINE_EXCEEDED;
      if (isSilent || e.code() == StatusCode.UNAVAILABLE) {
        throw new StatusException(
            StatusCode.UNAVAILABLE,
            (isSilent ? connections.home().location().uri() + " does not answer: " : "")
                + e.description(),
            e.trailers(),
            e);
      }
    }
  }
}
