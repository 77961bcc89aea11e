package dev.hangar.client;

import java.time.Duration;

/**
 * How often, and after what pauses, a call is made again that failed and may be repeated.
 * Immutable.
 *
 * <p>The n-th pause is {@code firstPause} doubled n - 1 times, but no more than {@code
 * longestPause}, and shortened by a random part of it, so that many clients do not come back in one
 * moment. Where the server says when to come back, the pause is at least that long; where that is
 * later than {@code longestPause}, the call fails.
 *
 * @param attempts in all, the first counted; 1 for no retries
 * @param jitter the part of a pause that chance may take, from 0 to 1
 */
public record RetryPolicy(int attempts, Duration firstPause, Duration longestPause, double jitter) {
  /** Five attempts, within a second where the server does not say otherwise. */
  public static final RetryPolicy DEFAULT =
      new RetryPolicy(5, Duration.ofMillis(50), Duration.ofSeconds(10), 0.5);

  /** Half a minute or so: a server that is started anew is there by then. */
  public static final RetryPolicy RESUME =
      new RetryPolicy(35, Duration.ofMillis(50), Duration.ofSeconds(1), 0.2);

  /** Every call is made once. */
  public static final RetryPolicy NONE = new RetryPolicy(1, Duration.ZERO, Duration.ZERO, 0);

  public RetryPolicy {
    if (attempts < 1) {
      throw new IllegalArgumentException("a call needs at least 1 attempt, not " + attempts);
    }
    if (firstPause.isNegative() || longestPause.compareTo(firstPause) < 0) {
      throw new IllegalArgumentException(
          "pauses grow from "
              + firstPause
              + " to "
              + longestPause
              + ": the first must not be negative, nor the longest shorter");
    }
    if (!(jitter >= 0 && jitter <= 1)) {
      throw new IllegalArgumentException("jitter is a part, from 0 to 1, not " + jitter);
    }
  }

  /** The pause behind the attempt of this number, counted from 1. */
  Duration pause(int attempt, double chance) {
    long pause = firstPause.toNanos();
    for (int i = 1; i < attempt && pause < longestPause.toNanos(); i++) {
      pause *= 2;
    }
    pause = Math.min(pause, longestPause.toNanos());
    return Duration.ofNanos((long) (pause * (1 - jitter * chance)));
  }
}
