package dev.hangar.wire;

import java.net.URI;
import java.net.URISyntaxException;

/** A place where a service listens, as a URI: {@code grpc://host:port}. Immutable. */
public record Location(String uri) {
  /** The port of a URI that names none. */
  public static final int DEFAULT_PORT = 8815;

  /** Plain text over TCP. */
  public static Location grpc(String host, int port) {
    return new Location(
        "grpc://" + (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port);
  }

  /**
   * The host to connect to.
   *
   * @throws IllegalArgumentException the URI is none that can be connected to
   */
  public String host() {
    String host = parsed().getHost();
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

  private URI parsed() {
    try {
      URI parsed = new URI(uri);
      if (!"grpc".equals(parsed.getScheme()) && !"grpc+tcp".equals(parsed.getScheme())) {
        throw new IllegalArgumentException(
            "cannot connect to "
                + uri
                + ": only grpc:// and grpc+tcp:// are supported, as in grpc://127.0.0.1:8815");
      }
      return parsed;
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("not a location: " + uri + " (" + e.getReason() + ")", e);
    }
  }
}
