package dev.hangar.wire;

/** What became of a flight that was to be cancelled. */
public enum CancelStatus {
  /** It is not known. */
  UNSPECIFIED,
  /** It is over; its tickets are worth nothing. */
  CANCELLED,
  /** It will be over. */
  CANCELLING,
  /** It goes on. */
  NOT_CANCELLABLE
}
