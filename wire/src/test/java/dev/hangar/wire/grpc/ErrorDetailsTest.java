package dev.hangar.wire.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import dev.hangar.wire.Limits;
import io.netty.handler.codec.http2.Http2Headers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What trailers tell of a failure besides status and message. */
class ErrorDetailsTest {
  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

  @Test
  void detailsAreReadAsTheyAreWritten() {
    ErrorDetail detail =
        ErrorDetail.of("TABLE_NOT_FOUND")
            .withTable("a/b")
            .withVersion(7)
            .withPart(0)
            .withRetryAfter(Duration.ofMillis(250))
            .withHint("nearest: a/c");
    StatusException read = sent(new StatusException(StatusCode.NOT_FOUND, "no").withDetail(detail));
    assertThat(read.detail()).contains(detail.withTraceId(TRACE));
    assertThat(read.code()).isEqualTo(StatusCode.NOT_FOUND);
    assertThat(read.description()).isEqualTo("no");
  }

  @Test
  void failuresThatSayNothingAreCompletedByTheirStatus() {
    assertThat(sent(new StatusException(StatusCode.RESOURCE_EXHAUSTED, "full")).detail())
        .contains(
            ErrorDetail.of("RESOURCE_EXHAUSTED")
                .withRetryAfter(Limits.RETRY_TIME)
                .withTraceId(TRACE));
    assertThat(advice(StatusCode.UNAVAILABLE)).isEqualTo(RetryAdvice.ELSEWHERE);
    assertThat(advice(StatusCode.DEADLINE_EXCEEDED)).isEqualTo(RetryAdvice.SAME_PLACE);
    assertThat(advice(StatusCode.NOT_FOUND)).isEqualTo(RetryAdvice.NEVER);
    assertThat(advice(StatusCode.UNKNOWN)).isEqualTo(RetryAdvice.UNSPECIFIED);
  }

  @Test
  void theStatusIsToldAgainWhereOthersLookForIt() throws Exception {
    Http2Headers trailers = trailers(new StatusException(StatusCode.UNAUTHENTICATED, "who? ö"));
    Metadata metadata = Metadata.read(trailers);
    var status =
        dev.hangar.wire.proto.Status.parseFrom(
            metadata.bytes("grpc-status-details-bin").orElseThrow());
    assertThat(status.getCode()).isEqualTo(16);
    assertThat(status.getMessage()).isEqualTo("who? ö");
    assertThat(status.getDetailsList())
        .extracting(Any::getTypeUrl)
        .containsExactly("type.googleapis.com/hangar.ErrorDetail");
    assertThat(metadata.text("x-arrow-status")).contains("5");
    assertThat(metadata.bytes("x-arrow-status-message-bin"))
        .contains("who? ö".getBytes(StandardCharsets.UTF_8));
  }

  /** Arrow C++ would take any other failure for an internal one. */
  @Test
  void onlyFlightStatusesHaveAnArrowStatus() {
    for (StatusCode code :
        new StatusCode[] {
          StatusCode.NOT_FOUND, StatusCode.INVALID_ARGUMENT, StatusCode.UNIMPLEMENTED
        }) {
      assertThat(trailers(new StatusException(code, "x")).contains("x-arrow-status")).isFalse();
    }
    assertThat(trailers(new StatusException(StatusCode.CANCELLED, "x")).get("x-arrow-status"))
        .hasToString("8");
  }

  @Test
  void theLargestFailureStaysBelowWhatPeersTake() {
    for (String c : new String[] {"x", "%", "ö", "…", "😀"}) {
      String text = c.repeat(100_000);
      var detail =
          ErrorDetail.of(text)
              .withTable(text)
              .withHint(text)
              .withVersion(Long.MAX_VALUE)
              .withPart(-1);
      var failure = new StatusException(StatusCode.UNAVAILABLE, text).withDetail(detail);
      Http2Headers trailers = trailers(failure);
      assertThat(bytes(trailers)).as(c).isLessThanOrEqualTo(Limits.TRAILER_LIST_BYTES);
      StatusException read = Status.failure(trailers);
      assertThat(read.description()).startsWith(c + c).endsWith(c + "…");
      assertThat(read.detail().orElseThrow().table())
          .satisfies(table ->
              assertThat(table.getBytes(StandardCharsets.UTF_8).length)
                  .isBetween(Limits.DETAIL_TABLE_BYTES - 3, Limits.DETAIL_TABLE_BYTES));
    }
  }

  @Test
  void detailsGiveWayToTheServicesOwnTrailers() {
    var own = Metadata.of("x-own", "o".repeat(Limits.TRAILER_LIST_BYTES - 100));
    var failure = new StatusException(StatusCode.UNAVAILABLE, "x", own, null);
    StatusException read = sent(failure);
    assertThat(read.detail()).isEmpty();
    assertThat(read.trailers().text("x-own")).isPresent();
  }

  @Test
  void messagesAreCutOnePastTheirBytes() {
    String longest = "x".repeat(Limits.STATUS_MESSAGE_BYTES);
    assertThat(sent(new StatusException(StatusCode.INTERNAL, longest)).description())
        .isEqualTo(longest);
    assertThat(sent(new StatusException(StatusCode.INTERNAL, longest + "x")).description())
        .isEqualTo("x".repeat(Limits.STATUS_MESSAGE_BYTES - 9) + "…");
    assertThat(CutText.utf8("ab", 2)).isEqualTo("ab");
    assertThat(CutText.utf8("abcd", 3)).isEqualTo("…");
    assertThat(CutText.utf8("a😀😀", 9)).isEqualTo("a😀😀");
    assertThat(CutText.utf8("a😀😀", 8)).isEqualTo("a😀…");
  }

  @Test
  void detailsThatAreNotOursAreNone() {
    for (byte[] bytes : new byte[][] {{}, {0x1a, 0x7f}, {8, 5}}) {
      var trailers = Status.ok().set("grpc-status", "5");
      Metadata.EMPTY.with("grpc-status-details-bin", bytes).write(trailers);
      assertThat(Status.failure(trailers).detail()).isEmpty();
    }
  }

  @Test
  void theCallersTraceIsKeptAndNonsenseIsNot() {
    String parent = "00-" + TRACE + "-00f067aa0ba902b7-01";
    assertThat(TraceId.of(Metadata.of("traceparent", parent))).isEqualTo(TRACE);
    for (String bad :
        new String[] {
          "", TRACE, parent.replace('4', 'G'), parent.replace(TRACE, "0".repeat(32)), parent + "x"
        }) {
      assertThat(TraceId.of(Metadata.of("traceparent", bad)))
          .as(bad)
          .matches("[0-9a-f]{32}")
          .isNotEqualTo(TRACE);
    }
  }

  private static RetryAdvice advice(StatusCode code) {
    return sent(new StatusException(code, "x")).detail().orElseThrow().retry();
  }

  private static StatusException sent(StatusException failure) {
    return Status.failure(trailers(failure));
  }

  private static Http2Headers trailers(StatusException failure) {
    return Status.trailers(failure, TRACE);
  }

  private static int bytes(Http2Headers headers) {
    int bytes = 0;
    for (Map.Entry<CharSequence, CharSequence> header : headers) {
      bytes += header.getKey().length() + header.getValue().length() + 32;
    }
    return bytes;
  }
}
