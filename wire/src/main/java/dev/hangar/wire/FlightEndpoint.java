package dev.hangar.wire;

import com.google.protobuf.ByteString;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A part of a flight: a ticket, and places that redeem it. Immutable.
 *
 * @param locations equal places; empty means the service that told of the flight
 * @param expiration until when the ticket may be redeemed, any number of times; null: once
 */
public record FlightEndpoint(
    Ticket ticket, List<Location> locations, @Nullable Instant expiration, ByteString appMetadata) {
  public FlightEndpoint {
    locations = List.copyOf(locations);
  }

  /** An endpoint without expiration or metadata. */
  public static FlightEndpoint of(Ticket ticket, Location... locations) {
    return new FlightEndpoint(ticket, List.of(locations), null, ByteString.EMPTY);
  }

  /** This as the bytes of a protobuf message. */
  public ByteString encode() {
    return Protos.endpoint(this).toByteString();
  }

  /**
   * What {@link #encode} wrote.
   *
   * @throws IllegalArgumentException the bytes are none
   */
  public static FlightEndpoint decode(ByteString bytes) {
    return Protos.endpoint(
        Protos.decode("an endpoint", dev.hangar.wire.proto.FlightEndpoint.parser(), bytes));
  }
}
