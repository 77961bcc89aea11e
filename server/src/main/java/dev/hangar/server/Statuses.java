package dev.hangar.server;

import dev.hangar.query.dataset.DatasetException;
import dev.hangar.query.sql.SqlException;
import dev.hangar.store.DamagedPartException;
import dev.hangar.store.IllegalNameException;
import dev.hangar.store.InvalidDataException;
import dev.hangar.store.NoSuchTableException;
import dev.hangar.store.NoSuchUploadException;
import dev.hangar.store.NoSuchVersionException;
import dev.hangar.store.StorageException;
import dev.hangar.store.StorageException.Remedy;
import dev.hangar.store.StoreException;
import dev.hangar.store.TableExistsException;
import dev.hangar.store.TableName;
import dev.hangar.store.VersionConflictException;
import dev.hangar.wire.grpc.ErrorDetail;
import dev.hangar.wire.grpc.Metadata;
import dev.hangar.wire.grpc.RetryAdvice;
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
      case SqlException refused ->
          status(code(refused), String.valueOf(refused.getMessage()), detail(refused), refused);
      case DatasetException refused ->
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
      case NoSuchUploadException none -> StatusCode.NOT_FOUND;
      case TableExistsException there -> StatusCode.ALREADY_EXISTS;
      case VersionConflictException conflict -> StatusCode.ABORTED;
      case DamagedPartException damaged -> StatusCode.DATA_LOSS;
      case StorageException disk ->
          disk.remedy() == Remedy.ROOM
              ? StatusCode.RESOURCE_EXHAUSTED
              : StatusCode.FAILED_PRECONDITION;
    };
  }

  private static StatusCode code(SqlException refused) {
    return switch (refused.kind()) {
      case INVALID -> StatusCode.INVALID_ARGUMENT;
      case TOO_LARGE, BUSY -> StatusCode.RESOURCE_EXHAUSTED;
      case TIMED_OUT -> StatusCode.DEADLINE_EXCEEDED;
      case CANCELLED -> StatusCode.CANCELLED;
    };
  }

  private static ErrorDetail detail(SqlException refused) {
    ErrorDetail detail = ErrorDetail.of("SQL_" + refused.kind().name());
    return switch (refused.kind()) {
      case INVALID ->
          refused.position().isPresent()
              ? detail.withPosition(refused.position().getAsInt())
              : detail;
      case TOO_LARGE ->
          detail.withHint("ask for less at once, or give the server more with --memory");
      case BUSY -> detail.withRetryAfter(Limits.STATEMENT_RETRY).withHint("try again later");
      case TIMED_OUT ->
          detail
              .withRetry(RetryAdvice.NEVER)
              .withHint("ask for less at once, or give it a longer timeout");
      case CANCELLED -> detail;
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
      case NoSuchUploadException none ->
          ErrorDetail.of("UPLOAD_NOT_FOUND").withHint("start the upload anew");
      case TableExistsException there ->
          ErrorDetail.of("TABLE_EXISTS")
              .withTable(there.table().toString())
              .withHint("drop it first, or choose another name");
      case VersionConflictException conflict ->
          ErrorDetail.of("VERSION_CONFLICT")
              .withTable(conflict.table().toString())
              .withVersion(conflict.version())
              .withHint("read the table again before writing");
      case DamagedPartException damaged ->
          ErrorDetail.of("PART_DAMAGED")
              .withHint("run hangar verify on the data directory, and restore from a backup");
      case StorageException disk -> storageDetail(disk);
    };
  }

  private static StatusCode code(DatasetException refused) {
    return switch (refused.kind()) {
      case NOT_FOUND -> StatusCode.NOT_FOUND;
      case ILLEGAL_NAME, REFUSED -> StatusCode.INVALID_ARGUMENT;
      case EXISTS -> StatusCode.ALREADY_EXISTS;
      case UNREADABLE -> StatusCode.DATA_LOSS;
      case CHANGED, DISK -> StatusCode.FAILED_PRECONDITION;
      case BUSY, NO_MEMORY, DISK_FULL -> StatusCode.RESOURCE_EXHAUSTED;
    };
  }

  private static ErrorDetail detail(DatasetException refused) {
    ErrorDetail detail =
        ErrorDetail.of("DATASET_" + refused.kind().name()).withTable(refused.dataset().toString());
    return switch (refused.kind()) {
      case NOT_FOUND -> detail.withHint(nearest(refused.nearest()));
      case ILLEGAL_NAME -> detail.withHint("choose another name");
      case EXISTS -> detail.withHint("drop it first, or choose another name");
      case UNREADABLE -> detail.withHint("put the file again");
      case CHANGED -> detail.withHint("ask GetFlightInfo for a new ticket");
      case BUSY, NO_MEMORY -> detail.withRetryAfter(Limits.BUSY_RETRY).withHint("try again later");
      case DISK_FULL -> detail.withHint("make room on the disk, then try again");
      case REFUSED, DISK -> detail;
    };
  }

  private static ErrorDetail storageDetail(StorageException disk) {
    return switch (disk.remedy()) {
      case ROOM -> ErrorDetail.of("DISK_FULL").withHint("make room on the disk, then try again");
      case RESTART -> ErrorDetail.of("READ_ONLY").withHint("look after the disk, then restart");
      case CONFIGURATION -> ErrorDetail.of("NO_DISK").withHint("start the server with --data");
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
