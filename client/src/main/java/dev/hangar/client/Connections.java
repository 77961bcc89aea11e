package dev.hangar.client;

import dev.hangar.wire.FlightClient;
import dev.hangar.wire.FlightEndpoint;
import dev.hangar.wire.Location;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The servers a client talks to: the one it was made for, and those it is sent to by endpoints.
 *
 * <p>Thread-safe.
 */
final class Connections implements AutoCloseable {
  private final HangarOptions options;
  private final Time time;
  private final FlightClient home;
  private final ServerSign sign = new ServerSign();
  private final Map<String, FlightClient> others = new HashMap<>();
  private boolean isClosed;

  Connections(Location location, HangarOptions options, Time time) {
    this.options = options;
    this.time = time;
    this.home = client(location, options, time).interceptor(sign).build();
  }

  FlightClient home() {
    return home;
  }

  /** What is known of the server. */
  ServerSign sign() {
    return sign;
  }

  /** The places of an endpoint, of which none named means the server it was told by. */
  List<Location> places(FlightEndpoint endpoint) {
    return endpoint.locations().isEmpty()
        ? List.of(home.location())
        : endpoint.locations().stream().map(this::named).toList();
  }

  /**
   * The client of a place.
   *
   * @throws IllegalArgumentException if it is none that can be connected to
   */
  FlightClient at(Location location) {
    return isHome(location) ? home : other(location);
  }

  /** Bytes of received bodies that are not closed yet. */
  synchronized long bodyBytes() {
    return home.bodyBytes() + others.values().stream().mapToLong(FlightClient::bodyBytes).sum();
  }

  @Override
  public void close() {
    home.close();
    closeOthers().forEach(FlightClient::close);
  }

  private synchronized FlightClient other(Location location) {
    if (isClosed) {
      throw new IllegalStateException("the client of " + home.location().uri() + " is closed");
    }
    return others.computeIfAbsent(location.uri(), uri -> client(location, options, time).build());
  }

  private static FlightClient.Builder client(Location location, HangarOptions options, Time time) {
    var client =
        FlightClient.builder(location)
            .tls(options.tls())
            .windowBytes(
                Math.min(
                    dev.hangar.wire.Limits.STREAM_WINDOW_BYTES,
                    options.windowBytes(options.streams(Integer.MAX_VALUE))));
    return options.cookies() ? client.interceptor(new CookieJar(time::now)) : client;
  }

  private synchronized List<FlightClient> closeOthers() {
    isClosed = true;
    return List.copyOf(others.values());
  }

  private Location named(Location location) {
    return isHome(location) ? home.location() : location;
  }

  /** Servers that listen everywhere often name the wildcard address, which is no place to go to. */
  private boolean isHome(Location location) {
    if (location.isReuse() || location.equals(home.location())) {
      return true;
    }
    try {
      if (location.scheme() != home.location().scheme()) {
        return false;
      }
      var host = location.host();
      boolean isHere = host.equalsIgnoreCase(home.location().host());
      boolean isAnywhere = host.equals("0.0.0.0") || host.equals("::");
      return (isHere || isAnywhere) && location.port() == home.location().port();
    } catch (IllegalArgumentException e) {
      return false; // a scheme that whoever connects will report
    }
  }
}
