package dev.hangar.wire.grpc;

import java.time.Duration;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What is known of a failure besides status and message, for programs to act on. Immutable.
 *
 * <p>Travels as {@code hangar.ErrorDetail} inside {@code google.rpc.Status}, in the trailer {@code
 * grpc-status-details-bin}; other services' details are not of this kind. Texts are empty where
 * there is nothing to say.
 *
 * @param code one of a few words that stay, such as {@code TABLE_NOT_FOUND}; the status' name where
 *     there is none more precise
 * @param table the table it is about
 * @param version the table's version it is about
 * @param part the part of that version, from 0
 * @param retryAfter for {@link RetryAdvice#AFTER}
 * @param hint what to do, in a sentence for people
 * @param traceId of the call, as the server's console shows it: 32 hexadecimal digits
 * @param position in the text that was sent, where it is about that: characters from 0
 */
public record ErrorDetail(
    String code,
    String table,
    OptionalLong version,
    OptionalInt part,
    RetryAdvice retry,
    Duration retryAfter,
    String hint,
    String traceId,
    OptionalInt position) {

  /** A detail that says no more than this. */
  public static ErrorDetail of(String code) {
    return new ErrorDetail(
        code,
        "",
        OptionalLong.empty(),
        OptionalInt.empty(),
        RetryAdvice.UNSPECIFIED,
        Duration.ZERO,
        "",
        "",
        OptionalInt.empty());
  }

  /** This, about a table. */
  public ErrorDetail withTable(String table) {
    return new ErrorDetail(code, table, version, part, retry, retryAfter, hint, traceId, position);
  }

  /** This, about a table's version. */
  public ErrorDetail withVersion(long version) {
    return new ErrorDetail(
        code, table, OptionalLong.of(version), part, retry, retryAfter, hint, traceId, position);
  }

  /** This, about a part of a version. */
  public ErrorDetail withPart(int part) {
    return new ErrorDetail(
        code, table, version, OptionalInt.of(part), retry, retryAfter, hint, traceId, position);
  }

  /** This, with advice that needs no time. */
  public ErrorDetail withRetry(RetryAdvice retry) {
    return new ErrorDetail(
        code, table, version, part, retry, Duration.ZERO, hint, traceId, position);
  }

  /** This, worth repeating after a while. */
  public ErrorDetail withRetryAfter(Duration after) {
    return new ErrorDetail(
        code, table, version, part, RetryAdvice.AFTER, after, hint, traceId, position);
  }

  /** This, with what to do. */
  public ErrorDetail withHint(String hint) {
    return new ErrorDetail(code, table, version, part, retry, retryAfter, hint, traceId, position);
  }

  /** This, of a call. */
  public ErrorDetail withTraceId(String traceId) {
    return new ErrorDetail(code, table, version, part, retry, retryAfter, hint, traceId, position);
  }

  /** This, about a place in a text that was sent. */
  public ErrorDetail withPosition(int position) {
    return new ErrorDetail(
        code, table, version, part, retry, retryAfter, hint, traceId, OptionalInt.of(position));
  }
}
