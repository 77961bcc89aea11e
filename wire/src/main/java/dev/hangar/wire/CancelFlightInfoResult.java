package dev.hangar.wire;

import com.google.protobuf.ByteString;

/** The answer to {@link StandardActions#CANCEL_FLIGHT_INFO}. Immutable. */
public record CancelFlightInfoResult(CancelStatus status) {
  /** This as the body of an action's result. */
  public ByteString encode() {
    return dev.hangar.wire.proto.CancelFlightInfoResult.newBuilder()
        .setStatus(dev.hangar.wire.proto.CancelStatus.valueOf("CANCEL_STATUS_" + status.name()))
        .build()
        .toByteString();
  }

  /**
   * What the body of a result says; a status Flight does not define is {@link
   * CancelStatus#UNSPECIFIED}.
   *
   * @throws IllegalArgumentException the bytes are none
   */
  public static CancelFlightInfoResult decode(ByteString body) {
    var proto =
        Protos.decode(
            "a CancelFlightInfoResult",
            dev.hangar.wire.proto.CancelFlightInfoResult.parser(),
            body);
    return new CancelFlightInfoResult(Protos.constant(CancelStatus.class, proto.getStatus()));
  }
}
