package dev.hangar.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/**
 * What the bodies of Flight's own actions look like, and that they are read as they are written.
 */
class ActionBodiesTest {
  private static final FlightEndpoint ENDPOINT =
      new FlightEndpoint(
          Ticket.of("t"),
          List.of(Location.grpc("x", 1)),
          Instant.ofEpochSecond(1_800_000_000, 5),
          ByteString.copyFromUtf8("meta"));
  private static final FlightInfo INFO =
      new FlightInfo(
          ByteString.copyFromUtf8("schema"),
          FlightDescriptor.path("a", "b"),
          List.of(ENDPOINT),
          3,
          -1,
          true,
          ByteString.copyFromUtf8("more"));

  @Test
  void bodiesAreReadAsTheyAreWritten() {
    assertThat(FlightInfo.decode(INFO.encode())).isEqualTo(INFO);
    assertThat(FlightEndpoint.decode(ENDPOINT.encode())).isEqualTo(ENDPOINT);
    assertThat(CancelFlightInfoRequest.decode(new CancelFlightInfoRequest(INFO).encode()).info())
        .isEqualTo(INFO);
    var renew = new RenewFlightEndpointRequest(ENDPOINT);
    assertThat(RenewFlightEndpointRequest.decode(renew.encode())).isEqualTo(renew);
    for (CancelStatus status : CancelStatus.values()) {
      var result = new CancelFlightInfoResult(status);
      assertThat(CancelFlightInfoResult.decode(result.encode())).isEqualTo(result);
    }
    for (CloseSessionResult.Status status : CloseSessionResult.Status.values()) {
      var result = new CloseSessionResult(status);
      assertThat(CloseSessionResult.decode(result.encode())).isEqualTo(result);
    }
    for (SetSessionOptionsResult.Refusal error : SetSessionOptionsResult.Refusal.values()) {
      var result = new SetSessionOptionsResult(Map.of("a", error, "b", error));
      assertThat(SetSessionOptionsResult.decode(result.encode())).isEqualTo(result);
    }
  }

  @Test
  void sessionOptionsKeepTheirTypes() {
    var options =
        new SessionOptions(
            Map.of(
                "text", SessionOptionValue.of(""),
                "bool", SessionOptionValue.of(false),
                "whole", SessionOptionValue.of(0L),
                "real", SessionOptionValue.of(-0.5),
                "list", SessionOptionValue.of(List.of("", " ", "ö")),
                "none", SessionOptionValue.of(List.of()),
                "unset", SessionOptionValue.UNSET));
    assertThat(SessionOptions.decode(options.encode())).isEqualTo(options);
  }

  /** The field numbers and types that are easy to get wrong (Flight.proto). */
  @Test
  void bytesAreAsFlightDefinesThem() {
    assertThat(hex(new BasicAuth("u", "p").encode())).isEqualTo("1201751a0170");
    assertThat(new BasicAuth("Aladdin", "open sesame").authorization())
        .as("the example of RFC 7617")
        .isEqualTo("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
    assertThat(hex(new SessionOptions(Map.of("n", SessionOptionValue.of(123L))).encode()))
        .as("a whole number has eight bytes, in field 3")
        .isEqualTo("0a0e0a016e1209197b00000000000000");
    assertThat(hex(new CancelFlightInfoResult(CancelStatus.CANCELLED).encode())).isEqualTo("0801");
    assertThat(StandardActions.ALL)
        .extracting(ActionType::type)
        .containsExactly(
            "CancelFlightInfo",
            "RenewFlightEndpoint",
            "SetSessionOptions",
            "GetSessionOptions",
            "CloseSession");
  }

  @Test
  void bytesThatAreNoneAreRefusedWithWhatTheyShouldBe() {
    var broken = ByteString.copyFrom(new byte[] {0x0a, 0x7f, 1});
    for (Function<ByteString, ?> decode :
        List.<Function<ByteString, ?>>of(
            FlightInfo::decode,
            FlightEndpoint::decode,
            FlightDescriptor::decode,
            BasicAuth::decode,
            CancelFlightInfoRequest::decode,
            CancelFlightInfoResult::decode,
            RenewFlightEndpointRequest::decode,
            SessionOptions::decode,
            SetSessionOptionsResult::decode,
            CloseSessionResult::decode)) {
      assertThatThrownBy(() -> decode.apply(broken))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("3 bytes that are not");
    }
  }

  @Test
  void timesPastAllYearsAreTheLast() {
    for (long seconds : new long[] {Long.MIN_VALUE, Long.MAX_VALUE}) {
      var time = Timestamp.newBuilder().setSeconds(seconds).setNanos(Integer.MAX_VALUE);
      var proto = dev.hangar.wire.proto.FlightEndpoint.newBuilder().setExpirationTime(time).build();
      assertThat(FlightEndpoint.decode(proto.toByteString()).expiration())
          .isBetween(
              Instant.parse("0001-01-01T00:00:00Z"),
              Instant.parse("9999-12-31T23:59:59Z").plusSeconds(3));
    }
  }

  @Test
  void passwordsAreNotShown() {
    assertThat(new BasicAuth("arrow", "flight").toString())
        .contains("arrow")
        .doesNotContain("flight");
  }

  private static String hex(ByteString bytes) {
    return HexFormat.of().formatHex(bytes.toByteArray());
  }
}
