package dev.hangar.wire.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http2.DefaultHttp2Headers;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What gRPC writes as text: timeouts, messages, metadata. */
class GrpcTextTest {
  @Test
  void timeoutsAreNeverShortened() {
    for (Duration timeout :
        new Duration[] {
          Duration.ZERO,
          Duration.ofNanos(1),
          Duration.ofNanos(99_999_999),
          Duration.ofMillis(100),
          Duration.ofSeconds(5),
          Duration.ofHours(30),
          Duration.ofDays(40_000),
          Duration.ofSeconds(Long.MAX_VALUE)
        }) {
      String header = GrpcTimeout.encode(timeout);
      assertThat(header.length()).isLessThanOrEqualTo(9);
      Duration read = GrpcTimeout.decode(header);
      assertThat(read).isNotNull();
      assertThat(read.compareTo(timeout) >= 0 || header.equals("99999999S")).as(header).isTrue();
    }
  }

  @Test
  void malformedTimeoutsAreNone() {
    for (String header : new String[] {"", "S", "5", "-5S", "123456789S", "5 S", "5x", "٣S"}) {
      assertThat(GrpcTimeout.decode(header)).as(header).isNull();
    }
    assertThat(GrpcTimeout.decode("3H")).isEqualTo(Duration.ofHours(3));
    assertThat(GrpcTimeout.decode("20m")).isEqualTo(Duration.ofMillis(20));
  }

  @Test
  void messagesSurviveEncoding() {
    String message = "no table \"näme\" – 100 % sure\n\u0000";
    assertThat(Status.percentEncode(message)).matches("[ -~]*").doesNotContain("\n");
    assertThat(Status.percentDecode(Status.percentEncode(message))).isEqualTo(message);
  }

  @Test
  void whatIsNotEncodedStays() {
    assertThat(Status.percentDecode("100% of %zz and %4")).isEqualTo("100% of %zz and %4");
  }

  @Test
  void anAnswerWithoutStatusIsAFailure() {
    var html = new DefaultHttp2Headers().status("503");
    assertThat(Status.failure(html).code()).isEqualTo(StatusCode.UNAVAILABLE);
    assertThat(Status.failure(html)).hasMessageContaining("HTTP 503");
    var unknown = new DefaultHttp2Headers().add("grpc-status", "99");
    assertThat(Status.failure(unknown).code()).isEqualTo(StatusCode.UNKNOWN);
  }

  @Test
  void bytesTravelAsBase64PaddedOrNot() {
    Metadata metadata = Metadata.of("A-Name", "text").with("b-bin", new byte[] {1, 2});
    assertThat(metadata.text("a-name")).contains("text");
    assertThat(metadata.text("b-bin")).contains("AQI");
    assertThat(metadata.bytes("b-bin")).contains(new byte[] {1, 2});
    assertThat(Metadata.of("b-bin", "AQI=").bytes("b-bin")).contains(new byte[] {1, 2});
    assertThat(Metadata.of("b-bin", "AQI,Aw").bytes("b-bin")).contains(new byte[] {1, 2});
    assertThat(Metadata.of("b-bin", "%%").bytes("b-bin")).isEmpty();
    assertThat(metadata.toString()).doesNotContain("text");
  }
}
