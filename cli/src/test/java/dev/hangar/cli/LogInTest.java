package dev.hangar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hangar.server.Credentials;
import dev.hangar.server.HangarServer;
import dev.hangar.server.ServerConfig;
import dev.hangar.wire.BasicAuth;
import dev.hangar.wire.CallOptions;
import dev.hangar.wire.FlightClient;
import dev.hangar.wire.Location;
import dev.hangar.wire.tls.ServerTls;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Commands against a server that asks who calls: in plain text, over TLS and with certificates. */
@Timeout(240)
class LogInTest {
  private static final String PASSWORD = "open sesame";
  private static final String USERS = Credentials.line("ann", PASSWORD) + "\n";

  private record Outcome(int code, String out, String err) {}

  /** Variables, and somebody who answers what is asked. */
  private static final class Surroundings implements Environment {
    private final Map<String, String> variables = new HashMap<>();
    private final List<String> asked = new ArrayList<>();
    private @Nullable String answer;

    @Override
    public @Nullable String variable(String name) {
      return variables.get(name);
    }

    @Override
    public @Nullable String ask(String question) {
      asked.add(question);
      return answer;
    }
  }

  @TempDir private Path folder;
  private final Surroundings surroundings = new Surroundings();
  private final List<String> console = new CopyOnWriteArrayList<>();
  private final List<String> said = new ArrayList<>();
  private HangarServer server;

  @BeforeEach
  void start() throws Exception {
    write("users", USERS);
    write("password", PASSWORD + "\nand more\n");
    write("wrong", "close sesame\n");
    write("in.csv", "a,b\n1,x\n");
    server = serve(config());
  }

  @AfterEach
  void nothingIsLeftBehindAndNothingSecretIsSaid() {
    server.close();
    assertThat(server.bodyBytes()).isZero();
    assertThat(said).noneMatch(text -> text.contains("sesame"));
    assertThat(console).noneMatch(line -> line.contains("sesame"));
  }

  @Test
  void everyCommandLogsIn() throws Exception {
    Files.createDirectories(file("shelf"));
    variables("HANGAR_USER", "ann", "HANGAR_PASSWORD", PASSWORD);
    List<String[]> commands =
        List.of(
            words("put t " + file("in.csv")),
            words("put u " + file("in.csv") + " --connections 2"),
            words("ls"),
            words("info t"),
            words("info --memory"),
            words("get t"),
            words("export t shelf/t.parquet"),
            words("import shelf/t.parquet v"),
            new String[] {"sql", "select count(*) from t"},
            words("verify"),
            words("backup monday"),
            words("mv v w"),
            words("rm t u w"));
    for (String[] command : commands) {
      Outcome outcome = run(command);
      assertThat(outcome.code()).as(command[0] + ": " + outcome.err()).isZero();
    }
    surroundings.variables.clear();
    for (String[] command : commands) {
      assertFails(1, "this server asks who calls; log in with --user NAME", command);
    }
  }

  @Test
  void passwordsComeFromFilesVariablesAndTheTerminal() throws Exception {
    String right = file("password").toString();
    assertWorks("ls", "--user", "ann", "--password-file", right);
    assertWorks("--user", "ann", "--password-file", right, "ls");
    assertWorks("--user", "bob", "ls", "--user", "ann", "--password-file", right);
    variables("HANGAR_USER", "ann", "HANGAR_PASSWORD", "wrong");
    assertWorks("ls", "--password-file", right);
    variables("HANGAR_PASSWORD", PASSWORD);
    assertWorks("ls", "--user", "ann");
    assertThat(surroundings.asked).isEmpty();
    variables("HANGAR_USER", "ann");
    surroundings.answer = PASSWORD;
    assertWorks("ls");
    assertWorks("ls", "--user", "ann");
    assertThat(surroundings.asked).containsExactly("Password for ann: ", "Password for ann: ");
  }

