package dev.hangar.client;

import dev.hangar.wire.FlightClient;
import dev.hangar.wire.FlightEndpoint;
import dev.hangar.wire.Location;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The servers a client talks to: the one it was made for, and those it is sent to by endpoints.
 *
 * <p>Thread-safe.
 */
final class Connections implements AutoCloseable {
  /** The addresses, not names that begin like one. */
  private static final Pattern LOOPBACK = Pattern.compile("127(\\.[0-9]{1,3}){3}|::1");

  private final HangarOptions options;
  private final Time time;
  private final CookieJar cookies;
  private final FlightClient home;
  private final int count;
  private final ServerSign sign = new ServerSign();
  private final List<FlightClient> lanes = new ArrayList<>();
  private final Map<String, FlightClient> others = new HashMap<>();
  private boolean isClosed;

  Connections(Location location, HangarOptions options, Time time) {
    this.options = options;
    this.time = time;
    this.cookies = new CookieJar(time::now);
    this.home = lane(location);
    this.count = options.connections() > 0 ? options.connections() : count(location);
  }

  FlightClient home() {
    return home;
  }

  /** One of the connections to the server, of which the first is {@link #home}. */
  FlightClient lane(int number) {
    int lane = number % count;
    return lane == 0 ? home : moreLanes(lane);
  }

  /** How many connections to the server share a large transfer. */
  int count() {
    return count;
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
   * @param lane which of the connections, where there are several
   * @throws IllegalArgumentException if it is none that can be connected to
   */
  FlightClient at(Location location, int lane) {
    return isHome(location) ? lane(lane) : other(location);
  }

  /** Bytes of received bodies that are not closed yet. */
  synchronized long bodyBytes() {
    return home.bodyBytes() + more().mapToLong(FlightClient::bodyBytes).sum();
  }

  @Override
  public void close() {
    home.close();
    closeOthers().forEach(FlightClient::close);
  }

  private synchronized FlightClient moreLanes(int lane) {
    requireOpen();
    while (lanes.size() < lane) {
      lanes.add(lane(home.location()));
    }
    return lanes.get(lane - 1);
  }

  private synchronized FlightClient other(Location location) {
    requireOpen();
    return others.computeIfAbsent(
        location.uri(), uri -> client(location, new CookieJar(time::now)).build());
  }

  private void requireOpen() {
    if (isClosed) {
      throw new IllegalStateException("the client of " + home.location().uri() + " is closed");
    }
  }

  private FlightClient lane(Location location) {
    return client(location, cookies).interceptor(sign).build();
  }

  private FlightClient.Builder client(Location location, CookieJar jar) {
    var client =
        FlightClient.builder(location)
            .tls(options.tls())
            .windowBytes(
                Math.min(
                    dev.hangar.wire.Limits.STREAM_WINDOW_BYTES,
                    options.windowBytes(options.streams(Integer.MAX_VALUE))));
    var credentials = options.credentials();
    if (credentials != null) {
      client.interceptor(credentials.at(location));
    }
    return options.cookies() ? client.interceptor(jar) : client;
  }

  private synchronized List<FlightClient> closeOthers() {
    isClosed = true;
    return more().collect(Collectors.toList());
  }

  /** How many a location gets where nobody says. */
  private static int count(Location location) {
    return isHere(location) ? Limits.CONNECTIONS_HERE : Limits.CONNECTIONS;
  }

  /** Whether what is sent there stays on this machine, whatever names may resolve to. */
  static boolean isHere(Location location) {
    return location.scheme() == Location.Scheme.UNIX
        || location.host().equalsIgnoreCase("localhost")
        || LOOPBACK.matcher(location.host()).matches();
  }

  private Stream<FlightClient> more() {
    return Stream.concat(lanes.stream(), others.values().stream());
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
