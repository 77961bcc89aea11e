package dev.hangar.store;

import java.io.Serial;

/** An upload that was never begun, is finished or aborted, or has outlived its time. */
public final class NoSuchUploadException extends StoreException {
  @Serial private static final long serialVersionUID = 1;

  /** An upload nobody knows. */
  public NoSuchUploadException(String upload) {
    super(
        "no upload "
            + Quoted.of(upload)
            + ": it is finished or aborted, or its time is over; start it anew",
        null);
  }
}
