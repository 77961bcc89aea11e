package dev.hangar.wire.http2;

import dev.hangar.wire.ConnectionTimes;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2Stream;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The clocks of one connection: silence, disuse and age. Event loop only.
 *
 * <pre>
 *  silent with calls open ── keepAlive ──→ PING ── keepAliveTimeout ──→ closed at once
 *  no call ── idle ──→ ended
 *  open ── age ──→ no more calls ── ageGrace ──→ closed at once
 * </pre>
 */
final class ConnectionLife extends Http2ConnectionAdapter {
  /** What our PING carries; any sign of life answers it. */
  private static final long PING = 0x68616e6761720002L;

  private final ConnectionHandler connection;
  private final ConnectionKeeper keeper;
  private final ConnectionTimes times;
  private long heardNanos;
  private long unusedNanos;
  private @Nullable ScheduledFuture<?> silence;
  private @Nullable ScheduledFuture<?> disuse;
  private @Nullable ScheduledFuture<?> age;

  ConnectionLife(ConnectionHandler connection, ConnectionKeeper keeper, ConnectionTimes times) {
    this.connection = connection;
    this.keeper = keeper;
    this.times = times;
  }

  void begin() {
    heardNanos = nanos();
    unusedNanos = heardNanos;
    silence = after(times.keepAlive().toNanos(), this::onSilence);
    disuse = after(times.idle().toNanos(), this::onDisuse);
    age = after(times.age().toNanos(), this::onAge);
  }

  /** The peer has sent something. */
  void heard() {
    heardNanos = nanos();
  }

  void onPingAck(long content) {
    if (content == PING && silence != null) {
      silence.cancel(false);
      silence = after(times.keepAlive().toNanos(), this::onSilence);
    }
  }

  void end() {
    for (ScheduledFuture<?> clock : new ScheduledFuture<?>[] {silence, disuse, age}) {
      if (clock != null) {
        clock.cancel(false);
      }
    }
  }

  @Override
  public void onStreamClosed(Http2Stream stream) {
    unusedNanos = nanos();
  }

  private void onSilence() {
    long silentNanos = nanos() - heardNanos;
    long leftNanos = times.keepAlive().toNanos() - silentNanos;
    if (!inUse() || leftNanos > 0) {
      silence = after(inUse() ? leftNanos : times.keepAlive().toNanos(), this::onSilence);
      return;
    }
    ChannelHandlerContext ctx = connection.context();
    connection.encoder().writePing(ctx, false, PING, ctx.newPromise());
    connection.flush();
    long asked = nanos();
    silence = after(times.keepAliveTimeout().toNanos(), () -> onAnswerDue(asked));
  }

  private void onAnswerDue(long asked) {
    if (heardNanos - asked < 0) {
      keeper.lost("the peer has not answered for " + text(times.keepAliveTimeout()));
    } else {
      silence = after(times.keepAlive().toNanos(), this::onSilence);
    }
  }

  private void onDisuse() {
    long leftNanos = times.idle().toNanos() - (nanos() - unusedNanos);
    if (inUse() || leftNanos > 0) {
      disuse = after(inUse() ? times.idle().toNanos() : leftNanos, this::onDisuse);
    } else {
      keeper.end("there was no call for " + text(times.idle()));
    }
  }

  private void onAge() {
    keeper.end("the connection is " + text(times.age()) + " old");
    age =
        after(
            times.ageGrace().toNanos(),
            () -> keeper.lost("the connection is past its age, and calls did not end"));
  }

  private long nanos() {
    return connection.context().executor().ticker().nanoTime();
  }

  private boolean inUse() {
    return connection.connection().numActiveStreams() > 0;
  }

  private ScheduledFuture<?> after(long nanos, Runnable task) {
    return connection.context().executor().schedule(task, nanos, TimeUnit.NANOSECONDS);
  }

  private static String text(Duration time) {
    return time.toString().substring(2).toLowerCase(Locale.ROOT);
  }
}
