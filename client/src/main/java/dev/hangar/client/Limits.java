package dev.hangar.client;

/** Every limit of the client, in one place, each with its reason. */
final class Limits {
  /**
   * Body bytes at which a batch is sent in two: a message holds less than 2 GiB, and whoever
   * receives it needs that much in one piece.
   */
  static final long BODY_BYTES = 1L << 30;

  /** The window that HTTP/2 begins with (RFC 9113, 6.9.2): no stream is given less. */
  static final int WINDOW_BYTES_MIN = 64 << 10;

  /** Cookies kept for one server: the most that RFC 6265, 6.1 has servers count on. */
  static final int COOKIES = 50;

  /** Characters of a cookie's name and value, as in RFC 6265, 6.1; longer ones are not kept. */
  static final int COOKIE_CHARS = 4_096;

  private Limits() {}
}
