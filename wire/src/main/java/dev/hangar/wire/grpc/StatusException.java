package dev.hangar.wire.grpc;

import org.jspecify.annotations.Nullable;

/**
 * A call that failed: thrown by handlers to end a call with this status, and by clients whose call
 * ended so.
 *
 * <p>The message travels; the cause does not.
 */
public final class StatusException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final StatusCode code;
  private final transient Metadata trailers;

  /** A failure with a message for the caller. */
  public StatusException(StatusCode code, String message) {
    this(code, message, Metadata.EMPTY, null);
  }

  /** A failure with metadata for the caller, and a cause for our own logs. */
  public StatusException(
      StatusCode code, String message, Metadata trailers, @Nullable Throwable cause) {
    super(message, cause);
    this.code = code;
    this.trailers = trailers;
  }

  public StatusCode code() {
    return code;
  }

  /** The metadata that came with the status. */
  public Metadata trailers() {
    return trailers;
  }

  /** What the caller is told; never null. */
  public String description() {
    String message = getMessage();
    return message == null ? "" : message;
  }
}