  @Test
  void aTokenStandsForAUser() throws Exception {
    String token = token();
    write("token", token + "\n");
    assertWorks("ls", "--token-file", file("token").toString());
    assertWorks("--token-file", file("token").toString(), "put", "t", file("in.csv").toString());
    variables("HANGAR_TOKEN", token, "HANGAR_USER", "nobody");
    assertWorks("get", "t");
    variables("HANGAR_TOKEN", "sesame");
    assertFails(1, "this token is not one of this server's", "ls");
    assertWorks("ls", "--user", "ann", "--password-file", file("password").toString());
    variables("HANGAR_TOKEN", "ses\name");
    assertFails(2, "HANGAR_TOKEN: a token is visible ASCII", "ls");
    assertThat(said).noneMatch(text -> text.contains(token));
    server.close(); // all lines are there
    assertThat(console).noneMatch(line -> line.contains(token));
  }

  @Test
  void whatIsWrongIsOneSentenceThatSaysWhatToDo() {
    String wrong = file("wrong").toString();
    String token = file("token").toString();
    assertFails(1, "asks who calls; log in with --user NAME", "ls");
    assertFails(
        1,
        "no user of this name and password; log in",
        "ls",
        "--user",
        "ann",
        "--password-file",
        wrong);
    assertFails(1, "no user of this name", "ls", "--user", "eve", "--password-file", wrong);
    assertFails(2, "can't be asked for without a terminal", "ls", "--user", "ann");
    assertFails(2, "say whose with --user", "ls", "--password-file", wrong);
    assertFails(2, "leave out --token-file", "ls", "--user", "ann", "--token-file", token);
    assertFails(1, "there is no file " + token, "ls", "--token-file", token);
    assertFails(1, "there is no file " + token, "ls", "--user", "ann", "--password-file", token);
    assertFails(1, "can be read from " + folder, "ls", "--token-file", folder.toString());
    assertFails(2, "no colon", "ls", "--user", "a:b", "--password-file", wrong);
    assertFails(2, "are no arguments", "ls", "--password", "sesame");
    assertFails(2, "are no arguments", "--token=sesame", "ls");
    assertFails(
        2, "a URL carries no user", "ls", "--url", "grpc://ann:sesame@127.0.0.1:" + server.port());
  }

  @Test
  void nothingSecretGoesInPlainTextToOtherMachines() {
    surroundings.answer = PASSWORD;
    String url = "grpc://192.0.2.1:8815";
    assertFails(2, "in plain text to 192.0.2.1", "ls", "--url", url, "--user", "ann");
    assertThat(surroundings.asked).isEmpty();
    variables("HANGAR_TOKEN", "abc", "HANGAR_URL", url);
    assertFails(2, "grpc+tls://192.0.2.1:8815", "ls", "--url", url);
  }

  @Test
  void theFirstLineOfAFileIsTakenUpToItsLimit() throws Exception {
    String file = file("long").toString();
    write("long", "x".repeat(SecretFile.CHARS_MAX) + "\r\nmore");
    assertThat(SecretFile.read(file("long"), "token")).hasSize(SecretFile.CHARS_MAX);
    write("long", "x".repeat(SecretFile.CHARS_MAX + 1));
    assertFails(1, "longer than 8192 characters", "ls", "--token-file", file);
    write("long", "\nx");
    assertFails(1, "is empty; a token is not", "ls", "--token-file", file);
  }

