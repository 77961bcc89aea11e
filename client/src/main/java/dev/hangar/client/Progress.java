package dev.hangar.client;

/** Somebody who watches a transfer. */
@FunctionalInterface
public interface Progress {
  /**
   * Tells how far it is; called after each batch, on the thread that transfers.
   *
   * @param rows rows so far
   * @param bytes bytes of bodies so far
   */
  void update(long rows, long bytes);
}
