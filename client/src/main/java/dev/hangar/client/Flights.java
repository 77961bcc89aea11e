package dev.hangar.client;

import com.google.protobuf.ByteString;
import dev.hangar.wire.CallOptions;
import dev.hangar.wire.FlightDescriptor;
import dev.hangar.wire.FlightInfo;
import dev.hangar.wire.IpcMessages;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.vector.types.pojo.Schema;

/** What a server tells of its flights. Thread-safe. */
final class Flights {
  private final Connections connections;

  Flights(Connections connections) {
    this.connections = connections;
  }

  /** Every one there is, in the server's order. */
  List<TableInfo> list(CallOptions options) {
    var tables = new ArrayList<TableInfo>();
    try (var flights = connections.home().listFlights(ByteString.EMPTY, options)) {
      for (var flight = flights.next(); flight != null; flight = flights.next()) {
        tables.add(TableInfo.of(flight));
      }
    }
    return List.copyOf(tables);
  }

  /** The flight that is a table of this name. */
  FlightInfo named(String name, CallOptions options) {
    return connections.home().getFlightInfo(path(name), options);
  }

  /** The schema of a table, which takes less to tell than the flight. */
  Schema schema(String name, CallOptions options) {
    return ReceivedSchema.of(IpcMessages.bare(connections.home().getSchema(path(name), options)));
  }

  private static FlightDescriptor path(String name) {
    return FlightDescriptor.path(name.split("/", -1));
  }
}
