package dev.hangar.query.file;

import java.io.IOException;

/** A file that can't be read or written: one sentence names the file, the reason and a remedy. */
public final class DataFileException extends IOException {
  private static final long serialVersionUID = 1;

  public DataFileException(String message) {
    super(message);
  }

  public DataFileException(String message, Throwable cause) {
    super(message, cause);
  }
}
