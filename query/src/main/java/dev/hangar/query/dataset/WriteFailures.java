package dev.hangar.query.dataset;

import dev.hangar.query.dataset.DatasetException.Kind;
import dev.hangar.query.file.DataFileException;
import dev.hangar.store.Quoted;
import dev.hangar.store.TableName;
import java.nio.file.AccessDeniedException;

/** Makes one sentence of whatever goes wrong with writing a file. */
final class WriteFailures {
  private WriteFailures() {}

  /**
   * What to throw; what isn't about the file is thrown as it is.
   *
   * @param path what messages may call the file, and nobody is to read
   */
  static RuntimeException of(TableName name, String path, Throwable cause) {
    if (cause instanceof RuntimeException own && !DatasetFailures.isOutOfMemory(cause)) {
      return own;
    }
    String message = all(cause);
    String subject = Quoted.of(name.toString()) + " can't be written: ";
    if (DatasetFailures.isOutOfMemory(cause)) {
      return failure(
          Kind.NO_MEMORY, name, subject + "its rows are too wide for the memory there is", cause);
    }
    if (message.contains("No space left") || message.contains("quota exceeded")) {
      return failure(Kind.DISK_FULL, name, subject + "the disk is full", cause);
    }
    if (message.contains("File name too long")) {
      return failure(Kind.ILLEGAL_NAME, name, subject + "its name is too long for a file", cause);
    }
    if (cause instanceof AccessDeniedException || message.contains("Permission denied")) {
      return failure(Kind.DISK, name, subject + "the server may not change its folder", cause);
    }
    boolean isDisk = message.contains("IO Error") || !(cause instanceof DataFileException);
    String told = String.valueOf(cause.getMessage()).replace(path, name.toString());
    return failure(isDisk ? Kind.DISK : Kind.REFUSED, name, told, cause);
  }

  private static String all(Throwable failure) {
    var text = new StringBuilder();
    int depth = 0;
    for (Throwable cause = failure; cause != null && depth < 10; cause = cause.getCause()) {
      text.append(cause.getMessage()).append('\n');
      depth++;
    }
    return text.toString();
  }

  private static DatasetException failure(
      Kind kind, TableName name, String message, Throwable cause) {
    return new DatasetException(kind, name, message, cause);
  }
}
