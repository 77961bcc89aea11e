package dev.hangar.wire;

import com.google.protobuf.ByteString;

/**
 * What a service says to an upload while it goes on. One thread at a time.
 *
 * <p>Many clients read acknowledgements only when they have sent everything, or never. A service
 * that waits for such a client to read, while the client waits for the service to read, waits for
 * ever: hence {@link #offer}.
 */
public interface Acknowledgements {
  /**
   * Sends an acknowledgement; blocks while too many have not been read.
   *
   * @throws dev.hangar.wire.grpc.StatusException the call is over
   */
  void send(ByteString appMetadata);

  /**
   * Sends an acknowledgement, unless too many have not been read.
   *
   * @return whether it was sent
   * @throws dev.hangar.wire.grpc.StatusException the call is over
   */
  boolean offer(ByteString appMetadata);
}
