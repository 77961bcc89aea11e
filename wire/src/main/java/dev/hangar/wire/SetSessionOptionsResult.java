package dev.hangar.wire;

import com.google.protobuf.ByteString;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The answer to {@link StandardActions#SET_SESSION_OPTIONS}: why options were not set, by their
 * names; those not named were. Immutable.
 */
public record SetSessionOptionsResult(Map<String, Refusal> errors) {
  /** Why an option was not set. */
  public enum Refusal {
    UNSPECIFIED,
    /** There can be none of that name. */
    INVALID_NAME,
    /** It can't have that value. */
    INVALID_VALUE,
    /** It could not be set for another reason. */
    ERROR
  }

  public SetSessionOptionsResult {
    errors = Map.copyOf(errors);
  }

  /** This as the body of an action's result. */
  public ByteString encode() {
    var proto = dev.hangar.wire.proto.SetSessionOptionsResult.newBuilder();
    errors.forEach((name, error) -> proto.putErrors(name, proto(error)));
    return proto.build().toByteString();
  }

  /**
   * What the body of a result says.
   *
   * @throws IllegalArgumentException the bytes are none
   */
  public static SetSessionOptionsResult decode(ByteString body) {
    var proto =
        Protos.decode(
            "a SetSessionOptionsResult",
            dev.hangar.wire.proto.SetSessionOptionsResult.parser(),
            body);
    var errors = new LinkedHashMap<String, Refusal>();
    proto
        .getErrorsMap()
        .forEach(
            (name, error) -> errors.put(name, Protos.constant(Refusal.class, error.getValue())));
    return new SetSessionOptionsResult(errors);
  }

  private static dev.hangar.wire.proto.SetSessionOptionsResult.Error proto(Refusal error) {
    return dev.hangar.wire.proto.SetSessionOptionsResult.Error.newBuilder()
        .setValue(dev.hangar.wire.proto.SetSessionOptionsResult.ErrorValue.valueOf(error.name()))
        .build();
  }
}
