package dev.hangar.wire;

import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import dev.hangar.wire.http2.ConnectionHandler;
import io.netty.channel.ConnectTimeoutException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The way of many threads to one connection: where it has to be made, one of them makes it, and the
 * others wait for that, no longer than their deadlines. If it fails it fails for all who waited,
 * instead of being tried by each in turn. Thread-safe.
 */
final class Connector {
  private final ClientConnection connection;
  private final ReentrantLock lock = new ReentrantLock();
  private volatile @Nullable StatusException lastFailure;

  Connector(ClientConnection connection) {
    this.connection = connection;
  }

  /**
   * A connection that is up; blocks while it is made.
   *
   * @param timeout of the call it is for; null for none
   * @throws StatusException there is none in time; the call may be repeated
   */
  ConnectionHandler handler(@Nullable Duration timeout) {
    long begin = System.nanoTime();
    StatusException before = lastFailure;
    boolean isContended = !lock.tryLock();
    if (isContended) {
      await(timeout);
    }
    try {
      StatusException failure = lastFailure;
      if (isContended && failure != null && failure != before) {
        throw failure.withDescription(failure.description()); // with this thread's own trace
      }
      return connect(timeout == null ? null : timeout.minusNanos(System.nanoTime() - begin));
    } catch (StatusException e) {
      throw e.unprocessed();
    } finally {
      lock.unlock();
    }
  }

  private ConnectionHandler connect(@Nullable Duration left) {
    Duration patience =
        left == null || left.compareTo(Limits.CONNECT_TIME) > 0 ? Limits.CONNECT_TIME : left;
    if (patience.isNegative()) {
      throw late();
    }
    try {
      return connection.handler(patience);
    } catch (StatusException e) {
      boolean isHurried = !patience.equals(Limits.CONNECT_TIME);
      if (isHurried && e.getCause() instanceof ConnectTimeoutException) {
        throw late();
      }
      if (e.code() != StatusCode.CANCELLED) { // one thread's interrupt is not another's
        lastFailure = e;
      }
      throw e;
    }
  }

  private void await(@Nullable Duration timeout) {
    try {
      if (timeout == null) {
        lock.lockInterruptibly();
      } else if (!lock.tryLock(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
        throw late();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StatusException(
          StatusCode.CANCELLED, "interrupted while connecting to " + connection.location().uri());
    }
  }

  private StatusException late() {
    return new StatusException(
        StatusCode.DEADLINE_EXCEEDED,
        "the deadline passed while connecting to " + connection.location().uri());
  }
}
