package dev.hangar.wire;

import com.google.protobuf.ByteString;

/**
 * The argument of {@link StandardActions#RENEW_FLIGHT_ENDPOINT}, whose answer is a {@link
 * FlightEndpoint}. Immutable.
 */
public record RenewFlightEndpointRequest(FlightEndpoint endpoint) {
  /** This as an action's body. */
  public ByteString encode() {
    return dev.hangar.wire.proto.RenewFlightEndpointRequest.newBuilder()
        .setEndpoint(Protos.endpoint(endpoint))
        .build()
        .toByteString();
  }

  /**
   * What an action's body says.
   *
   * @throws IllegalArgumentException the bytes are none
   */
  public static RenewFlightEndpointRequest decode(ByteString body) {
    var proto =
        Protos.decode(
            "a RenewFlightEndpointRequest",
            dev.hangar.wire.proto.RenewFlightEndpointRequest.parser(),
            body);
    return new RenewFlightEndpointRequest(Protos.endpoint(proto.getEndpoint()));
  }
}
