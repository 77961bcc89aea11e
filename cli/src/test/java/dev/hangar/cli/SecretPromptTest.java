package dev.hangar.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.hangar.server.Credentials;
import dev.hangar.server.HangarServer;
import dev.hangar.server.ServerConfig;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Passwords typed at a terminal, which script(1) makes. */
@Timeout(120)
class SecretPromptTest {
  private static final String PASSWORD = "open sésame";

  @TempDir private Path folder;

  @BeforeEach
  void needsATerminal() {
    assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/script")) || System.getenv("CI") != null,
        "no script(1) of util-linux here");
  }

  @Test
  void whatIsTypedLogsInAndIsNotShown() throws Exception {
    Path users = folder.resolve("users");
    Files.writeString(users, Credentials.line("ann", PASSWORD) + "\n");
    var config =
        ServerConfig.defaults()
            .withPort(0)
            .withMemoryBytes(64 << 20)
            .withAuthenticator(Credentials.read(users));
    try (var server = HangarServer.start(config, line -> {})) {
      String shown =
          typed(
              "Password for ann: ",
              command("--url", server.url(), "ls", "--user", "ann") + " | cat; stty -a");
      assertThat(shown)
          .doesNotContain("sesame")
          .doesNotContain("sésame")
          .doesNotContain("hangar:")
          .containsPattern("[^-]echo ");
    }
  }

  @Test
  void aNewPasswordIsAskedForWhereItsLineGoesToAFile() throws Exception {
    Path users = folder.resolve("users");
    String shown =
        typed("The same again: ", command("password", "ann") + " > " + users + "; echo done");
    assertThat(shown).contains("Password for ann: ", "done").doesNotContain("sésame");
    assertThat(Credentials.read(users).accepts("ann", PASSWORD)).isTrue();
  }

  /** What a terminal shows while a password is typed at each question, to that of {@code last}. */
  private static String typed(String last, String shell) throws Exception {
    Process process =
        new ProcessBuilder("script", "-qec", shell, "/dev/null").redirectErrorStream(true).start();
    try (BufferedReader shown = process.inputReader(StandardCharsets.UTF_8);
        Writer keys = process.outputWriter(StandardCharsets.UTF_8)) {
      var all = new StringBuilder();
      if (!last.startsWith("Password")) {
        answer("Password for ann: ", shown, keys, all);
      }
      answer(last, shown, keys, all);
      for (int c; (c = shown.read()) >= 0; ) {
        all.append((char) c);
      }
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      return all.toString();
    } finally {
      process.destroyForcibly();
    }
  }

  private static void answer(String question, BufferedReader shown, Writer keys, StringBuilder all)
      throws IOException {
    while (all.indexOf(question) < 0) {
      int c = shown.read();
      assertThat(c).as("the end of " + all).isNotNegative();
      all.append((char) c);
    }
    keys.write(PASSWORD + "\n");
    keys.flush();
  }

  private static String command(String... args) {
    var java =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "--add-opens=java.base/java.nio=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-Dhangar.input=true",
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName());
    return Stream.concat(java.stream(), Arrays.stream(args))
        .map(word -> "'" + word + "'")
        .collect(Collectors.joining(" "));
  }
}
