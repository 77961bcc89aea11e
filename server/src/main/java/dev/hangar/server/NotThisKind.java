package dev.hangar.server;

import dev.hangar.store.Quoted;
import dev.hangar.store.TableName;
import dev.hangar.wire.grpc.ErrorDetail;
import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;

/** What is told to who takes a name for something else than it means. */
final class NotThisKind {
  private NotThisKind() {}

  /** It means a file, and {@code what} is for tables. */
  static StatusException table(TableName name, String what) {
    return failure(
        name,
        " is a file, and " + what + " asks for a table",
        "NOT_A_TABLE",
        "choose a name without .parquet, or one below no folder that the server serves");
  }

  /** It means a table, and {@code what} is for files. */
  static StatusException file(TableName name, String what) {
    return failure(
        name,
        " would be a table, and " + what + " asks for a file",
        "NOT_A_FILE",
        "choose a name that ends in .parquet, below a folder that the server serves (--datasets)");
  }

  private static StatusException failure(TableName name, String why, String code, String hint) {
    return new StatusException(
            StatusCode.INVALID_ARGUMENT,
            Quoted.of(name.toString()) + why + ", so nothing was written; " + hint)
        .withDetail(ErrorDetail.of(code).withTable(name.toString()).withHint(hint));
  }
}
