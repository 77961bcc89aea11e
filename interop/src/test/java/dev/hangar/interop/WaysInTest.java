package dev.hangar.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hangar.client.Hangar;
import dev.hangar.client.HangarOptions;
import dev.hangar.server.ServerConfig;
import dev.hangar.wire.tls.ClientTls;
import dev.hangar.wire.tls.ServerTls;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.Location;
import org.apache.arrow.flight.Ticket;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Other people's clients over TLS, with certificates of their own, and over Unix sockets. */
@Timeout(120)
@SuppressWarnings("try") // FlightStream.close() declares Exception, which could be an interrupt
class WaysInTest {
  private static final String SCRIPT = "ways_in.py";
  private static final Duration TIMEOUT = Duration.ofMinutes(1);
  private static final long MEMORY_BYTES = 512L << 20;

  @TempDir private Path folder;
  private X509Bundle authority;
  private Subject subject;

  @BeforeEach
  void makeCertificates() throws Exception {
    authority =
        new CertificateBuilder()
            .subject("CN=tests")
            .setIsCertificateAuthority(true)
            .buildSelfSigned();
    write("ca.pem", authority.getCertificatePEM());
    var server = new CertificateBuilder().subject("CN=server").addSanDnsName("localhost");
    write("server", server.addSanIpAddress("127.0.0.1"), authority);
    var client = new CertificateBuilder().subject("CN=client").addExtendedKeyUsageClientAuth();
    write("client", client, authority);
  }

  @AfterEach
  void leaveNothingBehind() {
    if (subject != null) {
      subject.close();
    }
  }

  @Test
  void pyarrowSpeaksTls() {
    serve(tls());
    var said = Python.run(SCRIPT, TIMEOUT, "roundtrip", subject.url(), file("ca.pem"));
    assertThat(said.strip()).isEqualTo(subject.url());
  }

  @Test
  void pyarrowShowsItsCertificateWhereOneIsWanted() {
    serve(tls().withClientAuthority(Path.of(file("ca.pem"))));
    String[] shown = {file("ca.pem"), file("client.crt"), file("client.key")};
    Python.run(SCRIPT, TIMEOUT, "roundtrip", subject.url(), shown[0], shown[1], shown[2]);
    Python.run(SCRIPT, TIMEOUT, "refused", subject.url(), shown[0]);
  }

  @Test
  void pyarrowDoesNotTrustStrangersAndIsToldToSpeakTls() {
    serve(tls());
    Python.run(SCRIPT, TIMEOUT, "refused", subject.url());
    var plain = subject.url().replace("grpc+tls", "grpc");
    assertThat(Python.run(SCRIPT, TIMEOUT, "refused", plain)).contains("this port wants TLS");
  }

  @Test
  void pyarrowComesOverAUnixSocket() {
    var socket = folder.resolve("sock");
    var config = ServerConfig.defaults().withMemoryBytes(MEMORY_BYTES).withUnix(socket, false);
    subject = new Subject(config);
    var said = Python.run(SCRIPT, TIMEOUT, "roundtrip", subject.url());
    assertThat(said.strip())
        .isEqualTo("grpc+unix://" + socket + " arrow-flight-reuse-connection://?");
  }

  @Test
  void flightCoreSpeaksTlsAndShowsItsCertificate() throws Exception {
    serve(tls().withClientAuthority(Path.of(file("ca.pem"))));
    Python.run(
        SCRIPT,
        TIMEOUT,
        "roundtrip",
        subject.url(),
        file("ca.pem"),
        file("client.crt"),
        file("client.key"));
    var location = Location.forGrpcTls("localhost", subject.port());
    try (BufferAllocator allocator = new RootAllocator();
        var ca = Files.newInputStream(folder.resolve("ca.pem"));
        var certificate = Files.newInputStream(folder.resolve("client.crt"));
        var key = Files.newInputStream(folder.resolve("client.key"));
        var client =
            FlightClient.builder(allocator, location)
                .useTls()
                .trustedCertificates(ca)
                .clientCertificate(certificate, key)
                .build()) {
      var info = client.getInfo(FlightDescriptor.path("ways"));
      assertThat(info.getEndpoints().get(0).getLocations()).containsExactly(location);
      long rows = 0;
      try (var stream = client.getStream(new Ticket("ways".getBytes(UTF_8)))) {
        while (stream.next()) {
          rows += stream.getRoot().getRowCount();
        }
      }
      assertThat(rows).isEqualTo(info.getRecords());
    }
  }

  @Test
  void hangarGoesTheSameWays() throws Exception {
    var socket = folder.resolve("sock");
    var config = ServerConfig.defaults().withPort(0).withMemoryBytes(MEMORY_BYTES);
    subject = new Subject(config.withTls(tls()).withUnix(socket, true));
    try (var allocator = new RootAllocator()) {
      var stream = ArrowStreams.of(allocator, 20, 5_000);
      var trusting =
          HangarOptions.DEFAULT.tls(ClientTls.SYSTEM.withAuthority(folder.resolve("ca.pem")));
      try (var overTls = Hangar.connect(subject.urls().get(0), trusting, allocator);
          var overSocket = Hangar.connect(subject.urls().get(1), allocator)) {
        try (var reader = ArrowStreams.reader(allocator, stream)) {
          overTls.put("a", reader);
        }
        for (var way : new Hangar[] {overTls, overSocket}) {
          try (var got = way.get("a");
              var put = ArrowStreams.reader(allocator, stream)) {
            ArrowStreams.requireEqual(got, put);
          }
        }
      }
    }
    assertThatThrownBy(() -> new Subject(config.withUnix(socket, false)))
        .hasMessageContaining("a server is listening on " + socket);
  }

  private void serve(ServerTls tls) {
    var config = ServerConfig.defaults().withPort(0).withMemoryBytes(MEMORY_BYTES);
    subject = new Subject(config.withTls(tls));
  }

  private ServerTls tls() {
    return ServerTls.of(folder.resolve("server.crt"), folder.resolve("server.key"));
  }

  private String file(String name) {
    return folder.resolve(name).toString();
  }

  private void write(String name, CertificateBuilder builder, X509Bundle issuer) throws Exception {
    var made = builder.ecp256().buildIssuedBy(issuer);
    write(name + ".crt", made.getCertificatePEM());
    write(name + ".key", made.getPrivateKeyPEM());
  }

  private void write(String name, String pem) throws IOException {
    Files.writeString(folder.resolve(name), pem);
  }
}
