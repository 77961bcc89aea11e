package dev.hangar.client;

import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;

/** A bell that streams ring when something has come. Thread-safe; one thread waits. */
final class Arrivals {
  private boolean isAny;

  synchronized void ring() {
    isAny = true;
    notifyAll();
  }

  /** Waits until it has rung since the last wait. */
  synchronized void await() {
    try {
      while (!isAny) {
        wait();
      }
      isAny = false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StatusException(
          StatusCode.CANCELLED, "interrupted while waiting for the server's next message");
    }
  }
}