  @Test
  void overTlsAPasswordIsAskedForBehindTheCertificates() throws Exception {
    X509Bundle authority =
        new CertificateBuilder().subject("CN=us").setIsCertificateAuthority(true).buildSelfSigned();
    write("ca.pem", authority.getCertificatePEM());
    write(
        "server", new CertificateBuilder().subject("CN=s").addSanIpAddress("127.0.0.1"), authority);
    write(
        "client",
        new CertificateBuilder().subject("CN=c").addExtendedKeyUsageClientAuth(),
        authority);
    String ca = file("ca.pem").toString();
    variables("HANGAR_USER", "ann", "HANGAR_PASSWORD", PASSWORD);
    restart(config().withTls(ServerTls.of(file("server.crt"), file("server.key"))));
    assertWorks("--tls-ca", ca, "ls");
    assertWorks("ls", "--tls-ca", ca);
    assertFails(1, "--tls-ca", "ls");
    variables("HANGAR_USER", "ann", "HANGAR_PASSWORD", "wrong");
    assertFails(1, "no user of this name and password; log in", "ls", "--tls-ca", ca);
    variables();
    assertFails(1, "asks who calls; log in", "ls", "--tls-ca", ca);

    var tls = ServerTls.of(file("server.crt"), file("server.key"));
    restart(config().withTls(tls.withClientAuthority(file("ca.pem"))));
    String[] mutual =
        words(
            "--tls-ca %s --tls-cert %s --tls-key %s ls"
                .formatted(ca, file("client.crt"), file("client.key")));
    assertFails(1, "asks who calls; log in", mutual);
    variables("HANGAR_USER", "ann", "HANGAR_PASSWORD", PASSWORD);
    assertWorks(mutual);
    Outcome none = run("ls", "--tls-ca", ca);
    assertThat(none.err()).contains("--tls-cert and --tls-key").doesNotContain("--user");
  }

  private void assertWorks(String... args) {
    Outcome outcome = run(args);
    assertThat(outcome.code()).as(outcome.err()).isZero();
  }

  private void assertFails(int code, String sentence, String... args) {
    Outcome outcome = run(args);
    assertThat(outcome.err()).startsWith("hangar: ").contains(sentence).hasLineCount(1);
    assertThat(outcome.code()).isEqualTo(code);
  }

  /** Sets these, in pairs, and no others. */
  private void variables(String... pairs) {
    surroundings.variables.clear();
    for (int pair = 0; pair < pairs.length; pair += 2) {
      surroundings.variables.put(pairs[pair], pairs[pair + 1]);
    }
  }

  private String token() {
    try (var client = FlightClient.builder(new Location(server.url())).build()) {
      var payload = new BasicAuth("ann", PASSWORD).encode();
      return client.handshake(List.of(payload), CallOptions.NONE).get(0).toStringUtf8();
    }
  }

  private Outcome run(String... args) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    surroundings.variables.putIfAbsent("HANGAR_URL", server.url());
    int code =
        Main.run(args, new PrintStream(out), new PrintStream(err), Terminal.NONE, surroundings);
    surroundings.variables.remove("HANGAR_URL", server.url());
    said.add(out.toString(StandardCharsets.UTF_8));
    said.add(err.toString(StandardCharsets.UTF_8));
    return new Outcome(code, said.get(said.size() - 2), said.get(said.size() - 1));
  }

  private static String[] words(String command) {
    return command.split(" ", -1);
  }

  private ServerConfig config() throws Exception {
    return ServerConfig.defaults()
        .withPort(0)
        .withMemoryBytes(256 << 20)
        .withData(file("data"))
        .withBackups(file("backups"))
        .withDatasets(
            List.of(
                dev.hangar.query.dataset.Mount.parse(
                    "shelf=" + Files.createDirectories(file("shelf")))))
        .withAuthenticator(Credentials.read(file("users")));
  }

  private HangarServer serve(ServerConfig config) throws Exception {
    return HangarServer.start(config, console::add);
  }

  private void restart(ServerConfig config) throws Exception {
    server.close();
    server = serve(config);
  }

  private void write(String name, CertificateBuilder builder, X509Bundle authority)
      throws Exception {
    X509Bundle made = builder.ecp256().buildIssuedBy(authority);
    write(name + ".crt", made.getCertificatePEM());
    write(name + ".key", made.getPrivateKeyPEM());
  }

  private void write(String name, String text) throws Exception {
    Files.writeString(file(name), text);
  }

  private Path file(String name) {
    return folder.resolve(name);
  }
}
