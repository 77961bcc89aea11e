package dev.hangar.wire.http2;

/**
 * Runs something once, when nothing refers to a message's bytes any more: each part of them that
 * waits, here or at the socket, holds it open. Made open once. Event loop only.
 *
 * <p>A message of which the rest is dropped is not over while its beginning is still being written:
 * memory that is freed then would be read by the socket.
 */
public final class Completion implements AutoCloseable {
  private final Runnable action;
  private int open = 1;

  /** Runs {@code action} when it has been closed as often as it was opened. */
  public Completion(Runnable action) {
    this.action = action;
  }

  /** Waits for one more {@link #close}. */
  public Completion open() {
    open++;
    return this;
  }

  @Override
  public void close() {
    if (--open == 0) {
      action.run();
    }
  }
}
