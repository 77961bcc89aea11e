package dev.hangar.wire;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/** An authority of a test's own, and PEM files of what it signs. */
final class Certificates {
  /** A certificate's file and its key's. */
  record Pair(Path certificate, Path key) {}

  private final Path folder;
  private final X509Bundle authority;

  Certificates(Path folder, String name) throws Exception {
    this.folder = Files.createDirectories(folder.resolve(name));
    this.authority =
        new CertificateBuilder()
            .subject("CN=" + name)
            .setIsCertificateAuthority(true)
            .buildSelfSigned();
  }

  /** The authority's own certificate. */
  Path authority() throws Exception {
    return write("authority.pem", authority.getCertificatePEM());
  }

  /** A server at 127.0.0.1 and localhost. */
  Pair server() throws Exception {
    return pair(
        "server", builder("server").addSanDnsName("localhost").addSanIpAddress("127.0.0.1"));
  }

  /** A server at another place. */
  Pair server(String host) throws Exception {
    return pair(host, builder(host).addSanDnsName(host));
  }

  Pair expiredServer() throws Exception {
    Instant now = Instant.now();
    return pair(
        "expired",
        builder("expired")
            .addSanIpAddress("127.0.0.1")
            .notBefore(now.minus(Duration.ofDays(9)))
            .notAfter(now.minus(Duration.ofDays(2))));
  }

  Pair client() throws Exception {
    return pair("client", builder("client").addExtendedKeyUsageClientAuth());
  }

  private static CertificateBuilder builder(String name) {
    return new CertificateBuilder().ecp256().subject("CN=" + name);
  }

  private Pair pair(String name, CertificateBuilder builder) throws Exception {
    X509Bundle made = builder.buildIssuedBy(authority);
    return new Pair(
        write(name + ".crt", made.getCertificatePEM()),
        write(name + ".key", made.getPrivateKeyPEM()));
  }

  private Path write(String name, String pem) throws Exception {
    return Files.writeString(folder.resolve(name), pem);
  }
}
