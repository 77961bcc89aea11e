package dev.hangar.interop;

import com.google.protobuf.ByteString;
import dev.hangar.wire.Action;
import dev.hangar.wire.CallContext;
import dev.hangar.wire.CloseSessionResult;
import dev.hangar.wire.SessionOptionValue;
import dev.hangar.wire.SessionOptions;
import dev.hangar.wire.SetSessionOptionsResult;
import dev.hangar.wire.SetSessionOptionsResult.Refusal;
import dev.hangar.wire.StandardActions;
import dev.hangar.wire.grpc.Metadata;
import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** Sessions that a cookie holds together, and their options. Thread-safe. */
final class Sessions {
  private static final String COOKIE = "arrow_flight_session_id";

  private final Map<String, Map<String, SessionOptionValue>> options = new ConcurrentHashMap<>();

  /** Performs one of the session actions. */
  ByteString perform(CallContext call, Action action) {
    var session = session(call.headers()).orElseGet(() -> begin(call));
    var type = action.type();
    if (type.equals(StandardActions.SET_SESSION_OPTIONS.type())) {
      return set(session, SessionOptions.decode(action.body())).encode();
    }
    if (type.equals(StandardActions.GET_SESSION_OPTIONS.type())) {
      return new SessionOptions(options.get(session)).encode();
    }
    if (type.equals(StandardActions.CLOSE_SESSION.type())) {
      options.remove(session);
      call.responseHeaders(Metadata.of("set-cookie", COOKIE + "=" + session + "; Max-Age=0"));
      return new CloseSessionResult(CloseSessionResult.Status.CLOSED).encode();
    }
    throw new StatusException(StatusCode.UNIMPLEMENTED, type + " is no session action");
  }

  private Optional<String> session(Metadata headers) {
    return headers.entries().stream()
        .filter(header -> header.getKey().equals("cookie"))
        .flatMap(header -> Stream.of(header.getValue().split(";")))
        .map(String::strip)
        .filter(cookie -> cookie.startsWith(COOKIE + "="))
        .map(cookie -> cookie.substring(COOKIE.length() + 1))
        .map(value -> value.replace("\"", ""))
        .filter(options::containsKey)
        .findFirst();
  }

  private String begin(CallContext call) {
    var session = UUID.randomUUID().toString();
    options.put(session, new ConcurrentHashMap<>());
    call.responseHeaders(Metadata.of("set-cookie", COOKIE + "=" + session));
    return session;
  }

  private SetSessionOptionsResult set(String session, SessionOptions wanted) {
    var errors = new HashMap<String, Refusal>();
    wanted.values().forEach((name, value) -> set(session, name, value, errors));
    return new SetSessionOptionsResult(errors);
  }

  private void set(
      String session, String name, SessionOptionValue value, Map<String, Refusal> errors) {
    if (name.equals(Scenario.INVALID_NAME)) {
      errors.put(name, Refusal.INVALID_NAME);
    } else if (value.equals(SessionOptionValue.of(Scenario.INVALID_OPTION))) {
      errors.put(name, Refusal.INVALID_VALUE);
    } else if (value.equals(SessionOptionValue.UNSET)) {
      options.get(session).remove(name);
    } else {
      options.get(session).put(name, value);
    }
  }
}
