package dev.hangar.client;

import dev.hangar.wire.FlightData;
import dev.hangar.wire.FlightEndpoint;
import dev.hangar.wire.FlightSource;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The streams of a flight's endpoints, one after the other, each opened when its turn comes. */
final class EndpointSource implements FlightSource {
  private final Iterator<FlightEndpoint> rest;
  private final Function<FlightEndpoint, FlightSource> open;
  private @Nullable FlightSource current;

  /** Opens the first endpoint, so that a refusal is known at once. */
  EndpointSource(List<FlightEndpoint> endpoints, Function<FlightEndpoint, FlightSource> open) {
    this.rest = endpoints.iterator();
    this.open = open;
    this.current = openNext();
  }

  @Override
  public @Nullable FlightData next() {
    for (var source = current; source != null; source = current) {
      var data = source.next();
      if (data != null) {
        return data;
      }
      source.close();
      current = openNext();
    }
    return null;
  }

  @Override
  public void close() {
    var source = current;
    current = null;
    if (source != null) {
      source.close();
    }
  }

  private @Nullable FlightSource openNext() {
    return rest.hasNext() ? open.apply(rest.next()) : null;
  }
}
