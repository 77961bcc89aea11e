package dev.hangar.wire;

/** A data stream that goes out. One thread at a time. */
public interface FlightSink {
  /**
   * Sends a message; blocks while too much is on its way. Takes ownership, also when it throws: the
   * message is closed when its bytes are at the socket, or never will be.
   *
   * @throws dev.hangar.wire.grpc.StatusException the call is over, or the message too long
   */
  void send(FlightData data);

  /**
   * As {@link #send}, for a message that more, or the end of the call, follows at once: small ones
   * then leave together, in one system call.
   */
  default void sendWithNext(FlightData data) {
    send(data);
  }
}
