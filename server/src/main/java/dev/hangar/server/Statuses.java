package dev.hangar.server;

import dev.hangar.store.IllegalNameException;
import dev.hangar.store.InvalidDataException;
import dev.hangar.store.NoSuchTableException;
import dev.hangar.store.NoSuchVersionException;
import dev.hangar.store.StoreException;
import dev.hangar.store.TableName;
import dev.hangar.wire.grpc.ErrorDetail;
import dev.hangar.wire.grpc.Metadata;
import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.stream.Collectors;

/** What failures become on the wire: the one place where a status is chosen for an exception. */
final class Statuses {
  private Statuses() {}

  static StatusException of(Throwable thrown) {
    return switch (thrown) {
      case StatusException status -> status;
      case StoreException refused ->
          status(code(refused), String.valueOf(refused.getMessage()), detail(refused), refused);
      case OutOfMemoryError full ->
          status(
              StatusCode.RESOURCE_EXHAUSTED,
              "the server is out of memory; retry later",
              ErrorDetail.of("OUT_OF_MEMORY").withHint("retry later"),
              full);
      default ->
          status(
              StatusCode.INTERNAL,
              "the server failed ("
                  + thrown.getClass().getSimpleName()
                  + "); its console says more",
              ErrorDetail.of("INTERNAL").withHint("look for the trace id on the server's console"),
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

  private static ErrorDetail detail(StoreException refused) {
    return switch (refused) {
      case NoSuchTableException none ->
          ErrorDetail.of("TABLE_NOT_FOUND")
              .withTable(none.table().toString())
              .withHint(nearest(none.nearest()));
      case NoSuchVersionException gone ->
          ErrorDetail.of("VERSION_NOT_FOUND")
              .withTable(gone.table().toString())
              .withVersion(gone.version())
              .withHint("ask GetFlightInfo for a new ticket");
      case IllegalNameException illegal -> ErrorDetail.of("ILLEGAL_NAME");
      case InvalidDataException invalid -> ErrorDetail.of("INVALID_DATA");
    };
  }

  private static String nearest(List<TableName> names) {
    return names.isEmpty()
        ? "list the tables to see what there is"
        : names.stream()
            .map(TableName::toString)
            .collect(Collectors.joining(", ", "nearest: ", ""));
  }

  private static StatusException status(
      StatusCode code, String message, ErrorDetail detail, Throwable cause) {
    return new StatusException(code, message, Metadata.EMPTY, detail, cause);
  }

  static String stackTrace(Throwable thrown) {
    var text = new StringWriter();
    thrown.printStackTrace(new PrintWriter(text));
    return text.toString();
  }
}
