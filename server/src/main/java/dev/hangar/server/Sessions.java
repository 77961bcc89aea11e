package dev.hangar.server;

import dev.hangar.wire.CloseSessionResult;
import dev.hangar.wire.SessionOptionValue;
import dev.hangar.wire.SessionOptions;
import dev.hangar.wire.SetSessionOptionsResult;
import dev.hangar.wire.grpc.ErrorDetail;
import dev.hangar.wire.grpc.Metadata;
import dev.hangar.wire.grpc.RetryAdvice;
import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Options that callers keep here under a cookie, {@code arrow_flight_session_id}. Thread-safe.
 *
 * <p>A session begins with the first options that are set without one, and ends when it is closed,
 * or has not been used for a while. Only the user it began with may use it. Those least recently
 * used come first in the map.
 */
final class Sessions {
  private static final String COOKIE = "arrow_flight_session_id";
  private static final int ID_BYTES = 16;

  /**
   * Who asks.
   *
   * @param headers that came with the call, its cookies among them
   * @param answer takes headers for the answer
   */
  record Caller(Metadata headers, Consumer<Metadata> answer, String user) {}

  private static final class Session {
    private final String id;
    private final String user;
    private final Map<String, SessionOptionValue> options = new LinkedHashMap<>();
    private Instant end = Instant.MIN;

    Session(String id, String user) {
      this.id = id;
      this.user = user;
    }
  }

  private final SecureRandom random;
  private final InstantSource clock;
  private final LinkedHashMap<String, Session> sessions = new LinkedHashMap<>(16, 0.75f, true);

  Sessions(SecureRandom random, InstantSource clock) {
    this.random = random;
    this.clock = clock;
  }

  /** Sets what can be set; begins a session where the caller has none. */
  synchronized SetSessionOptionsResult set(Caller caller, SessionOptions options) {
    Session session = find(caller).orElseGet(() -> begin(caller));
    var refusals = new LinkedHashMap<String, SetSessionOptionsResult.Refusal>();
    options
        .values()
        .forEach((name, value) ->
            SessionLimits.refusal(name, value, session.options)
                .ifPresentOrElse(
                    refusal -> refusals.put(name, refusal),
                    () -> SessionLimits.put(name, value, session.options)));
    return new SetSessionOptionsResult(refusals);
  }

  /** The caller's options; none where it has no session. */
  synchronized SessionOptions get(Caller caller) {
    return new SessionOptions(find(caller).map(session -> session.options).orElse(Map.of()));
  }

  /**
   * Ends the caller's session.
   *
   * @throws StatusException NOT_FOUND: it has none
   */
  synchronized CloseSessionResult close(Caller caller) {
    Session session =
        find(caller)
            .orElseThrow(() ->
                new StatusException(
                    StatusCode.NOT_FOUND,
                    "no session to close: none has begun, which SetSessionOptions does"));
    sessions.remove(session.id);
    caller.answer().accept(expired(session.id));
    return new CloseSessionResult(CloseSessionResult.Status.CLOSED);
  }

  /** Sessions there are, those included that are over and not yet forgotten. */
  synchronized int size() {
    return sessions.size();
  }

  private Session begin(Caller caller) {
    forgetEnded();
    if (sessions.size() >= Limits.SESSIONS) {
      throw new StatusException(
              StatusCode.RESOURCE_EXHAUSTED,
              "there are "
                  + Limits.SESSIONS
                  + " sessions, as many as there may be; retry later, or go without")
          .withDetail(ErrorDetail.of("TOO_MANY_SESSIONS"));
    }
    byte[] id = new byte[ID_BYTES];
    random.nextBytes(id);
    var session = new Session(HexFormat.of().formatHex(id), caller.user());
    session.end = clock.instant().plus(Limits.SESSION_TIME);
    sessions.put(session.id, session);
    caller.answer().accept(Metadata.of("set-cookie", COOKIE + "=" + session.id));
    return session;
  }

  private void forgetEnded() {
    Instant now = clock.instant();
    var eldest = sessions.values().iterator();
    while (eldest.hasNext() && !eldest.next().end.isAfter(now)) {
      eldest.remove();
    }
  }

  /**
   * The session of the caller's cookie; empty where it sends none.
   *
   * @throws StatusException NOT_FOUND: its session is over; its cookie is taken back
   */
  private Optional<Session> find(Caller caller) {
    String id = cookie(caller.headers());
    if (id == null) {
      return Optional.empty();
    }
    Session session = sessions.get(id);
    Instant now = clock.instant();
    if (session == null || !session.end.isAfter(now) || !session.user.equals(caller.user())) {
      caller.answer().accept(expired("gone"));
      throw new StatusException(
              StatusCode.NOT_FOUND,
              "this session is over: it was closed, not used for "
                  + Limits.SESSION_TIME.toMinutes()
                  + " minutes, or begun at another server or by another user; go on without its"
                  + " cookie")
          .withDetail(
              ErrorDetail.of("SESSION_NOT_FOUND")
                  .withRetry(RetryAdvice.NEVER)
                  .withHint("go on without the cookie " + COOKIE));
    }
    session.end = now.plus(Limits.SESSION_TIME);
    return Optional.of(session);
  }

  private static Metadata expired(String id) {
    return Metadata.of("set-cookie", COOKIE + "=" + id + "; Max-Age=0");
  }

  /** Of {@code a=b; c="d"}, in one header or several; some clients write no space, some quotes. */
  private static @Nullable String cookie(Metadata headers) {
    for (Map.Entry<String, String> header : headers.entries()) {
      if (!header.getKey().equals("cookie")) {
        continue;
      }
      for (String pair : header.getValue().split(";", -1)) {
        String cookie = pair.strip();
        if (cookie.startsWith(COOKIE + "=")) {
          return unquoted(cookie.substring(COOKIE.length() + 1));
        }
      }
    }
    return null;
  }

  private static String unquoted(String value) {
    boolean isQuoted = value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"");
    return isQuoted ? value.substring(1, value.length() - 1) : value;
  }
}
