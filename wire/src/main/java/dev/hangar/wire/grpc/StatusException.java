package dev.hangar.wire.grpc;

import java.util.Optional;
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
  private final transient @Nullable ErrorDetail detail;
  private final boolean unprocessed;

  /** A failure with a message for the caller. */
  public StatusException(StatusCode code, String message) {
    this(code, message, Metadata.EMPTY, null);
  }

  /** A failure with metadata for the caller, and a cause for our own logs. */
  public StatusException(
      StatusCode code, String message, Metadata trailers, @Nullable Throwable cause) {
    this(code, message, trailers, null, cause);
  }

  /** A failure with all there is to say. */
  public StatusException(
      StatusCode code,
      String message,
      Metadata trailers,
      @Nullable ErrorDetail detail,
      @Nullable Throwable cause) {
    this(code, message, trailers, detail, cause, false, true);
  }

  /** A failure without a stack trace, which would take longer to make than a small call. */
  static StatusException untraced(StatusCode code, String message) {
    return new StatusException(code, message, Metadata.EMPTY, null, null, false, false);
  }

  private StatusException(
      StatusCode code,
      String message,
      Metadata trailers,
      @Nullable ErrorDetail detail,
      @Nullable Throwable cause,
      boolean unprocessed,
      boolean hasTrace) {
    super(message, cause, hasTrace, hasTrace);
    this.code = code;
    this.trailers = trailers;
    this.detail = detail;
    this.unprocessed = unprocessed;
  }

  /** This failure in other words, and its cause; to be thrown in its place. */
  public StatusException withDescription(String description) {
    return new StatusException(code, description, trailers, detail, this, unprocessed, true);
  }

  /** This failure of a call that the peer certainly has not begun; to be thrown in its place. */
  public StatusException unprocessed() {
    return new StatusException(code, description(), trailers, detail, getCause(), true, true);
  }

  /** This failure with a detail for the caller; to be thrown in its place. */
  public StatusException withDetail(ErrorDetail detail) {
    return new StatusException(
        code, description(), trailers, detail, getCause(), unprocessed, true);
  }

  public StatusCode code() {
    return code;
  }

  /** The metadata that came with the status. */
  public Metadata trailers() {
    return trailers;
  }

  /**
   * What programs can act on: table, retry advice, hint; empty where the server is no Hangar, or
   * the failure is not a server's.
   */
  public Optional<ErrorDetail> detail() {
    return Optional.ofNullable(detail);
  }

  /** Whether the peer has certainly not begun to act: any call may be repeated then. */
  public boolean isUnprocessed() {
    return unprocessed;
  }

  /** What the caller is told; never null. */
  public String description() {
    String message = getMessage();
    return message == null ? "" : message;
  }
}
