package dev.hangar.client;

import dev.hangar.wire.CallInterceptor;
import dev.hangar.wire.grpc.Metadata;

/** Whether a server has said that it is a Hangar. Thread-safe. */
final class ServerSign implements CallInterceptor {
  private static final String SIGN = "hangar-server";

  /** Which state of a file: said in answers, and again when the rest of it is asked for. */
  static final String FILE = "hangar-file";

  private static final String VERSION = "hangar-version";

  private volatile boolean isHangar;

  boolean isHangar() {
    return isHangar;
  }

  @Override
  public void received(Metadata metadata) {
    if (!isHangar && isHangar(metadata)) {
      isHangar = true;
    }
  }

  static boolean isHangar(Metadata metadata) {
    return metadata.text(SIGN).isPresent();
  }

  /** The state of the file that a transfer is of; empty where it is of none, or not said. */
  static String file(Metadata metadata) {
    return metadata.text(FILE).orElse("");
  }

  /** The version that a transfer was of; 0 where it is not said. */
  static long version(Metadata metadata) {
    try {
      return metadata.text(VERSION).map(Long::parseLong).orElse(0L);
    } catch (NumberFormatException e) {
      return 0;
    }
  }
}
