package dev.hangar.client;

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

  /** Tells that it has broken off, and why, and waits to go on. */
  default void waiting(String why) {}
}
