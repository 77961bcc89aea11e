package dev.hangar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hangar.server.HangarServer;
import dev.hangar.server.ServerConfig;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A command that is ended while the server works for it. */
@Timeout(120)
class StopSignalTest {
  private static final String LONG =
      "select count(*) from range(100000000000) r(a), range(1000) s(b) where a % 7 = b";

  @Test
  void theServerHearsThatAStatementIsNotWantedAnyMore() throws Exception {
    var lines = new CopyOnWriteArrayList<String>();
    var config = ServerConfig.defaults().withPort(0).withMemoryBytes(256 << 20);
    try (var server = HangarServer.start(config, lines::add)) {
      Process command = command("--url", server.url(), "sql", LONG);
      try (BufferedReader err = command.errorReader(StandardCharsets.UTF_8)) {
        await(err, "running");
        command.destroy(); // as Ctrl-C, a signal that can be caught
        assertThat(command.waitFor(60, TimeUnit.SECONDS)).isTrue();
      } finally {
        command.destroyForcibly();
      }
      assertThat(lines)
          .anySatisfy(line -> assertThat(line).contains("DoAction", "select count(*)"));
      assertThat(server.bodyBytes()).isZero();
    }
  }

  private static void await(BufferedReader err, String text) throws IOException {
    var read = new StringBuilder();
    for (int c; (c = err.read()) >= 0; ) {
      if (read.append((char) c).indexOf(text) >= 0) {
        return;
      }
    }
    assertThat(read.toString()).contains(text);
  }

  private static Process command(String... args) throws IOException {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "--add-opens=java.base/java.nio=ALL-UNNAMED",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-Dhangar.progress=true",
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName()));
    command.addAll(List.of(args));
    return new ProcessBuilder(command).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
  }
}
