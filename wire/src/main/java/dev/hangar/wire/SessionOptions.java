package dev.hangar.wire;

import com.google.protobuf.ByteString;
import dev.hangar.wire.proto.GetSessionOptionsResult;
import dev.hangar.wire.proto.SetSessionOptionsRequest;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Options of a session, by name: the argument of {@link StandardActions#SET_SESSION_OPTIONS}, and
 * the answer to {@link StandardActions#GET_SESSION_OPTIONS}, which Flight writes alike. Immutable.
 */
public record SessionOptions(Map<String, SessionOptionValue> values) {
  public SessionOptions {
    values = Map.copyOf(values);
  }

  /** This as the body of an action or of a result. */
  public ByteString encode() {
    var proto = SetSessionOptionsRequest.newBuilder();
    values.forEach((name, value) -> proto.putSessionOptions(name, proto(value)));
    return proto.build().toByteString();
  }

  /**
   * What the body of an action or of a result says.
   *
   * @throws IllegalArgumentException the bytes are none
   */
  public static SessionOptions decode(ByteString body) {
    var proto = Protos.decode("session options", GetSessionOptionsResult.parser(), body);
    var values = new LinkedHashMap<String, SessionOptionValue>();
    proto.getSessionOptionsMap().forEach((name, value) -> values.put(name, value(value)));
    return new SessionOptions(values);
  }

  private static dev.hangar.wire.proto.SessionOptionValue proto(SessionOptionValue value) {
    var proto = dev.hangar.wire.proto.SessionOptionValue.newBuilder();
    if (value instanceof SessionOptionValue.Text text) {
      proto.setStringValue(text.value());
    } else if (value instanceof SessionOptionValue.Bool bool) {
      proto.setBoolValue(bool.value());
    } else if (value instanceof SessionOptionValue.Int64 number) {
      proto.setInt64Value(number.value());
    } else if (value instanceof SessionOptionValue.Float64 number) {
      proto.setDoubleValue(number.value());
    } else if (value instanceof SessionOptionValue.TextList list) {
      proto.getStringListValueBuilder().addAllValues(list.values());
    }
    return proto.build();
  }

  private static SessionOptionValue value(dev.hangar.wire.proto.SessionOptionValue proto) {
    return switch (proto.getOptionValueCase()) {
      case STRING_VALUE -> SessionOptionValue.of(proto.getStringValue());
      case BOOL_VALUE -> SessionOptionValue.of(proto.getBoolValue());
      case INT64_VALUE -> SessionOptionValue.of(proto.getInt64Value());
      case DOUBLE_VALUE -> SessionOptionValue.of(proto.getDoubleValue());
      case STRING_LIST_VALUE -> SessionOptionValue.of(proto.getStringListValue().getValuesList());
      case OPTIONVALUE_NOT_SET -> SessionOptionValue.UNSET;
    };
  }
}
