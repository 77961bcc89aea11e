package dev.hangar.client;

import java.util.OptionalDouble;

/** Somebody who watches a transfer. Called by one thread at a time. */
@FunctionalInterface
public interface Progress {
  /**
   * Tells how far it is; called after each batch. What broke off and is sent again takes the
   * figures back.
   *
   * @param rows rows so far
   * @param bytes bytes of bodies so far
   */
  void update(long rows, long bytes);

  /**
   * Tells that the server works at what was asked, and no rows come yet.
   *
   * @param share how much of it is done, from 0 to 1, where the server knows
   */
  default void running(OptionalDouble share) {}

  /** Tells that it has broken off, and why, and waits to go on. */
  default void waiting(String why) {}
}
