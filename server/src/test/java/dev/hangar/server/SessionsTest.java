package dev.hangar.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.hangar.wire.CloseSessionResult;
import dev.hangar.wire.SessionOptionValue;
import dev.hangar.wire.SessionOptions;
import dev.hangar.wire.SetSessionOptionsResult.Refusal;
import dev.hangar.wire.grpc.Metadata;
import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What callers keep here under a cookie. */
class SessionsTest {
  private static final Duration TICK = Duration.ofSeconds(1);

  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private final Sessions sessions = new Sessions(new SecureRandom(), () -> now);
  private final List<Metadata> answers = new ArrayList<>();

  @Test
  void optionsOfEveryTypeAreKeptAndRemoved() {
    var values =
        Map.of(
            "text", SessionOptionValue.of("ö"),
            "bool", SessionOptionValue.of(true),
            "whole", SessionOptionValue.of(Long.MIN_VALUE),
            "real", SessionOptionValue.of(456.0),
            "list", SessionOptionValue.of(List.of("", "b")));
    String cookie = begin(values);
    assertThat(options(cookie)).isEqualTo(values);

    sessions.set(
        caller(cookie),
        new SessionOptions(
            Map.of("text", SessionOptionValue.UNSET, "list", SessionOptionValue.of("now text"))));
    var changed = new HashMap<>(values);
    changed.remove("text");
    changed.put("list", SessionOptionValue.of("now text"));
    assertThat(options(cookie)).isEqualTo(changed);
    assertThat(answers).as("headers that set a cookie").hasSize(1);
  }

  @Test
  void cookiesAreFoundAmongOthersHoweverTheyAreWritten() {
    String cookie = begin(Map.of("a", SessionOptionValue.of(1L)));
    String id = cookie.substring(cookie.indexOf('=') + 1);
    for (String header :
        List.of(
            "x=y; " + cookie + "; z=1",
            "x=y;" + cookie,
            "arrow_flight_session_id=\"" + id + "\"",
            "not_" + cookie + "; " + cookie)) {
      assertThat(options(header)).as(header).isNotEmpty();
    }
    var headers = Metadata.of("cookie", "x=y").with("cookie", cookie);
    assertThat(sessions.get(new Sessions.Caller(headers, answers::add, "")).values()).isNotEmpty();
    assertThat(sessions.get(caller("not_" + cookie)).values()).isEmpty();
  }

  @Test
  void whoHasNoSessionHasNoOptionsAndNothingToClose() {
    assertThat(sessions.get(caller("")).values()).isEmpty();
    assertThat(failureOf(() -> sessions.close(caller(""))).code()).isEqualTo(StatusCode.NOT_FOUND);
  }

  @Test
  void closedSessionsAndTheirCookiesAreGone() {
    String cookie = begin(Map.of("a", SessionOptionValue.of(1L)));
    assertThat(sessions.close(caller(cookie)).status()).isEqualTo(CloseSessionResult.Status.CLOSED);
    assertThat(answers.getLast().text("set-cookie").orElseThrow())
        .startsWith(cookie)
        .endsWith("; Max-Age=0");
    assertGone(cookie, "");
  }

  @Test
  void sessionsEndWhenTheyAreNotUsed() {
    String cookie = begin(Map.of("a", SessionOptionValue.of(1L)));
    now = now.plus(Limits.SESSION_TIME).minus(TICK);
    assertThat(options(cookie)).isNotEmpty();
    now = now.plus(Limits.SESSION_TIME).minus(TICK);
    assertThat(options(cookie)).as("used in time").isNotEmpty();
    now = now.plus(Limits.SESSION_TIME);
    assertGone(cookie, "");
  }

  @Test
  void sessionsAreTheirUsersAlone() {
    String cookie = begin(Map.of("a", SessionOptionValue.of(1L)));
    assertGone(cookie, "somebody else");
    assertThat(options(cookie)).isNotEmpty();
  }

