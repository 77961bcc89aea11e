package dev.hangar.client;

import java.time.Duration;

/** Every limit of the client, in one place, each with its reason. */
final class Limits {
  /**
   * Body bytes at which a batch is sent in two: a message holds less than 2 GiB, and whoever
   * receives it needs that much in one piece.
   */
  static final long BODY_BYTES = 1L << 30;

  /**
   * Body bytes of an upload's part, or those of its last batch more: what a broken connection costs
   * at most to send again, and with one more per connection what a put holds in memory. Parts are
   * files of the server, so they should not be small.
   */
  static final long PART_BYTES = 64L << 20;

  /**
   * Parts on their way at least, also over one connection: a server that puts one on its disk can
   * take the next meanwhile.
   */
  static final int PARTS_UNDER_WAY = 2;

  /**
   * Connections of one large transfer within a machine: a second one has another core read and
   * check meanwhile; of 2 GB on two cores four were no faster, and on loopback nothing else is won.
   */
  static final int CONNECTIONS_HERE = Math.min(2, Runtime.getRuntime().availableProcessors());

  /** Connections of one large transfer to another machine: a network's share is by connection. */
  static final int CONNECTIONS = Math.min(4, Runtime.getRuntime().availableProcessors());

  /** Connections of one large transfer: each has a thread, and a put holds a part for each. */
  static final int CONNECTIONS_MAX = 64;

  /**
   * How long the server is given to take note that a statement is no longer wanted: whoever closes
   * a reader should not wait for a server that hangs.
   */
  static final Duration CANCEL_TIME = Duration.ofSeconds(2);

  /**
   * How long the server is asked no more than once how far a statement is: fast enough for people
   * to see it move, and next to nothing for the server.
   */
  static final Duration POLL_TIME = Duration.ofMillis(50);

  /** The window that HTTP/2 begins with (RFC 9113, 6.9.2): no stream is given less. */
  static final int WINDOW_BYTES_MIN = 64 << 10;

  /** Cookies kept for one server: the most that RFC 6265, 6.1 has servers count on. */
  static final int COOKIES = 50;

  /** Characters of a cookie's name and value, as in RFC 6265, 6.1; longer ones are not kept. */
  static final int COOKIE_CHARS = 4_096;

  private Limits() {}
}
