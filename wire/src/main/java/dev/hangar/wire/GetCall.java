package dev.hangar.wire;

import dev.hangar.wire.grpc.ClientStream;
import dev.hangar.wire.grpc.Metadata;
import org.jspecify.annotations.Nullable;

/** A download. One thread at a time, which may wait for several at once by {@link #onReady}. */
public final class GetCall implements FlightSource {
  private final ClientStream<FlightData> stream;
  private boolean ended;

  GetCall(ClientStream<FlightData> stream) {
    this.stream = stream;
  }

  @Override
  public @Nullable FlightData next() {
    FlightData data = stream.receive();
    ended |= data == null;
    return data;
  }

  /** What the server said before the first message. Blocks until that is known. */
  public Metadata headers() {
    return stream.responseHeaders();
  }

  /** Whether {@link #next} would not wait: there is a message, or the end. */
  public boolean isReady() {
    return stream.isReady();
  }

  /**
   * Whether the next message is larger than the call's window and stands still until {@link
   * #demand}ed, or waited for by {@link #next}.
   */
  public boolean isStarved() {
    return stream.isStarved();
  }

  /** Says that the next message is waited for, however large it is. */
  public void demand() {
    stream.demand();
  }

  /**
   * Sets what is run whenever {@link #isReady} or {@link #isStarved} may have become true. On an
   * event loop: must not block.
   */
  public void onReady(Runnable onReady) {
    stream.onReady(onReady);
  }

  /** Cancels the call, if it has not been read to its end, and gives back what has come. */
  @Override
  public void close() {
    if (!ended) {
      stream.cancel();
    }
    stream.abandon();
  }
}
