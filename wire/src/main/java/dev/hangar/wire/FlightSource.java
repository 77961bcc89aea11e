package dev.hangar.wire;

import org.jspecify.annotations.Nullable;

/** A data stream that comes in. One thread at a time. */
public interface FlightSource extends AutoCloseable {
  /**
   * The next message, owned by the caller; null behind the last. Blocks.
   *
   * @throws dev.hangar.wire.grpc.StatusException the stream broke off
   */
  @Nullable FlightData next();

  /** Ends the stream, if it has not ended; a client's call is cancelled then. */
  @Override
  void close();
}
