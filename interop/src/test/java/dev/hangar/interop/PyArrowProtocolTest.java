package dev.hangar.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hangar.server.Credentials;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Errors in full, log-ins, exchanges and the ends of flights, as pyarrow sees them. */
@Timeout(180)
class PyArrowProtocolTest {
  private static final String SCRIPT = "protocol.py";
  private static final Duration TIMEOUT = Duration.ofMinutes(2);

  @TempDir private Path directory;

  @Test
  void openServerTellsFailuresInFullAndTakesAnyLogin() {
    try (var subject = new Subject()) {
      assertThat(Python.run(SCRIPT, TIMEOUT, subject.url(), "open")).contains("open passed");
    }
  }

  @Test
  void serverWithUsersAnswersThemAlone() throws IOException {
    var file = directory.resolve("users");
    Files.writeString(file, Credentials.line("ann", "correct horse"));
    var subject = new Subject(Credentials.read(file));
    try (subject) {
      assertThat(Python.run(SCRIPT, TIMEOUT, subject.url(), "users", "ann", "correct horse"))
          .contains("users passed");
    }
    assertThat(subject.lines()).isNotEmpty().noneMatch(line -> line.contains("horse"));
  }
}