  @Test
  void pastTheirNumberSessionsAreRefusedUntilOthersEnd() {
    for (int i = 0; i < Limits.SESSIONS; i++) {
      begin(Map.of());
    }
    assertThat(failureOf(() -> begin(Map.of())).code()).isEqualTo(StatusCode.RESOURCE_EXHAUSTED);
    now = now.plus(Limits.SESSION_TIME);
    begin(Map.of());
    assertThat(sessions.size()).as("those that were over are forgotten").isEqualTo(1);
  }

  @Test
  void namesAndValuesAreBoundedEachForItself() {
    var longest = "n".repeat(Limits.SESSION_NAME_BYTES);
    var largest = SessionOptionValue.of("v".repeat(Limits.SESSION_VALUE_BYTES));
    var tooLarge = SessionOptionValue.of("v".repeat(Limits.SESSION_VALUE_BYTES + 1));
    var manyTexts = SessionOptionValue.of(List.of(new String[0])); // none is small
    var fine = SessionOptionValue.of(1L);
    var result =
        sessions.set(
            caller(""),
            new SessionOptions(
                Map.of(
                    longest,
                    largest,
                    longest + "n",
                    fine,
                    " ",
                    fine,
                    "a\n",
                    fine,
                    "large",
                    tooLarge,
                    "none",
                    manyTexts,
                    "many",
                    SessionOptionValue.of(java.util.Collections.nCopies(513, "")))));
    assertThat(result.errors())
        .isEqualTo(
            Map.of(
                longest + "n",
                Refusal.INVALID_NAME,
                " ",
                Refusal.INVALID_NAME,
                "a\n",
                Refusal.INVALID_NAME,
                "large",
                Refusal.INVALID_VALUE,
                "many",
                Refusal.INVALID_VALUE));
    assertThat(options(cookie())).containsOnlyKeys(longest, "none");
  }

  @Test
  void sessionsHoldAsManyOptionsAsTheyMay() {
    String cookie = begin(Map.of());
    for (int i = 0; i < Limits.SESSION_OPTIONS; i++) {
      assertThat(set(cookie, "o" + i, SessionOptionValue.of(i))).isEmpty();
    }
    assertThat(set(cookie, "more", SessionOptionValue.of(1L))).containsValue(Refusal.ERROR);
    assertThat(set(cookie, "o0", SessionOptionValue.of(2L))).as("a change").isEmpty();
    assertThat(set(cookie, "o0", SessionOptionValue.UNSET)).isEmpty();
    assertThat(set(cookie, "more", SessionOptionValue.of(1L))).isEmpty();
  }

  private Map<String, Refusal> set(String cookie, String name, SessionOptionValue value) {
    return sessions.set(caller(cookie), new SessionOptions(Map.of(name, value))).errors();
  }

  private String begin(Map<String, SessionOptionValue> values) {
    assertThat(sessions.set(caller(""), new SessionOptions(values)).errors()).isEmpty();
    return cookie();
  }

  private String cookie() {
    return answers.getLast().text("set-cookie").orElseThrow();
  }

  private Map<String, SessionOptionValue> options(String cookie) {
    return sessions.get(caller(cookie)).values();
  }

  private void assertGone(String cookie, String user) {
    var caller = new Sessions.Caller(Metadata.of("cookie", cookie), answers::add, user);
    assertThat(failureOf(() -> sessions.get(caller)).code()).isEqualTo(StatusCode.NOT_FOUND);
    assertThat(cookie()).as("the cookie is taken back").contains("Max-Age=0");
  }

  private Sessions.Caller caller(String cookie) {
    var headers = cookie.isEmpty() ? Metadata.EMPTY : Metadata.of("cookie", cookie);
    return new Sessions.Caller(headers, answers::add, "");
  }

  private static StatusException failureOf(ThrowingCallable call) {
    StatusException failure = catchThrowableOfType(StatusException.class, call);
    assertThat(failure).isNotNull();
    return failure;
  }
}
