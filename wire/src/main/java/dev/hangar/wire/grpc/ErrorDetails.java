package dev.hangar.wire.grpc;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.hangar.wire.Limits;
import dev.hangar.wire.proto.ErrorDetail.Retry;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** How {@link ErrorDetail} is completed, written and read. */
final class ErrorDetails {
  private static final String TYPE = "type.googleapis.com/hangar.ErrorDetail";

  private ErrorDetails() {}

  /** The detail that a failure travels with: what it does not say follows from its status. */
  static ErrorDetail complete(StatusException failure, String traceId) {
    ErrorDetail detail =
        failure
            .detail()
            .orElseGet(() -> ErrorDetail.of(failure.code().name()))
            .withTraceId(traceId);
    return detail.retry() == RetryAdvice.UNSPECIFIED ? advised(detail, failure.code()) : detail;
  }

  private static ErrorDetail advised(ErrorDetail detail, StatusCode code) {
    return switch (code) {
      case RESOURCE_EXHAUSTED -> detail.withRetryAfter(Limits.RETRY_TIME);
      case UNAVAILABLE -> detail.withRetry(RetryAdvice.ELSEWHERE);
      case ABORTED, DEADLINE_EXCEEDED -> detail.withRetry(RetryAdvice.SAME_PLACE);
      case OK, CANCELLED, UNKNOWN -> detail;
      case INVALID_ARGUMENT,
          NOT_FOUND,
          ALREADY_EXISTS,
          PERMISSION_DENIED,
          FAILED_PRECONDITION,
          OUT_OF_RANGE,
          UNIMPLEMENTED,
          INTERNAL,
          DATA_LOSS,
          UNAUTHENTICATED ->
          detail.withRetry(RetryAdvice.NEVER);
    };
  }

  /** {@code google.rpc.Status} with one detail; texts are cut so that it stays small. */
  static byte[] encode(StatusCode code, String message, ErrorDetail detail) {
    return dev.hangar.wire.proto.Status.newBuilder()
        .setCode(code.number())
        .setMessage(CutText.utf8(message, Limits.DETAIL_TEXT_BYTES))
        .addDetails(Any.newBuilder().setTypeUrl(TYPE).setValue(proto(detail)))
        .build()
        .toByteArray();
  }

  private static ByteString proto(ErrorDetail detail) {
    var proto =
        dev.hangar.wire.proto.ErrorDetail.newBuilder()
            .setCode(CutText.utf8(detail.code(), Limits.DETAIL_WORD_BYTES))
            .setTable(CutText.utf8(detail.table(), Limits.DETAIL_TABLE_BYTES))
            .setRetry(Retry.valueOf(detail.retry().name()))
            .setRetryAfterMillis(detail.retryAfter().toMillis())
            .setHint(CutText.utf8(detail.hint(), Limits.DETAIL_TEXT_BYTES))
            .setTraceId(CutText.utf8(detail.traceId(), Limits.DETAIL_WORD_BYTES));
    detail.version().ifPresent(proto::setVersion);
    detail.part().ifPresent(proto::setPart);
    detail.position().ifPresent(proto::setPosition);
    return proto.build().toByteString();
  }

  /** Our detail in the bytes of a {@code google.rpc.Status}; null where there is none. */
  static @Nullable ErrorDetail decode(byte[] status) {
    try {
      for (Any any : dev.hangar.wire.proto.Status.parseFrom(status).getDetailsList()) {
        if (any.getTypeUrl().equals(TYPE)) {
          return detail(dev.hangar.wire.proto.ErrorDetail.parseFrom(any.getValue()));
        }
      }
    } catch (InvalidProtocolBufferException notOurs) {
      // the failure has a code and a message all the same
    }
    return null;
  }

  private static ErrorDetail detail(dev.hangar.wire.proto.ErrorDetail proto) {
    return new ErrorDetail(
        proto.getCode(),
        proto.getTable(),
        proto.hasVersion() ? OptionalLong.of(proto.getVersion()) : OptionalLong.empty(),
        proto.hasPart() ? OptionalInt.of(proto.getPart()) : OptionalInt.empty(),
        advice(proto.getRetry()),
        Duration.ofMillis(Math.max(0, proto.getRetryAfterMillis())),
        proto.getHint(),
        proto.getTraceId(),
        proto.hasPosition() ? OptionalInt.of(proto.getPosition()) : OptionalInt.empty());
  }

  private static RetryAdvice advice(Retry retry) {
    return retry == Retry.UNRECOGNIZED
        ? RetryAdvice.UNSPECIFIED
        : RetryAdvice.valueOf(retry.name());
  }
}
