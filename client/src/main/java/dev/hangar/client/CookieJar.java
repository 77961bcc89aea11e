package dev.hangar.client;

import dev.hangar.wire.CallInterceptor;
import dev.hangar.wire.grpc.Metadata;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * The cookies of one server (RFC 6265), kept in memory. Thread-safe.
 *
 * <p>As in other Flight clients, a cookie lives until its Max-Age or Expires, or as long as the
 * client, and goes to the server that set it and to no other; Domain and Path say nothing where
 * every call goes to one host and one path.
 */
final class CookieJar implements CallInterceptor {
  private record Cookie(String value, Instant expiry) {}

  private final Map<String, Cookie> cookies = new LinkedHashMap<>();
  private final Supplier<Instant> now;

  CookieJar(Supplier<Instant> now) {
    this.now = now;
  }

  @Override
  public synchronized Metadata headers() {
    removeExpired();
    if (cookies.isEmpty()) {
      return Metadata.EMPTY;
    }
    var pairs =
        cookies.entrySet().stream()
            .map(cookie -> cookie.getKey() + "=" + cookie.getValue().value())
            .collect(Collectors.joining("; "));
    return Metadata.of("cookie", pairs);
  }

  @Override
  public void received(Metadata metadata) {
    for (var header : metadata.entries()) {
      if (header.getKey().equals("set-cookie")) {
        set(header.getValue());
      }
    }
  }

  private synchronized void set(String header) {
    var parts = header.split(";", -1);
    int equals = parts[0].indexOf('=');
    var name = equals < 0 ? "" : parts[0].substring(0, equals).strip();
    if (name.isEmpty() || parts[0].length() > Limits.COOKIE_CHARS) {
      return; // RFC 6265, 5.2: ignored as a whole
    }
    cookies.remove(name);
    var cookie =
        new Cookie(parts[0].substring(equals + 1).strip(), CookieExpiry.of(parts, now.get()));
    cookies.put(name, cookie);
    removeExpired();
    if (cookies.size() > Limits.COOKIES) {
      cookies.remove(cookies.keySet().iterator().next()); // the one set longest ago
    }
  }

  private void removeExpired() {
    var instant = now.get();
    cookies.values().removeIf(cookie -> !cookie.expiry().isAfter(instant));
  }
}
