package dev.hangar.server;

import dev.hangar.wire.grpc.Metadata;
import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import java.util.Map;

/**
 * The {@code hangar-…} headers of an upload. What is not understood is refused: a caller that asks
 * for more than it gets would not notice.
 */
final class CallHeaders {
  private static final String PREFIX = "hangar-";
  private static final Map<String, String> KNOWN =
      Map.of("hangar-durability", "memory", "hangar-mode", "replace");

  private CallHeaders() {}

  /**
   * Refuses what this server can't do.
   *
   * @throws StatusException UNIMPLEMENTED, naming header, value and what there is
   */
  static void check(Metadata headers) {
    for (Map.Entry<String, String> header : headers.entries()) {
      String name = header.getKey();
      if (name.startsWith(PREFIX) && !header.getValue().equals(KNOWN.get(name))) {
        throw new StatusException(
            StatusCode.UNIMPLEMENTED,
            "header "
                + name
                + ": "
                + header.getValue()
                + " is not understood; tables live in memory and are replaced:"
                + " hangar-durability: memory, hangar-mode: replace");
      }
    }
  }
}
