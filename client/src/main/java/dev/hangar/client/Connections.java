package dev.hangar.client;

import dev.hangar.wire.CallOptions;
import dev.hangar.wire.FlightClient;
import dev.hangar.wire.FlightEndpoint;
import dev.hangar.wire.FlightSource;
import dev.hangar.wire.Location;
import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The servers a client talks to: the one it was made for, and those it is sent to by endpoints.
 *
 * <p>Thread-safe.
 */
final class Connections implements AutoCloseable {
  /** "Ask me" (Arrow Flight.rst, Connection reuse). */
  private static final String REUSE_SCHEME = "arrow-flight-reuse-connection:";

  private final FlightClient home;
  private final Map<String, FlightClient> others = new HashMap<>();
  private boolean isClosed;

  Connections(Location location) {
    this.home = FlightClient.of(location);
  }

  FlightClient home() {
    return home;
  }

  /**
   * The stream of an endpoint, from the first of its places that can be reached.
   *
   * @throws StatusException if none can, or if the one that can refuses
   */
  FlightSource open(FlightEndpoint endpoint) {
    if (endpoint.locations().isEmpty() || endpoint.locations().stream().anyMatch(this::isHome)) {
      return home.doGet(endpoint.ticket(), CallOptions.NONE);
    }
    var failures = new ArrayList<String>();
    for (var location : endpoint.locations()) {
      var source = tryOpen(location, endpoint, failures);
      if (source != null) {
        return source;
      }
    }
    throw new StatusException(
        StatusCode.UNAVAILABLE,
        "the data is elsewhere and cannot be reached: " + String.join("; ", failures));
  }

  @Override
  public void close() {
    home.close();
    closeOthers().forEach(FlightClient::close);
  }

  private @Nullable FlightSource tryOpen(
      Location location, FlightEndpoint endpoint, List<String> failures) {
    try {
      return at(location).doGet(endpoint.ticket(), CallOptions.NONE);
    } catch (StatusException e) {
      if (e.code() != StatusCode.UNAVAILABLE) {
        throw e;
      }
      failures.add(e.description());
    } catch (IllegalArgumentException e) {
      failures.add(String.valueOf(e.getMessage()));
    }
    return null;
  }

  private synchronized FlightClient at(Location location) {
    if (isClosed) {
      throw new IllegalStateException("the client of " + home.location().uri() + " is closed");
    }
    return others.computeIfAbsent(location.uri(), uri -> FlightClient.of(location));
  }

  private synchronized List<FlightClient> closeOthers() {
    isClosed = true;
    return List.copyOf(others.values());
  }

  /** Servers that listen everywhere often name the wildcard address, which is no place to go to. */
  private boolean isHome(Location location) {
    if (location.uri().isEmpty() || location.uri().startsWith(REUSE_SCHEME)) {
      return true;
    }
    try {
      var host = location.host();
      boolean isHere = host.equalsIgnoreCase(home.location().host());
      boolean isAnywhere = host.equals("0.0.0.0") || host.equals("::");
      return (isHere || isAnywhere) && location.port() == home.location().port();
    } catch (IllegalArgumentException e) {
      return false; // a scheme that tryOpen will report
    }
  }
}
