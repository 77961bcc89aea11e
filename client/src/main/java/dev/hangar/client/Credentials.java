package dev.hangar.client;

import dev.hangar.wire.BasicAuth;
import dev.hangar.wire.CallInterceptor;
import dev.hangar.wire.Location;
import dev.hangar.wire.grpc.Metadata;

/**
 * Who a client says that it is: a user with a password, or with a token that stands for one.
 * Immutable.
 *
 * <p>It goes with each call as the header {@code authorization} (RFC 7617, RFC 6750): over TLS, to
 * Unix domain sockets and to this machine's loopback addresses, and in plain text nowhere else,
 * wherever endpoints send the client.
 */
public final class Credentials {
  private static final String HEADER = "authorization";

  private final Metadata headers;

  private Credentials(String header) {
    this.headers = Metadata.of(HEADER, header);
  }

  /**
   * A user and the password.
   *
   * @throws IllegalArgumentException if the name is empty or has a colon, which ends it on its way
   */
  public static Credentials password(String user, String password) {
    if (user.isEmpty() || user.indexOf(':') >= 0) {
      throw new IllegalArgumentException("a user's name is not empty and has no colon");
    }
    return new Credentials(new BasicAuth(user, password).authorization());
  }

  /**
   * A token that a server has given out.
   *
   * @throws IllegalArgumentException if it is empty or has anything but visible ASCII; the message
   *     does not repeat it
   */
  public static Credentials token(String token) {
    if (token.isEmpty() || !token.chars().allMatch(c -> c > ' ' && c <= '~')) {
      throw new IllegalArgumentException(
          "a token is visible ASCII without spaces, and this one is "
              + (token.isEmpty() ? "empty" : "not"));
    }
    return new Credentials("Bearer " + token);
  }

  /**
   * Makes sure that what is secret may go there.
   *
   * @throws IllegalArgumentException if others could read it on its way
   */
  public static void requirePrivate(Location location) {
    if (location.scheme() == Location.Scheme.TCP && !Connections.isHere(location)) {
      throw new IllegalArgumentException(
          "no password or token is sent in plain text to "
              + location.host()
              + ", where others could read it on its way; speak TLS, as in "
              + Location.tls(location.host(), location.port()).uri()
              + ", or connect to a tunnel on this machine, as ssh -L makes one");
    }
  }

  /** Says who calls, with each call to one place. */
  CallInterceptor at(Location location) {
    requirePrivate(location);
    return new CallInterceptor() {
      @Override
      public Metadata headers() {
        return headers;
      }
    };
  }

  /** Without what is secret, which must not get into a log. */
  @Override
  public String toString() {
    return "Credentials[…]";
  }
}
