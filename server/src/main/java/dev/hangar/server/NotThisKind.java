package dev.hangar.server;

import dev.hangar.store.Quoted;
import dev.hangar.store.TableName;
import dev.hangar.wire.grpc.ErrorDetail;
import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;

/** What is told to who takes a name for something else than it means. */
final class NotThisKind {
  private static final String NOT_A_TABLE = "NOT_A_TABLE";

  private NotThisKind() {}

  /** It means a file, and {@code what} is for tables. */
  static StatusException table(TableName name, String what) {
    return failure(
        name,
        " is a file, and " + what + " asks for a table, so nothing was written",
        NOT_A_TABLE,
        "choose a name without .parquet, or one below no folder that the server serves");
  }

  /** It means a file, and {@code what} makes tables of what a single put makes a file of. */
  static StatusException onlyTables(TableName name, String what) {
    return failure(
        name,
        " is a file, and " + what + " makes tables",
        NOT_A_TABLE,
        "put the file in one DoPut, or choose a name without .parquet");
  }

  /** It means a table, and {@code what} is for files. */
  static StatusException file(TableName name, String what) {
    return failure(
        name,
        " would be a table, and " + what + " asks for a file, so nothing was written",
        "NOT_A_FILE",
        "choose a name that ends in .parquet, below a folder that the server serves (--datasets)");
  }

  private static StatusException failure(TableName name, String why, String code, String hint) {
    return new StatusException(
            StatusCode.INVALID_ARGUMENT, Quoted.of(name.toString()) + why + "; " + hint)
        .withDetail(ErrorDetail.of(code).withTable(name.toString()).withHint(hint));
  }
}
