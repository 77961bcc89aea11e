package dev.hangar.wire;

import dev.hangar.wire.grpc.Metadata;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a client says about one call. Immutable.
 *
 * @param timeout of the whole call; null for none
 * @param windowBytes what the server may send ahead of the call's reader; a client's own window
 *     ({@link FlightClient.Builder#windowBytes}) where that is larger
 */
public record CallOptions(Metadata headers, @Nullable Duration timeout, int windowBytes) {
  public static final CallOptions NONE =
      new CallOptions(Metadata.EMPTY, null, Limits.STREAM_WINDOW_BYTES);

  /** These, with one more header. */
  public CallOptions header(String name, String value) {
    return new CallOptions(headers.with(name, value), timeout, windowBytes);
  }

  /** These, with these headers after their own. */
  public CallOptions headers(Metadata more) {
    Metadata all = headers;
    for (var entry : more.entries()) {
      all = all.with(entry.getKey(), entry.getValue());
    }
    return new CallOptions(all, timeout, windowBytes);
  }

  /** These, with a time for the whole call. */
  public CallOptions timeout(@Nullable Duration timeout) {
    return new CallOptions(headers, timeout, windowBytes);
  }

  /** These, with another window. */
  public CallOptions windowBytes(int windowBytes) {
    return new CallOptions(headers, timeout, windowBytes);
  }
}
