package dev.hangar.wire;

import com.google.protobuf.ByteString;

/** The argument of {@link StandardActions#CANCEL_FLIGHT_INFO}. Immutable. */
public record CancelFlightInfoRequest(FlightInfo info) {
  /** This as an action's body. */
  public ByteString encode() {
    return dev.hangar.wire.proto.CancelFlightInfoRequest.newBuilder()
        .setInfo(Protos.info(info))
        .build()
        .toByteString();
  }

  /**
   * What an action's body says.
   *
   * @throws IllegalArgumentException the bytes are none
   */
  public static CancelFlightInfoRequest decode(ByteString body) {
    var proto =
        Protos.decode(
            "a CancelFlightInfoRequest",
            dev.hangar.wire.proto.CancelFlightInfoRequest.parser(),
            body);
    return new CancelFlightInfoRequest(Protos.info(proto.getInfo()));
  }
}
