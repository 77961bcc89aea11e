package dev.hangar.interop;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/**
 * A Python of the build's own: a virtual environment under {@code target/} with what
 * requirements.txt pins, made once. Where none can be made, tests are skipped with a sentence that
 * says so; with {@code CI=true} that is a failure.
 */
final class Python {
  private static final Path SCRIPTS = Project.root().resolve("interop/src/test/python");
  private static final Path HOME = Project.root().resolve("interop/target/venv");
  private static final Path EXECUTABLE = HOME.resolve("bin/python");
  private static final Path REQUIREMENTS = SCRIPTS.resolve("requirements.txt");

  /** A copy of the requirements the environment was made for; written last. */
  private static final Path MADE_FOR = HOME.resolve("requirements.txt");

  private static final Duration INSTALL_TIMEOUT = Duration.ofMinutes(5);
  private static final Map<String, String> ENVIRONMENT =
      Map.of("PYTHONDONTWRITEBYTECODE", "1", "PYTHONUNBUFFERED", "1");

  private static Optional<String> trouble = Optional.empty();

  private Python() {}

  /** Runs a script of src/test/python to its end; returns what it printed. */
  static String run(String script, Duration timeout, String... arguments) {
    var outcome = Command.of(words(script, arguments)).with(ENVIRONMENT).within(timeout).run();
    return outcome.out();
  }

  /** Starts a script of src/test/python that runs until it is told to end. */
  static Running start(String script, String... arguments) {
    return Running.start(words(script, arguments), ENVIRONMENT);
  }

  private static List<String> words(String script, String... arguments) {
    require();
    var words = new ArrayList<String>();
    words.add(EXECUTABLE.toString());
    words.add(SCRIPTS.resolve(script).toString());
    words.addAll(List.of(arguments));
    return words;
  }

  private static synchronized void require() {
    if (trouble.isEmpty() && !isMade()) {
      trouble = make();
    }
    if (trouble.isPresent()) {
      var sentence =
          "No Python environment with pyarrow could be made, so tests against pyarrow are skipped: "
              + trouble.get();
      if ("true".equals(System.getenv("CI"))) {
        throw new AssertionError(sentence);
      }
      Assumptions.abort(sentence);
    }
  }

  private static boolean isMade() {
    return Files.exists(MADE_FOR) && Project.text(MADE_FOR).equals(Project.text(REQUIREMENTS));
  }

  /** Makes the environment; returns what went wrong, if anything did. */
  private static Optional<String> make() {
    try {
      Files.createDirectories(HOME.getParent());
      Command.of("python3", "-m", "venv", "--clear", HOME.toString()).within(INSTALL_TIMEOUT).run();
      var pip = List.of(EXECUTABLE.toString(), "-m", "pip", "install", "-q", "-r");
      var install = new ArrayList<>(pip);
      install.add(REQUIREMENTS.toString());
      Command.of(install).within(INSTALL_TIMEOUT).run();
      Files.write(MADE_FOR, Project.text(REQUIREMENTS).getBytes(UTF_8));
      return Optional.empty();
    } catch (AssertionError | IOException | UncheckedIOException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }
}
