package dev.hangar.server;

import dev.hangar.wire.FlightData;
import dev.hangar.wire.FlightDescriptor;
import dev.hangar.wire.FlightSink;
import dev.hangar.wire.FlightSource;
import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import org.jspecify.annotations.Nullable;

/** What DoExchange can do, by command. */
final class Exchanges {
  private static final FlightDescriptor ECHO = FlightDescriptor.command("echo");

  private Exchanges() {}

  /**
   * Runs the exchange that the first message names, until the caller's last.
   *
   * @throws StatusException INVALID_ARGUMENT: it names none; UNIMPLEMENTED: there is none of that
   *     name
   */
  static void run(FlightSource in, FlightSink out, CallLog.Entry entry) {
    FlightData first = in.next();
    if (first == null) {
      throw invalid("ended before its first message, which has to carry a descriptor");
    }
    FlightDescriptor descriptor = first.descriptor();
    if (ECHO.equals(descriptor)) {
      entry.subject("echo");
      echo(first.withoutDescriptor(), in, out);
      return;
    }
    first.close();
    throw descriptor == null
        ? invalid("has to begin with a descriptor, which says what to do")
        : new StatusException(
            StatusCode.UNIMPLEMENTED,
            "no exchange " + text(descriptor) + "; there is the command 'echo'");
  }

  /** Sends every message back before it takes the next; what was not there stays away. */
  private static void echo(FlightData first, FlightSource in, FlightSink out) {
    for (@Nullable FlightData data = first; data != null; data = in.next()) {
      if (data.header().hasRemaining() || data.appMetadata() != null) {
        out.send(data);
      } else {
        data.close();
      }
    }
  }

  private static String text(FlightDescriptor descriptor) {
    return switch (descriptor) {
      case FlightDescriptor.Path path -> "for path " + shown(String.join("/", path.segments()));
      case FlightDescriptor.Command command ->
          "for command "
              + (command.bytes().isValidUtf8()
                  ? shown(command.bytes().toStringUtf8())
                  : "of " + command.bytes().size() + " bytes");
    };
  }

  private static String shown(String text) {
    int end = Math.min(text.length(), 80);
    return "'" + text.substring(0, end) + (end < text.length() ? "…'" : "'");
  }

  private static StatusException invalid(String what) {
    return new StatusException(StatusCode.INVALID_ARGUMENT, "DoExchange " + what);
  }
}
