package dev.hangar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hangar.server.HangarServer;
import dev.hangar.server.ServerConfig;
import dev.hangar.wire.tls.ServerTls;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Commands over TLS and over Unix domain sockets. */
@Timeout(60)
class WaysInTest {
  private record Outcome(int code, String out, String err) {}

  @TempDir private Path folder;
  private X509Bundle authority;
  private HangarServer server;
  private String url;
  private String socketUrl;

  @BeforeEach
  void start() throws Exception {
    authority =
        new CertificateBuilder().subject("CN=us").setIsCertificateAuthority(true).buildSelfSigned();
    write("ca.pem", authority.getCertificatePEM());
    write("server", new CertificateBuilder().subject("CN=s").addSanIpAddress("127.0.0.1"));
    write("client", new CertificateBuilder().subject("CN=c").addExtendedKeyUsageClientAuth());
    var tls =
        ServerTls.of(file("server.crt"), file("server.key")).withClientAuthority(file("ca.pem"));
    var config =
        ServerConfig.defaults()
            .withPort(0)
            .withMemoryBytes(64 << 20)
            .withTls(tls)
            .withUnix(file("sock"), true);
    server = HangarServer.start(config, line -> {});
    url = server.urls().get(0);
    socketUrl = server.urls().get(1);
  }

  @AfterEach
  void stop() {
    server.close();
    assertThat(server.bodyBytes()).isZero();
  }

  @Test
  void whatGoesInByOneWayComesOutByTheOther() throws Exception {
    assertThat(url).startsWith("grpc+tls://127.0.0.1:");
    assertThat(socketUrl).isEqualTo("grpc+unix://" + file("sock"));
    Path csv = write("in.csv", "a,b\n1,x\n");
    assertThat(run("put", "t", csv.toString(), "--url", socketUrl).code()).isZero();
    assertThat(run(withCertificate("get", "t")).out()).isEqualTo("a,b\n1,x\n");
    assertThat(run("ls", "--url", socketUrl).out()).startsWith("t\t1\t");
    assertThat(run(withCertificate("rm", "t")).code()).isZero();
  }

  @Test
  void whatIsWrongBetweenTheTwoIsOneLineThatSaysWhatToDo() {
    String ca = file("ca.pem").toString();
    assertFails(1, "--tls-ca", "ls", "--url", url);
    assertFails(1, "--tls-cert and --tls-key", "ls", "--url", url, "--tls-ca", ca);
    assertFails(1, "this port wants TLS", "ls", "--url", url.replace("+tls", ""));
    assertFails(1, "no such socket", "ls", "--url", "grpc+unix://" + file("none"));
    assertFails(1, "there is no file", "ls", "--url", url, "--tls-ca", file("none").toString());
    assertFails(2, "are for grpc+tls://", "ls", "--url", socketUrl, "--tls-ca", ca);
    assertFails(2, "go together", "ls", "--url", url, "--tls-cert", ca);
  }

  @Test
  void aServerSaysWhatIsWrongWithItsFilesAndItsSocket() throws Exception {
    String certificate = file("server.crt").toString();
    String key = file("client.key").toString();
    String other = file("other").toString();
    assertFails(
        1, "is not that of", "serve", "--port", "0", "--tls-cert", certificate, "--tls-key", key);
    assertFails(2, "--tls-cert and --tls-key", "serve", "--tls-cert", certificate);
    assertFails(
        2, "add --port", "serve", "--unix", other, "--tls-cert", certificate, "--tls-key", key);
    assertFails(1, "a server is listening", "serve", "--unix", file("sock").toString());
    assertFails(1, "is no socket", "serve", "--unix", write("text", "x").toString());
    assertThat(run("ls", "--url", socketUrl).code()).isZero();
  }

  private String[] withCertificate(String... command) {
    var all = new java.util.ArrayList<String>(List.of(command));
    all.addAll(List.of("--url", url, "--tls-ca", file("ca.pem").toString()));
    all.addAll(List.of("--tls-cert", file("client.crt").toString()));
    all.addAll(List.of("--tls-key", file("client.key").toString()));
    return all.toArray(String[]::new);
  }

  private void assertFails(int code, String sentence, String... args) {
    Outcome outcome = run(args);
    assertThat(outcome.err()).startsWith("hangar: ").contains(sentence).hasLineCount(1);
    assertThat(outcome.code()).isEqualTo(code);
  }

  private static Outcome run(String... args) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    int code = Main.run(args, new PrintStream(out), new PrintStream(err), Terminal.NONE);
    return new Outcome(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  private void write(String name, CertificateBuilder builder) throws Exception {
    X509Bundle made = builder.ecp256().buildIssuedBy(authority);
    write(name + ".crt", made.getCertificatePEM());
    write(name + ".key", made.getPrivateKeyPEM());
  }

  private Path write(String name, String text) throws Exception {
    return Files.writeString(file(name), text);
  }

  private Path file(String name) {
    return folder.resolve(name);
  }
}
