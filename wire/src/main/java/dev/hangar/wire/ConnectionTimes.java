package dev.hangar.wire;

import java.time.Duration;

/**
 * How long a connection may be silent, unused, and old. Immutable.
 *
 * @param keepAlive silence of a peer with calls open, before it is sent a PING
 * @param keepAliveTimeout further silence, before the connection is closed as lost
 * @param idle time without a call, before the connection is ended
 * @param age age at which the connection takes no more calls
 * @param ageGrace time that calls have to end then
 */
public record ConnectionTimes(
    Duration keepAlive, Duration keepAliveTimeout, Duration idle, Duration age, Duration ageGrace) {
  /** A server's times, all from {@link Limits}. */
  public static final ConnectionTimes SERVER =
      new ConnectionTimes(
          Limits.KEEP_ALIVE_TIME,
          Limits.KEEP_ALIVE_TIMEOUT,
          Limits.IDLE_TIME,
          Limits.CONNECTION_AGE,
          Limits.CONNECTION_AGE_GRACE);

  /** A client's times: it asks less often, and leaves the ending of connections to servers. */
  public static final ConnectionTimes CLIENT =
      SERVER
          .withKeepAlive(Limits.CLIENT_KEEP_ALIVE_TIME, Limits.KEEP_ALIVE_TIMEOUT)
          .withIdle(Duration.ofDays(365))
          .withAge(Duration.ofDays(365), Duration.ZERO);

  public ConnectionTimes withKeepAlive(Duration keepAlive, Duration keepAliveTimeout) {
    return new ConnectionTimes(keepAlive, keepAliveTimeout, idle, age, ageGrace);
  }

  public ConnectionTimes withIdle(Duration idle) {
    return new ConnectionTimes(keepAlive, keepAliveTimeout, idle, age, ageGrace);
  }

  public ConnectionTimes withAge(Duration age, Duration ageGrace) {
    return new ConnectionTimes(keepAlive, keepAliveTimeout, idle, age, ageGrace);
  }
}
