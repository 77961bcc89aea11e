package dev.hangar.client;

/** The messages handed to the wire whose buffers it still reads. Thread-safe. */
final class InFlight {
  private int messages;

  synchronized void begin() {
    messages++;
  }

  synchronized void end() {
    messages--;
    notifyAll();
  }

  /**
   * Waits until the wire reads none of our buffers. It always comes to that: messages that are not
   * sent because the call is over are given back too. An interrupt is kept for later, since buffers
   * that are read must not be freed.
   */
  synchronized void awaitNone() {
    boolean wasInterrupted = false;
    while (messages > 0) {
      try {
        wait();
      } catch (InterruptedException e) {
        wasInterrupted = true;
      }
    }
    if (wasInterrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
