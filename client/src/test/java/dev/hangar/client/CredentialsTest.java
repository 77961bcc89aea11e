package dev.hangar.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hangar.wire.FlightEndpoint;
import dev.hangar.wire.Location;
import dev.hangar.wire.Ticket;
import dev.hangar.wire.grpc.StatusException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where passwords and tokens may go, and what they may be. */
@Timeout(60)
class CredentialsTest {
  private static final HangarOptions ANN =
      HangarOptions.DEFAULT.credentials(Credentials.password("ann", "sesame"));

  @RegisterExtension final Served served = new Served();

  @Test
  void itGoesWithEachCallButNotInPlainTextToWhereEndpointsLead() throws Exception {
    try (var hangar = Hangar.connect(served.location().uri(), ANN, served.allocator)) {
      Numbers.put(hangar, served.allocator, "t", 0, 1, 10);
      try (var reader = hangar.get("t")) {
        assertThat(Numbers.read(reader)).hasSize(10);
      }
      assertThat(served.shelf.asked)
          .hasSize(2)
          .allSatisfy(headers ->
              assertThat(headers.text("authorization")).contains("Basic YW5uOnNlc2FtZQ=="));
      var elsewhere = FlightEndpoint.of(Ticket.of("t"), Location.grpc("192.0.2.1", 8815));
      served.shelf.endpoints.put("t", List.of(elsewhere));
      assertThatThrownBy(() -> hangar.get("t").close())
          .isInstanceOf(StatusException.class)
          .hasMessageContaining("in plain text to 192.0.2.1");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "grpc://10.0.0.1:8815",
        "grpc://tables.example:8815",
        "grpc+tcp://tables.example",
        "grpc://127.example.org:8815",
        "grpc://127.0.0.1.example.org:8815",
        "grpc://localhost.example.org:8815",
        "grpc://[2001:db8::1]:8815",
        "grpc://0.0.0.0:8815"
      })
  void nothingSecretGoesInPlainTextToOtherMachines(String url) {
    assertThatThrownBy(() -> Hangar.connect(url, ANN).close())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("in plain text to " + new Location(url).host())
        .hasMessageContaining("grpc+tls://")
        .hasMessageContaining("ssh -L")
        .hasMessageNotContaining("sesame");
    assertThatCode(() -> Hangar.connect(url).close()).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "grpc+tls://tables.example:8815",
        "grpc+unix:///run/hangar.sock",
        "grpc://127.0.0.1:8815",
        "grpc://127.1.2.3:8815",
        "grpc://LocalHost:8815",
        "grpc://[::1]:8815"
      })
  void itGoesWhereNobodyElseReads(String url) {
    assertThatCode(() -> Hangar.connect(url, ANN).close()).doesNotThrowAnyException();
  }

  @Test
  void whatCannotTravelIsRefusedUnseen() {
    assertThatThrownBy(() -> Credentials.password("a:b", "sesame"))
        .hasMessageContaining("no colon")
        .hasMessageNotContaining("sesame");
    assertThatThrownBy(() -> Credentials.password("", "sesame")).hasMessageContaining("not empty");
    assertThatThrownBy(() -> Credentials.token("")).hasMessageContaining("empty");
    for (String token : new String[] {"ses ame", "ses\name", "sesamé", "ses\u007fame"}) {
      assertThatThrownBy(() -> Credentials.token(token))
          .hasMessageContaining("visible ASCII")
          .hasMessageNotContaining("ses");
    }
    assertThat(ANN.toString()).doesNotContain("sesame").doesNotContain("c2VzYW1l");
  }
}
