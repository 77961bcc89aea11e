package dev.hangar.wire.grpc;

import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What ties the traces of one call together: the caller's, or made up (W3C Trace Context, {@code
 * traceparent}).
 *
 * <pre>
 *  00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01
 *  version, trace id                  , parent id      , flags
 * </pre>
 */
final class TraceId {
  private static final Pattern TRACEPARENT =
      Pattern.compile("[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}(-.*)?");

  private TraceId() {}

  /** The trace id in a caller's metadata; a new one where there is none. */
  static String of(Metadata headers) {
    Matcher matcher = TRACEPARENT.matcher(headers.text("traceparent").orElse(""));
    return matcher.matches() ? matcher.group(1) : random();
  }

  private static String random() {
    var random = ThreadLocalRandom.current();
    return String.format(Locale.ROOT, "%016x%016x", random.nextLong() | 1, random.nextLong());
  }
}
