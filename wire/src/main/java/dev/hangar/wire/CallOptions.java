package dev.hangar.wire;

import dev.hangar.wire.grpc.Metadata;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a client says about one call. Immutable.
 *
 * @param timeout of the whole call; null for none
 */
public record CallOptions(Metadata headers, @Nullable Duration timeout) {
  public static final CallOptions NONE = new CallOptions(Metadata.EMPTY, null);

  /** These, with one more header. */
  public CallOptions header(String name, String value) {
    return new CallOptions(headers.with(name, value), timeout);
  }

  /** These, with a time for the whole call. */
  public CallOptions timeout(Duration timeout) {
    return new CallOptions(headers, timeout);
  }
}
