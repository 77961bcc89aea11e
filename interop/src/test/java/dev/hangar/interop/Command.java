package dev.hangar.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A program and its arguments, run to its end in bounded time. Output goes to files meanwhile, so
 * that a talkative program never waits for its reader. Immutable.
 */
record Command(List<String> words, Path folder, Map<String, String> environment, Duration timeout) {
  private static final Duration TIMEOUT = Duration.ofMinutes(2);

  /** What a program said, and how it ended. */
  record Outcome(int exitCode, String out, String err) {}

  static Command of(String... words) {
    return new Command(List.of(words), Project.root(), Map.of(), TIMEOUT);
  }

  static Command of(List<String> words) {
    return of(words.toArray(String[]::new));
  }

  Command in(Path folder) {
    return new Command(words, folder, environment, timeout);
  }

  Command with(Map<String, String> environment) {
    return new Command(words, folder, environment, timeout);
  }

  Command within(Duration timeout) {
    return new Command(words, folder, environment, timeout);
  }

  /** Runs it; a program that does not end with 0 is an error that shows all it said. */
  Outcome run() {
    var outcome = tryRun();
    if (outcome.exitCode() != 0) {
      throw new AssertionError(
          "%s ended with %d:%n%s%s"
              .formatted(
                  String.join(" ", words), outcome.exitCode(), outcome.out(), outcome.err()));
    }
    return outcome;
  }

  /** Runs it, however it ends; one that takes too long is killed, which is an error. */
  Outcome tryRun() {
    try {
      var out = Files.createTempFile("out", ".txt");
      var err = Files.createTempFile("err", ".txt");
      try {
        return run(out, err);
      } finally {
        Files.delete(out);
        Files.delete(err);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while running " + words, e);
    }
  }

  private Outcome run(Path out, Path err) throws IOException, InterruptedException {
    var builder = new ProcessBuilder(words).directory(folder.toFile());
    builder.environment().putAll(environment);
    builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
    builder.redirectOutput(out.toFile()).redirectError(err.toFile());
    var process = builder.start();
    try {
      if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new AssertionError(
            "%s did not end within %s:%n%s%s"
                .formatted(words, timeout, Files.readString(out), Files.readString(err)));
      }
      return new Outcome(process.exitValue(), Files.readString(out), Files.readString(err));
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }
}
