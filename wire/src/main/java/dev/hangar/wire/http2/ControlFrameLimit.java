package dev.hangar.wire.http2;

import dev.hangar.wire.Limits;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import java.util.function.LongSupplier;

/**
 * A count of the frames of a peer that move no call, which ends connections that send nothing else.
 *
 * <p>Each such frame costs us about as much as the peer, and an answer besides (PING, SETTINGS).
 * Who has calls under way may send many, to probe the network or to open windows, so the count
 * begins anew whenever a call moves. RST_STREAM has a limit of its own, in Netty. Event loop only.
 */
final class ControlFrameLimit {
  private static final int TYPE_DATA = 0;
  private static final int TYPE_HEADERS = 1;
  private static final int TYPE_RST_STREAM = 3;
  private static final int TYPE_CONTINUATION = 9;

  private final LongSupplier nanoClock;
  private int frames;
  private long periodBegunNanos;

  ControlFrameLimit(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
  }

  /** Headers or data were sent. */
  void callMoved() {
    frames = 0;
  }

  /**
   * A frame of this type begins to arrive.
   *
   * @throws Http2Exception a connection error: there were too many
   */
  void received(int type) throws Http2Exception {
    switch (type) {
      case TYPE_DATA, TYPE_HEADERS -> callMoved();
      case TYPE_RST_STREAM, TYPE_CONTINUATION -> {}
      default -> count();
    }
  }

  private void count() throws Http2Exception {
    long now = nanoClock.getAsLong();
    if (frames == 0 || now - periodBegunNanos > Limits.CONTROL_PERIOD.toNanos()) {
      frames = 0;
      periodBegunNanos = now;
    }
    if (++frames > Limits.CONTROL_FRAMES) {
      throw Http2Exception.connectionError(
          Http2Error.ENHANCE_YOUR_CALM,
          "%d frames within %s, and none of them moves a call",
          frames,
          Limits.CONTROL_PERIOD);
    }
  }
}
