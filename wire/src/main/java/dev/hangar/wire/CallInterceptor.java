package dev.hangar.wire;

import dev.hangar.wire.grpc.Metadata;

/** Somebody who sees the headers of all calls that a client makes. Thread-safe. */
public interface CallInterceptor {
  /** Headers to send with a call that begins now, behind its own. */
  default Metadata headers() {
    return Metadata.EMPTY;
  }

  /**
   * Takes the headers of a call's answer, and again its trailers. On an event loop: must not block.
   */
  default void received(Metadata metadata) {}
}
