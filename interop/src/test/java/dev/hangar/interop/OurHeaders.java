package dev.hangar.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import dev.hangar.wire.Action;
import dev.hangar.wire.ActionType;
import dev.hangar.wire.CallInterceptor;
import dev.hangar.wire.CallOptions;
import dev.hangar.wire.CloseSessionResult;
import dev.hangar.wire.FlightClient;
import dev.hangar.wire.FlightDescriptor;
import dev.hangar.wire.Location;
import dev.hangar.wire.SessionOptionValue;
import dev.hangar.wire.SessionOptions;
import dev.hangar.wire.SetSessionOptionsResult;
import dev.hangar.wire.SetSessionOptionsResult.Refusal;
import dev.hangar.wire.StandardActions;
import dev.hangar.wire.grpc.Metadata;
import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The scenarios' clients on our wire that are about the headers of answers. */
final class OurHeaders {
  private static final CallOptions NONE = CallOptions.NONE;

  private OurHeaders() {}

  /** A header comes back from calls that succeed and from those that fail. */
  static void middleware(Location server) {
    var received = new ConcurrentHashMap<String, String>();
    var header = new Header(received);
    try (var client = FlightClient.builder(server).interceptor(header).build()) {
      var failing = FlightDescriptor.command("");
      var failure =
          catchThrowableOfType(StatusException.class, () -> client.getFlightInfo(failing, NONE));
      assertThat(failure.code()).isEqualTo(StatusCode.UNKNOWN);
      assertThat(received).containsEntry(Scenario.HEADER, Scenario.HEADER_VALUE);
      received.clear();
      client.getFlightInfo(FlightDescriptor.command(Scenario.SUCCESS), NONE);
      assertThat(received).containsEntry(Scenario.HEADER, Scenario.HEADER_VALUE);
    }
  }

  /** Sends a header and keeps those that come. */
  private record Header(Map<String, String> received) implements CallInterceptor {
    @Override
    public Metadata headers() {
      return Metadata.of(Scenario.HEADER, Scenario.HEADER_VALUE);
    }

    @Override
    public void received(Metadata metadata) {
      metadata.entries().forEach(entry -> received.put(entry.getKey(), entry.getValue()));
    }
  }

  /** Options are set, refused, told and removed. */
  static void sessionOptions(Location server) {
    try (var client = FlightClient.builder(server).interceptor(new Cookies()).build()) {
      var wanted = new ConcurrentHashMap<String, SessionOptionValue>(values(Scenario.OPTIONS));
      wanted.put(Scenario.INVALID_NAME, SessionOptionValue.of("refused for its name"));
      wanted.put(Scenario.INVALID_VALUE, SessionOptionValue.of(Scenario.INVALID_OPTION));
      assertThat(set(client, wanted))
          .isEqualTo(
              Map.of(
                  Scenario.INVALID_NAME, Refusal.INVALID_NAME,
                  Scenario.INVALID_VALUE, Refusal.INVALID_VALUE));
      assertThat(options(client)).isEqualTo(values(Scenario.OPTIONS));
      var changed =
          Map.of(
              "foolong",
              SessionOptionValue.UNSET,
              "big_ol_string_list",
              SessionOptionValue.of(Scenario.NO_LIST));
      assertThat(set(client, changed)).isEmpty();
      assertThat(options(client))
          .isEqualTo(values(Map.of("bardouble", 456.0, "big_ol_string_list", Scenario.NO_LIST)));
      var closed = perform(client, StandardActions.CLOSE_SESSION, ByteString.EMPTY);
      assertThat(CloseSessionResult.decode(closed).status())
          .isEqualTo(CloseSessionResult.Status.CLOSED);
    }
  }

  /** Sends back each cookie that was set, whatever its attributes are. */
  private static final class Cookies implements CallInterceptor {
    private final Map<String, String> values = new ConcurrentHashMap<>();

    @Override
    public Metadata headers() {
      var pairs = values.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList();
      return pairs.isEmpty() ? Metadata.EMPTY : Metadata.of("cookie", String.join("; ", pairs));
    }

    @Override
    public void received(Metadata metadata) {
      for (var entry : metadata.entries()) {
        if (entry.getKey().equals("set-cookie")) {
          var pair = entry.getValue().split(";")[0].split("=", 2);
          values.put(pair[0].strip(), pair[1].strip());
        }
      }
    }
  }

  private static Map<String, Refusal> set(
      FlightClient client, Map<String, SessionOptionValue> options) {
    var body = new SessionOptions(options).encode();
    var result = perform(client, StandardActions.SET_SESSION_OPTIONS, body);
    return SetSessionOptionsResult.decode(result).errors();
  }

  private static Map<String, SessionOptionValue> options(FlightClient client) {
    var result = perform(client, StandardActions.GET_SESSION_OPTIONS, ByteString.EMPTY);
    return SessionOptions.decode(result).values();
  }

  private static ByteString perform(FlightClient client, ActionType type, ByteString body) {
    var results = client.doAction(new Action(type.type(), body), NONE);
    assertThat(results).hasSize(1);
    return results.get(0);
  }

  private static Map<String, SessionOptionValue> values(Map<String, Object> options) {
    var values = new ConcurrentHashMap<String, SessionOptionValue>();
    options.forEach((name, value) -> values.put(name, value(value)));
    return values;
  }

  private static SessionOptionValue value(Object value) {
    return switch (value) {
      case Long number -> SessionOptionValue.of(number);
      case Double number -> SessionOptionValue.of(number);
      case String text -> SessionOptionValue.of(text);
      default -> SessionOptionValue.of(Scenario.LIST);
    };
  }
}
