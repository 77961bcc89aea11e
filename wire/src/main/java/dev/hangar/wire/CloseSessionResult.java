package dev.hangar.wire;

import com.google.protobuf.ByteString;

/** The answer to {@link StandardActions#CLOSE_SESSION}. Immutable. */
public record CloseSessionResult(Status status) {
  /** What became of the session. */
  public enum Status {
    UNSPECIFIED,
    CLOSED,
    CLOSING,
    NOT_CLOSEABLE
  }

  /** This as the body of an action's result. */
  public ByteString encode() {
    return dev.hangar.wire.proto.CloseSessionResult.newBuilder()
        .setStatus(dev.hangar.wire.proto.CloseSessionResult.Status.valueOf(status.name()))
        .build()
        .toByteString();
  }

  /**
   * What the body of a result says.
   *
   * @throws IllegalArgumentException the bytes are none
   */
  public static CloseSessionResult decode(ByteString body) {
    var proto =
        Protos.decode(
            "a CloseSessionResult", dev.hangar.wire.proto.CloseSessionResult.parser(), body);
    return new CloseSessionResult(Protos.constant(Status.class, proto.getStatus()));
  }
}
