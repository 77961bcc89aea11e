package dev.hangar.wire.http2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hangar.wire.Limits;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.DuplexChannel;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How long a closed connection waits for its peer. Its time is the test's. */
@Timeout(60)
class LingeringCloseTest {
  private static final long TIME_MILLIS = Limits.LINGER_TIME.toMillis();

  private final HalfClosing channel = new HalfClosing();

  @AfterEach
  void nothingIsLeft() {
    channel.finishAndReleaseAll();
  }

  @Test
  void aPeerHasItsTimeToReadTheLast() {
    channel.freezeTime();
    ChannelFuture closed = channel.pipeline().close();
    assertThat(channel.isOutputShutdown()).isTrue();
    channel.advanceTimeBy(TIME_MILLIS - 1, TimeUnit.MILLISECONDS);
    channel.runScheduledPendingTasks();
    assertThat(channel.isOpen()).isTrue();
    assertThat(closed.isDone()).isFalse();
    channel.advanceTimeBy(1, TimeUnit.MILLISECONDS);
    channel.runScheduledPendingTasks();
    assertThat(channel.isOpen()).isFalse();
    assertThat(closed.isSuccess()).isTrue();
  }

  /** A connection whose sides close one by one, as those of TCP do. */
  private static final class HalfClosing extends EmbeddedChannel implements DuplexChannel {
    private boolean outputIsShutDown;

    HalfClosing() {
      super(new LingeringClose());
    }

    @Override
    public boolean isOutputShutdown() {
      return outputIsShutDown;
    }

    @Override
    public ChannelFuture shutdownOutput() {
      return shutdownOutput(newPromise());
    }

    @Override
    public ChannelFuture shutdownOutput(ChannelPromise promise) {
      outputIsShutDown = true;
      return promise.setSuccess();
    }

    @Override
    public boolean isInputShutdown() {
      return !isOpen();
    }

    @Override
    public ChannelFuture shutdownInput() {
      return shutdownInput(newPromise());
    }

    @Override
    public ChannelFuture shutdownInput(ChannelPromise promise) {
      return close(promise);
    }

    @Override
    public boolean isShutdown() {
      return !isOpen();
    }

    @Override
    public ChannelFuture shutdown() {
      return close();
    }

    @Override
    public ChannelFuture shutdown(ChannelPromise promise) {
      return close(promise);
    }
  }
}
