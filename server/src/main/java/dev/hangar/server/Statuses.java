package dev.hangar.server;

import dev.hangar.store.IllegalNameException;
import dev.hangar.store.InvalidDataException;
import dev.hangar.store.NoSuchTableException;
import dev.hangar.store.NoSuchVersionException;
import dev.hangar.store.StoreException;
import dev.hangar.wire.grpc.Metadata;
import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import java.io.PrintWriter;
import java.io.StringWriter;

/** What failures become on the wire: the one place where a status is chosen for an exception. */
final class Statuses {
  private Statuses() {}

  static StatusException of(Throwable thrown) {
    return switch (thrown) {
      case StatusException status -> status;
      case StoreException refused -> status(code(refused), refused);
      case OutOfMemoryError full ->
          new StatusException(
              StatusCode.RESOURCE_EXHAUSTED,
              "the server is out of memory; retry later",
              Metadata.EMPTY,
              full);
      default ->
          new StatusException(
              StatusCode.INTERNAL,
              "the server failed ("
                  + thrown.getClass().getSimpleName()
                  + "); its console says more",
              Metadata.EMPTY,
              thrown);
    };
  }

  private static StatusCode code(StoreException refused) {
    return switch (refused) {
      case NoSuchTableException none -> StatusCode.NOT_FOUND;
      case NoSuchVersionException gone -> StatusCode.NOT_FOUND;
      case IllegalNameException illegal -> StatusCode.INVALID_ARGUMENT;
      case InvalidDataException invalid -> StatusCode.INVALID_ARGUMENT;
    };
  }

  private static StatusException status(StatusCode code, Throwable cause) {
    return new StatusException(code, String.valueOf(cause.getMessage()), Metadata.EMPTY, cause);
  }

  static String stackTrace(Throwable thrown) {
    var text = new StringWriter();
    thrown.printStackTrace(new PrintWriter(text));
    return text.toString();
  }
}
