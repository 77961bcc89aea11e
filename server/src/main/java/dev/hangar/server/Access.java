package dev.hangar.server;

import com.google.protobuf.ByteString;
import dev.hangar.wire.BasicAuth;
import dev.hangar.wire.CallContext;
import dev.hangar.wire.HandshakeSource;
import dev.hangar.wire.grpc.ErrorDetail;
import dev.hangar.wire.grpc.Metadata;
import dev.hangar.wire.grpc.RetryAdvice;
import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Who may call, in both of Flight's ways: the {@code authorization} header, Basic or Bearer; and
 * the older handshake, whose token comes as {@code auth-token-bin}. Thread-safe.
 *
 * <p>Without an authenticator everybody may; whoever logs in all the same gets a token, because
 * there are clients that do so always.
 */
final class Access {
  private static final String AUTHORIZATION = "authorization";
  private static final String BASIC = "basic ";
  private static final String BEARER = "bearer ";
  private static final String TOKEN = "auth-token-bin";

  /** Who calls a server that knows no users. */
  private static final String ANYBODY = "";

  private final @Nullable Authenticator authenticator;
  private final Tokens tokens;

  /** Access for the users of {@code authenticator}; for everybody where it is null. */
  Access(@Nullable Authenticator authenticator, Tokens tokens) {
    this.authenticator = authenticator;
    this.tokens = tokens;
  }

  /**
   * The user who calls.
   *
   * @throws StatusException UNAUTHENTICATED: it does not say, or not rightly
   */
  String user(Metadata headers) {
    if (authenticator == null) {
      return ANYBODY;
    }
    Optional<String> header = headers.text(AUTHORIZATION);
    if (header.isPresent()) {
      return authorized(header.get());
    }
    byte[] token = headers.bytes(TOKEN).orElseThrow(Access::nobody);
    return tokens.user(new String(token, StandardCharsets.UTF_8));
  }

  /**
   * Gives a token for credentials: as a header for those that came as a header, else as an answer
   * to the first payload.
   *
   * @throws StatusException UNAUTHENTICATED: they are wrong, or there are none
   */
  void handshake(
      CallContext call, HandshakeSource in, Consumer<ByteString> out, CallLog.Entry entry) {
    Optional<String> header = call.headers().text(AUTHORIZATION);
    ByteString payload = header.isPresent() ? null : in.next();
    if (header.isPresent()) {
      String token = tokens.issue(named(authorized(header.get()), entry));
      call.responseHeaders(Metadata.of(AUTHORIZATION, "Bearer " + token));
    } else if (payload != null && !payload.isEmpty()) {
      String user = named(user(basicAuth(payload)), entry);
      out.accept(ByteString.copyFromUtf8(tokens.issue(user)));
    } else if (authenticator != null) {
      throw nobody();
    }
  }

  private static String named(String user, CallLog.Entry entry) {
    entry.subject(user);
    return user;
  }

  private String authorized(String header) {
    String lower = header.toLowerCase(Locale.ROOT);
    if (lower.startsWith(BASIC)) {
      return user(basic(header.substring(BASIC.length()).strip()));
    }
    if (lower.startsWith(BEARER)) {
      String token = header.substring(BEARER.length()).strip();
      return authenticator == null ? ANYBODY : tokens.user(token);
    }
    if (authenticator == null) {
      return ANYBODY;
    }
    throw unauthenticated(
        "SCHEME_UNKNOWN", "an authorization header of a scheme that is neither Basic nor Bearer");
  }

  private String user(BasicAuth auth) {
    if (authenticator != null && !authenticator.accepts(auth.username(), auth.password())) {
      throw unauthenticated("CREDENTIALS_WRONG", "no user of this name and password");
    }
    return auth.username();
  }

  private static BasicAuth basic(String base64) {
    try {
      String text = new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
      int colon = text.indexOf(':');
      if (colon >= 0) {
        return new BasicAuth(text.substring(0, colon), text.substring(colon + 1));
      }
    } catch (IllegalArgumentException notBase64) {
      // said below
    }
    throw unauthenticated(
        "CREDENTIALS_MALFORMED", "Basic credentials that are not base64 of name:password");
  }

  private static BasicAuth basicAuth(ByteString payload) {
    try {
      return BasicAuth.decode(payload);
    } catch (IllegalArgumentException e) {
      throw unauthenticated("CREDENTIALS_MALFORMED", String.valueOf(e.getMessage()));
    }
  }

  private static StatusException nobody() {
    return unauthenticated("CREDENTIALS_MISSING", "this server asks who calls");
  }

  static StatusException unauthenticated(String code, String what) {
    String todo = "log in with a name and a password, and send the token with each call";
    return new StatusException(StatusCode.UNAUTHENTICATED, what + "; " + todo)
        .withDetail(ErrorDetail.of(code).withRetry(RetryAdvice.NEVER).withHint(todo));
  }
}
