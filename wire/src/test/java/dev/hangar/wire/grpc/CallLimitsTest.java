package dev.hangar.wire.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hangar.wire.Limits;
import dev.hangar.wire.http2.OutboundData;
import io.netty.buffer.Unpooled;
import java.util.ArrayDeque;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The limits of one call, each at the limit and one past it. */
@Timeout(60)
class CallLimitsTest {
  @Test
  void messagesPassUpToTheirLimit() {
    var decoder = new BytesDecoder(Limits.MESSAGE_BYTES);
    decoder.begin(Limits.MESSAGE_BYTES);
    assertThatThrownBy(() -> decoder.begin(Limits.MESSAGE_BYTES + 1))
        .isInstanceOfSatisfying(
            StatusException.class,
            e -> assertThat(e.code()).isEqualTo(StatusCode.RESOURCE_EXHAUSTED));
  }

  @Test
  void aSenderWaitsWhenTheLimitWaits() {
    var queue = new SendQueue(Limits.SEND_QUEUE_BYTES);
    assertThat(queue.offer(message(Limits.SEND_QUEUE_BYTES - 1 - SendQueue.MESSAGE_OVERHEAD_BYTES)))
        .isTrue();
    assertThat(queue.offer(message(1))).as("one byte under the limit").isTrue();
    assertThat(queue.offer(message(1))).as("at the limit").isFalse();
    OutboundData.discard(drained(queue));
    assertThat(queue.offer(message(1))).as("when they have been sent").isTrue();
    OutboundData.discard(drained(queue));
  }

  private static ArrayDeque<OutboundData.Piece> drained(SendQueue queue) {
    var pieces = new ArrayDeque<OutboundData.Piece>();
    queue.drain(pieces);
    return pieces;
  }

  /** A message that says it has so many bytes. */
  private static OutboundMessage message(int bytes) {
    return new OutboundMessage(Unpooled.EMPTY_BUFFER, List.of(), bytes, () -> {});
  }

  @Test
  void errorMessagesTravelUpToTheirLimit() {
    String longest = "x".repeat(Limits.STATUS_MESSAGE_BYTES);
    assertThat(sent(longest)).isEqualTo(longest);
    assertThat(sent(longest + "x"))
        .startsWith("x".repeat(100))
        .endsWith("…")
        .hasSizeLessThan(longest.length());
  }

  private static String sent(String message) {
    var trailers = Status.trailers(new StatusException(StatusCode.INTERNAL, message), "a trace");
    return Status.failure(trailers).description();
  }
}
