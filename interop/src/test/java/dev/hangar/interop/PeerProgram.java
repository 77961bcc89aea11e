package dev.hangar.interop;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/**
 * A peer in another language: its folder under {@code interop/peers}, and the commands that build
 * it into {@code interop/target/peers}. Built once in a run of the tests, by tools that do nothing
 * where nothing has changed. Where it cannot be built, its tests are skipped with a sentence that
 * says so; with {@code CI=true} that is a failure. Thread-safe.
 */
final class PeerProgram {
  private static final Path SOURCES = Project.root().resolve("interop/peers");
  private static final Path TARGET = Project.root().resolve("interop/target/peers");
  private static final Duration BUILD_TIMEOUT = Duration.ofMinutes(8);

  static final PeerProgram GO =
      new PeerProgram(
          "go",
          List.of("go", "build", "-mod=readonly", "-o", TARGET.resolve("go/peer").toString(), "."),
          Map.of(),
          List.of(TARGET.resolve("go/peer").toString()));

  static final PeerProgram RUST =
      new PeerProgram(
          "rust",
          List.of("cargo", "build", "--locked", "--quiet"),
          Map.of("CARGO_TARGET_DIR", TARGET.resolve("rust").toString()),
          List.of(TARGET.resolve("rust/debug/peer").toString()));

  static final PeerProgram JAVASCRIPT =
      new PeerProgram(
          "js",
          List.of("npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"),
          Map.of(),
          List.of("node", TARGET.resolve("js/peer.mjs").toString()));

  private final String name;
  private final List<String> build;
  private final Map<String, String> environment;
  private final List<String> run;
  private boolean isPrepared;
  private Optional<String> trouble = Optional.empty();

  private PeerProgram(
      String name, List<String> build, Map<String, String> environment, List<String> run) {
    this.name = name;
    this.build = build;
    this.environment = environment;
    this.run = run;
  }

  /** Builds it, if it has not been built; {@link #words} tells if that went wrong. */
  synchronized void prepare() {
    if (!isPrepared) {
      trouble = build();
      isPrepared = true;
    }
  }

  /** The words that run it. */
  synchronized List<String> words() {
    prepare();
    if (trouble.isPresent()) {
      var sentence =
          "The peer in %s could not be built, so tests against it are skipped: %s"
              .formatted(name, trouble.get());
      if ("true".equals(System.getenv("CI"))) {
        throw new AssertionError(sentence);
      }
      Assumptions.abort(sentence);
    }
    return run;
  }

  /** Builds it; returns what went wrong, if anything did. */
  private Optional<String> build() {
    try {
      Files.createDirectories(TARGET.resolve(name));
      Command.of(build)
          .in(this == JAVASCRIPT ? copied() : SOURCES.resolve(name))
          .with(environment)
          .within(BUILD_TIMEOUT)
          .run();
      return Optional.empty();
    } catch (AssertionError | IOException | UncheckedIOException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  /** The sources in the target: npm installs beside them, and knows no other place. */
  private Path copied() throws IOException {
    var target = TARGET.resolve(name);
    try (var sources = Files.list(SOURCES.resolve(name))) {
      for (var source : sources.filter(Files::isRegularFile).toList()) {
        Files.copy(source, target.resolve(source.getFileName()), REPLACE_EXISTING);
      }
    }
    return target;
  }
}
