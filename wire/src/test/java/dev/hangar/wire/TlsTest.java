package dev.hangar.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import dev.hangar.wire.tls.ClientTls;
import dev.hangar.wire.tls.ServerTls;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** TLS between our client and our server. */
@Timeout(90)
class TlsTest {
  @TempDir private Path folder;
  private final LinkedBlockingQueue<String> reports = new LinkedBlockingQueue<>();
  private Certificates ours;
  private Certificates others;
  private FlightServer server;

  @BeforeEach
  void make() throws Exception {
    ours = new Certificates(folder, "ours");
    others = new Certificates(folder, "others");
  }

  @AfterEach
  void stop() {
    if (server != null) {
      server.close();
      assertThat(server.bodyBytes()).isZero();
    }
  }

  @Test
  void callsPassAndLocationsSayThatTheyDo() throws Exception {
    serve(tls(ours.server()));
    try (FlightClient client = client(trusting(ours))) {
      FlightInfo info = client.getFlightInfo(FlightDescriptor.command("x"), CallOptions.NONE);
      assertThat(info.endpoints().get(0).locations())
          .containsExactly(Location.tls("127.0.0.1", server.port()));
      try (ExchangeCall exchange = client.doExchange(CallOptions.NONE)) {
        for (int bytes = 1; bytes < 30_000_000; bytes *= 7) {
          assertThat(echoed(exchange, bytes)).isEqualTo(bytes);
        }
        exchange.completed();
        assertThat(exchange.next()).isNull();
      }
      assertThat(client.bodyBytes()).isZero();
    }
  }

  @Test
  void clientsWithoutTheRightCertificateAreRefusedWhereOneIsWanted() throws Exception {
    serve(tls(ours.server()).withClientAuthority(ours.authority()));
    Certificates.Pair right = ours.client();
    Certificates.Pair wrong = others.client();
    ClientTls trusting = trusting(ours);

    assertThat(calls(trusting.withCertificate(right.certificate(), right.key()))).isTrue();
    assertThat(failure(trusting))
        .satisfies(e -> assertThat(e.code()).isEqualTo(StatusCode.UNAUTHENTICATED))
        .hasMessageContaining("--tls-cert and --tls-key");
    assertThat(failure(trusting.withCertificate(wrong.certificate(), wrong.key())))
        .satisfies(e -> assertThat(e.code()).isEqualTo(StatusCode.UNAUTHENTICATED))
        .hasMessageContaining("certificate");
    assertThat(calls(trusting.withCertificate(right.certificate(), right.key()))).isTrue();
  }

  @Test
  void serversThatNobodyKnowsAreNotTrusted() throws Exception {
    serve(tls(ours.server()));
    assertThat(failure(ClientTls.SYSTEM))
        .satisfies(e -> assertThat(e.code()).isEqualTo(StatusCode.UNAUTHENTICATED))
        .hasMessageContaining("no authority trusted here")
        .hasMessageContaining("--tls-ca");
    assertThat(failure(trusting(others))).hasMessageContaining("no authority trusted here");
  }

  @Test
  void serversHaveToBeWhatTheirCertificateSays() throws Exception {
    serve(tls(ours.server("elsewhere.example")));
    assertThat(failure(trusting(ours))).hasMessageContaining("for another name");
    assertThat(calls(trusting(ours).withOverrideHostname("elsewhere.example"))).isTrue();
  }

  @Test
  void filesThatDoNotFitAreNamedAtTheStart() throws Exception {
    Certificates.Pair good = ours.server();
    Certificates.Pair other = others.server();
    Certificates.Pair expired = ours.expiredServer();
    Path legacy =
        Files.writeString(
            folder.resolve("old.key"),
            "-----BEGIN RSA PRIVATE KEY-----\nx\n-----END RSA PRIVATE KEY-----\n");

    refuses(good.certificate(), other.key(), "is not that of the certificate");
    refuses(expired.certificate(), expired.key(), "was valid until");
    refuses(good.key(), good.key(), "holds no certificates");
    refuses(good.certificate(), good.certificate(), "holds no private key");
    refuses(good.certificate(), legacy, "openssl pkcs8 -topk8");
    refuses(folder.resolve("none.crt"), good.key(), "there is no file");
    assertThatThrownBy(() ->
            FlightServer.builder(new EndlessService()).listen(Location.tls("127.0.0.1", 0)).start())
        .hasMessageContaining("needs a certificate");
  }

  @Test
  void aClientWithoutTlsIsToldSo() throws Exception {
    serve(tls(ours.server()));
    try (FlightClient plain = FlightClient.of(Location.grpc("127.0.0.1", server.port()))) {
      assertThat(failure(plain))
          .hasMessageContaining("this port wants TLS")
          .hasMessageContaining("grpc+tls://");
    }
    assertThat(calls(trusting(ours))).isTrue();
  }

