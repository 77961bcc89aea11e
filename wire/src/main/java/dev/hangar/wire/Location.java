package dev.hangar.wire;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;

/**
 * A place where a service listens, as a URI. Immutable.
 *
 * <pre>
 *  grpc://host:port, grpc+tcp://host:port    plain text over TCP
 *  grpc+tls://host:port                      TLS over TCP
 *  grpc+unix:///path                         a Unix domain socket
 *  arrow-flight-reuse-connection://?         wherever this was heard of
 * </pre>
 */
public record Location(String uri) {
  /** How bytes get to a location. */
  public enum Scheme {
    TCP,
    TLS,
    UNIX
  }

  /** The port of a URI that names none. */
  public static final int DEFAULT_PORT = 8815;

  /**
   * The service that named it, over the connection it named it on (Arrow Flight.rst, Connection
   * reuse). The question mark is there for parsers that want something behind the slashes.
   */
  public static final Location REUSE_CONNECTION = new Location("arrow-flight-reuse-connection://?");

  private static final String REUSE_SCHEME = "arrow-flight-reuse-connection:";

  /** Plain text over TCP. */
  public static Location grpc(String host, int port) {
    return new Location("grpc://" + address(host, port));
  }

  /** TLS over TCP. */
  public static Location tls(String host, int port) {
    return new Location("grpc+tls://" + address(host, port));
  }

  /** A Unix domain socket. */
  public static Location unix(Path socket) {
    return new Location("grpc+unix://" + socket.toAbsolutePath().toUri().getRawPath());
  }

  /** Whether it means the connection it was heard of on. */
  public boolean isReuse() {
    return uri.isEmpty() || uri.startsWith(REUSE_SCHEME);
  }

  /**
   * How to get there.
   *
   * @throws IllegalArgumentException the URI is none that can be connected to
   */
  public Scheme scheme() {
    String name = String.valueOf(parsed().getScheme());
    switch (name) {
      case "grpc", "grpc+tcp":
        return Scheme.TCP;
      case "grpc+tls":
        return Scheme.TLS;
      case "grpc+unix":
        return Scheme.UNIX;
      default:
        throw new IllegalArgumentException(
            "cannot connect to "
                + uri
                + ": only grpc://, grpc+tls:// and grpc+unix:// are supported, as in grpc://127.0.0.1:8815");
    }
  }

  /**
   * The host to connect to.
   *
   * @throws IllegalArgumentException the URI is none that can be connected to over TCP
   */
  public String host() {
    String host = scheme() == Scheme.UNIX ? null : parsed().getHost();
    if (host == null) {
      throw new IllegalArgumentException(
          "no host in " + uri + "; a location looks like grpc://127.0.0.1:8815");
    }
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  /** The port to connect to. */
  public int port() {
    int port = parsed().getPort();
    return port < 0 ? DEFAULT_PORT : port;
  }

  /**
   * The socket to connect to.
   *
   * @throws IllegalArgumentException the URI names no Unix domain socket
   */
  public Path socket() {
    String path = scheme() == Scheme.UNIX ? parsed().getPath() : null;
    if (path == null || path.isEmpty() || parsed().getRawAuthority() != null) {
      throw new IllegalArgumentException(
          "no absolute path in "
              + uri
              + "; a socket's location looks like grpc+unix:///run/hangar.sock");
    }
    return Path.of(path);
  }

  /** Whether it names a host and a port: clients that call a server by another name say none. */
  boolean hasPort() {
    try {
      return parsed().getHost() != null && parsed().getPort() > 0;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** The same place with another port, where it is one that has ports. */
  Location withPort(int port) {
    switch (scheme()) {
      case TCP:
        return grpc(host(), port);
      case TLS:
        return tls(host(), port);
      default:
        return this;
    }
  }

  /** Host and port as a URI has them. */
  static String address(String host, int port) {
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
  }

  private URI parsed() {
    try {
      return new URI(uri);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(
          "not a location: "
              + uri
              + " ("
              + e.getReason()
              + "); one looks like grpc://127.0.0.1:8815",
          e);
    }
  }
}
