package dev.hangar.query.result;

import java.time.Duration;

/** Every limit of answers, in one place, each with its reason. */
public final class Limits {
  /**
   * Bytes of an answer that wait for its slowest reader: some batches, so that neither the one who
   * computes them nor the one who sends them waits for the other.
   */
  static final long WINDOW_BYTES = 32L << 20;

  /** Of the memory for tables, what the answer to one statement may take to be kept. */
  static final int KEPT_SHARE = 8;

  /** Time an answer is kept after it was computed, whether its tables change or not. */
  static final Duration KEPT_TIME = Duration.ofHours(1);

  /** Files of which is remembered that somebody asked for them. */
  static final int ASKED_FILES = 1_000;

  /** Parts that wait for their copy, each mapped meanwhile; others are copied another time. */
  static final int WAITING_PARTS = 64;

  /** Time a statement that is polled runs on after the last question for it. */
  public static final Duration POLLED_TIME = Duration.ofMinutes(5);

  /** Statements that are polled at once: each has rows waiting. */
  static final int POLLED = 1_000;

  /** Seconds between looks for what nobody asks for any more. */
  static final long SWEEP_SECONDS = 5;

  /** Time a question how far a statement is waits for news. */
  public static final Duration POLL_TIME = Duration.ofMillis(500);

  /** Time the first such question waits: a statement that is this quick is told of once. */
  public static final Duration FIRST_POLL_TIME = Duration.ofMillis(100);

  private Limits() {}
}