  @Test
  void aClientWithTlsIsToldWhereThereIsNone() throws Exception {
    server = FlightServer.builder(new EndlessService()).start();
    assertThat(failure(trusting(ours))).hasMessageContaining("does not speak TLS");
  }

  @Test
  void whoSaysNothingIsSentAway() throws Exception {
    serve(tls(ours.server()));
    try (var silent = new Socket("127.0.0.1", server.port())) {
      silent.setSoTimeout((int) Limits.HANDSHAKE_TIME.multipliedBy(3).toMillis());
      assertThat(silent.getInputStream().readAllBytes()).isEmpty();
    }
  }

  @Test
  void aNewCertificateTakesOverWhileAStreamRuns() throws Exception {
    Certificates.Pair files = copyOf(ours.server());
    serve(tls(files));
    try (FlightClient early = client(trusting(ours));
        FlightSource stream = early.doGet(Ticket.of("x"), CallOptions.NONE)) {
      stream.next().close();
      replace(files, others.server());
      server.reloadCertificate();
      assertThat(calls(trusting(others))).isTrue();
      assertThat(failure(trusting(ours))).hasMessageContaining("no authority trusted here");

      replace(files, new Certificates.Pair(ours.server().certificate(), others.server().key()));
      assertThatThrownBy(server::reloadCertificate).isInstanceOf(IOException.class);
      assertThat(calls(trusting(others))).isTrue();
      for (int i = 0; i < 20_000; i++) { // far more than was on its way
        stream.next().close();
      }
    }
  }

  @Test
  void changedFilesAreNoticed() throws Exception {
    Certificates.Pair files = copyOf(ours.server());
    serve(tls(files).withCheckEvery(Duration.ofMillis(50)));
    assertThat(calls(trusting(ours))).isTrue();
    replace(files, others.server());
    for (String report = ""; !report.startsWith("New connections get"); ) {
      report = reports.poll(20, TimeUnit.SECONDS); // a half-changed pair may have been seen before
      assertThat(report).isNotNull();
    }
    assertThat(calls(trusting(others))).isTrue();
    Files.writeString(files.certificate(), "no certificate");
    assertThat(reports.poll(20, TimeUnit.SECONDS))
        .startsWith("The certificate stays as it was")
        .contains("holds no certificates");
    assertThat(calls(trusting(others))).isTrue();
  }

  private void serve(ServerTls tls) throws IOException {
    server = FlightServer.builder(new EndlessService()).tls(tls).reports(reports::add).start();
  }

  private static ServerTls tls(Certificates.Pair pair) {
    return ServerTls.of(pair.certificate(), pair.key());
  }

  private static ClientTls trusting(Certificates certificates) throws Exception {
    return ClientTls.SYSTEM.withAuthority(certificates.authority());
  }

  private FlightClient client(ClientTls tls) {
    return FlightClient.builder(Location.tls("127.0.0.1", server.port())).tls(tls).build();
  }

  private boolean calls(ClientTls tls) {
    try (FlightClient client = client(tls)) {
      return client.listActions(CallOptions.NONE).size() == 1;
    }
  }

  private StatusException failure(ClientTls tls) {
    try (FlightClient client = client(tls)) {
      return failure(client);
    }
  }

  private static StatusException failure(FlightClient client) {
    var failure =
        catchThrowableOfType(StatusException.class, () -> client.listActions(CallOptions.NONE));
    assertThat(failure).isNotNull();
    assertThat(failure.description().lines()).hasSize(1);
    return failure;
  }

  private static void refuses(Path certificate, Path key, String why) {
    assertThatThrownBy(() ->
            FlightServer.builder(new EndlessService()).tls(ServerTls.of(certificate, key)).start())
        .isInstanceOf(IOException.class)
        .hasMessageContaining(why)
        .hasMessageNotContaining("-----END");
  }

  private Certificates.Pair copyOf(Certificates.Pair pair) throws IOException {
    var copy = new Certificates.Pair(folder.resolve("current.crt"), folder.resolve("current.key"));
    replace(copy, pair);
    return copy;
  }

  private static void replace(Certificates.Pair files, Certificates.Pair with) throws IOException {
    Files.copy(with.key(), files.key(), StandardCopyOption.REPLACE_EXISTING);
    Files.copy(with.certificate(), files.certificate(), StandardCopyOption.REPLACE_EXISTING);
  }

  private static int echoed(ExchangeCall exchange, int bytes) {
    exchange.send(
        FlightData.batch(
            ByteBuffer.allocate(8), null, List.of(ByteBuffer.allocate(bytes)), () -> {}));
    try (FlightData back = exchange.next()) {
      return back.body().get(0).remaining();
    }
  }
}
