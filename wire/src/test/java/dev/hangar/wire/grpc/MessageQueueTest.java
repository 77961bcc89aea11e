package dev.hangar.wire.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class MessageQueueTest {
  private static final StatusException BROKEN =
      new StatusException(StatusCode.UNAVAILABLE, "the connection is lost");

  /** A reader at work while the call fails must not take what stands behind the first dropped. */
  @Test
  void nothingIsHandedOutBehindADroppedMessage() {
    var dropped = new ArrayList<String>();
    var reading = new AtomicReference<Runnable>(() -> {});
    var queue =
        new MessageQueue<String>(
            message -> {
              dropped.add(message);
              reading.getAndSet(() -> {}).run();
            },
            10);
    queue.add("first", 1);
    queue.add("second", 1);
    queue.add("third", 1);
    queue.end(null);
    reading.set(() -> {
      assertThatThrownBy(queue::poll).isSameAs(BROKEN);
      assertThatThrownBy(queue::take).isSameAs(BROKEN);
    });

    queue.fail(BROKEN);

    assertThat(dropped).containsExactly("first", "second", "third");
    assertThatThrownBy(queue::take).isSameAs(BROKEN);
  }

  /** Who waits for the end alone must not take a message for it. */
  @Test
  void anAbandonedQueueHandsOutItsEndAlone() {
    var dropped = new ArrayList<String>();
    var reading = new AtomicReference<Runnable>(() -> {});
    var queue =
        new MessageQueue<String>(
            message -> {
              dropped.add(message);
              reading.get().run();
            },
            10);
    queue.add("first", 1);
    queue.add("second", 2);
    reading.set(() -> assertThat(queue.poll()).isNull());

    assertThat(queue.abandon()).isEqualTo(3);
    assertThat(queue.add("third", 4)).isEqualTo(4);
    queue.end(null);

    assertThat(dropped).containsExactly("first", "second", "third");
    assertThat(queue.take()).isNull();
  }

  @Test
  void whatHasComeIsHandedOutBeforeTheEnd() {
    var queue = new MessageQueue<String>(message -> {}, 10);
    queue.add("first", 1);
    queue.end(BROKEN);
    assertThat(queue.take().message()).isEqualTo("first");
    assertThatThrownBy(queue::take).isSameAs(BROKEN);
  }
}
