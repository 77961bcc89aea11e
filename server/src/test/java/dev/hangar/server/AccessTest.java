package dev.hangar.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.hangar.wire.grpc.Metadata;
import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who may call, and how long what they got for their password is good. */
@Timeout(60)
class AccessTest {
  @TempDir private Path directory;

  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private final Tokens tokens = new Tokens(new SecureRandom(), () -> now);
  private final Access access =
      new Access((user, password) -> user.equals("ann") && password.equals("se:cret"), tokens);

  @Test
  void basicBearerAndOldTokensSayWhoCalls() {
    String token = tokens.issue("ann");
    assertThat(access.user(authorization("Basic " + base64("ann:se:cret")))).isEqualTo("ann");
    assertThat(access.user(authorization("bAsIc " + base64("ann:se:cret")))).isEqualTo("ann");
    assertThat(access.user(authorization("Bearer " + token))).isEqualTo("ann");
    assertThat(access.user(authorization("bearer  " + token))).isEqualTo("ann");
    assertThat(access.user(Metadata.EMPTY.with("auth-token-bin", token.getBytes(UTF_8))))
        .isEqualTo("ann");
  }

  @Test
  void whateverElseIsRefusedAndSaysWhatToDo() {
    for (Metadata headers :
        List.of(
            Metadata.EMPTY,
            authorization(""),
            authorization("Digest x"),
            authorization("Basic " + base64("ann:secret")),
            authorization("Basic " + base64("bob:se:cret")),
            authorization("Basic " + base64("ann")),
            authorization("Basic %%%"),
            authorization("Bearer "),
            authorization("Bearer " + base64("ann:se:cret")),
            Metadata.of("auth-token-bin", "%%%"),
            Metadata.EMPTY.with("auth-token-bin", new byte[] {1}))) {
      var failure = catchThrowableOfType(StatusException.class, () -> access.user(headers));
      assertThat(failure.code()).isEqualTo(StatusCode.UNAUTHENTICATED);
      assertThat(failure).hasMessageContaining("log in");
      assertThat(failure.getMessage()).doesNotContain("cret");
      assertThat(failure.detail().orElseThrow().hint()).contains("log in");
    }
  }

  @Test
  void anOpenServerAsksNobody() {
    var open = new Access(null, tokens);
    assertThat(open.user(Metadata.EMPTY)).isEmpty();
    assertThat(open.user(authorization("Bearer of whatever"))).isEmpty();
  }

  @Test
  void tokensEndAndCannotBeMade() {
    String token = tokens.issue("ann");
    now = now.plus(Limits.TOKEN_TIME).minusSeconds(1);
    assertThat(tokens.user(token)).isEqualTo("ann");
    now = now.plusSeconds(1);
    assertThatThrownBy(() -> tokens.user(token)).hasMessageContaining("was good until");
    now = now.minusSeconds(1);
    byte[] bytes = Base64.getUrlDecoder().decode(token);
    for (int bit = 0; bit < bytes.length * Byte.SIZE; bit++) {
      byte[] altered = bytes.clone();
      altered[bit / Byte.SIZE] ^= (byte) (1 << (bit % Byte.SIZE));
      assertThatThrownBy(() -> tokens.user(Base64.getUrlEncoder().encodeToString(altered)))
          .isInstanceOf(StatusException.class);
    }
    var other = new Tokens(new SecureRandom(), () -> now);
    assertThatThrownBy(() -> other.user(token)).hasMessageContaining("restarted");
  }

  @Test
  void aFileOfUsersKnowsTheirPasswords() throws IOException {
    Path file = directory.resolve("users");
    Files.writeString(
        file, "# people\n\n" + line("ann", "pässwörd") + "\n" + Credentials.line("bob", "b"));
    assertThat(Files.readString(file)).doesNotContain("pässwörd");
    Authenticator users = Credentials.read(file);
    assertThat(users.accepts("ann", "pässwörd")).isTrue();
    assertThat(users.accepts("ann", "password")).as("once the right one is known").isFalse();
    assertThat(users.accepts("ann", "pässwörd")).isTrue();
    assertThat(users.accepts("bob", "pässwörd")).isFalse();
    assertThat(users.accepts("carl", "")).isFalse();
    assertThat(users.accepts("bob", "b")).isTrue();
  }

  @Test
  void namesPasswordsAndUsersAreBounded() throws IOException {
    String longest = "x".repeat(Limits.CREDENTIAL_BYTES);
    assertThat(Credentials.line(longest, longest)).startsWith(longest + ":pbkdf2-sha512:210000:");
    String line = line(longest, longest);
    assertThatThrownBy(() -> Credentials.line(longest + "x", "p"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Credentials.line("u", longest + "x"))
        .isInstanceOf(IllegalArgumentException.class);
    Path file = directory.resolve("many");
    String hash = line.substring(longest.length());
    var lines = new StringBuilder(line).append('\n');
    for (int user = 1; user < Limits.USERS; user++) {
      lines.append(user).append(hash).append('\n');
    }
    Files.writeString(file, lines);
    assertThat(Credentials.read(file).accepts(longest, longest)).isTrue();
    assertThat(Credentials.read(file).accepts(longest, longest + "x")).isFalse();
    Files.writeString(file, lines.append("more").append(hash));
    assertThatThrownBy(() -> Credentials.read(file)).hasMessageContaining("100001 users");
  }

  @Test
  void aFileThatIsNoneSaysWhichLineAndNotWhatIsInIt() throws IOException {
    String ann = Credentials.line("ann", "x");
    for (String wrong :
        List.of(
            "ann",
            "ann:secret",
            ":" + ann.substring(4),
            "ann :" + ann.substring(4),
            ann.replace("210000", "0"),
            ann.replace("210000", "99999999"),
            ann.substring(0, ann.length() - 8),
            ann + "%",
            "bob" + ann.substring(3) + "\n" + ann)) {
      Path file = directory.resolve("users");
      Files.writeString(file, ann + "\n" + wrong);
      assertThatThrownBy(() -> Credentials.read(file))
          .as(wrong)
          .isInstanceOf(IOException.class)
          .hasMessageMatching("(?s).*line [23]: .*")
          .message()
          .doesNotContain("secret")
          .doesNotContain(ann.substring(30));
    }
    Path empty = Files.writeString(directory.resolve("empty"), "# nobody\n");
    assertThatThrownBy(() -> Credentials.read(empty)).hasMessageContaining("hangar password");
  }

  /** As {@link Credentials#line}, but soon done. */
  private static String line(String user, String password) {
    return user + ":" + PasswordHash.of(password, new SecureRandom(), 1_000);
  }

  private static Metadata authorization(String value) {
    return Metadata.of("authorization", value);
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
  }
}
