package dev.hangar.wire.grpc;

/** Whether, and where, a call that failed is worth repeating as it was. */
public enum RetryAdvice {
  /** Nothing is known: decide by the status. */
  UNSPECIFIED,
  /** It would fail again: something has to change first. */
  NEVER,
  /** At once, at the same place. */
  SAME_PLACE,
  /** At once, at another of the endpoint's locations; at the same place after a while. */
  ELSEWHERE,
  /** At the same place, when {@link ErrorDetail#retryAfter} has passed. */
  AFTER
}
