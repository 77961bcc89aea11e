package dev.hangar.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Fuzzers on every decoder: no failure but the documented ones, no hang, no runaway memory, no
 * leak.
 *
 * <p>What they start from is in {@code src/test/resources/fuzz}: {@link Seeds} makes it, and with
 * {@code -Dhangar.seeds=write} writes it. What they find belongs there too, as {@code found-….bin}:
 * it is read in every build.
 */
@Timeout(24 * 3_600)
class FuzzTest {
  private static final Path SEEDS = Project.root().resolve("interop/src/test/resources/fuzz");
  private static final Path WORK = Project.root().resolve("interop/target/fuzz");
  private static final boolean LONG = Boolean.getBoolean("hangar.long");

  /** Fuzzers at work at once: one for each core of the machine that builds. */
  private static final int AT_ONCE = 2;

  private static final Duration SHORT_TIME = Duration.ofSeconds(30);

  /** A change is judged by the same inputs as the one before it; the long runs find new ones. */
  private static final long SHORT_SEED = 1;

  private static final Duration SHORT_TIMEOUT = Duration.ofMinutes(5);
  private static final Duration LONG_TIMEOUT = Duration.ofHours(5);
  private static final int LONG_RUNS = 10_000_000;

  /** Seconds after which an input hangs for good: {@link Fuzzer} counts processor time. */
  private static final int INPUT_SECONDS_MAX = 60;

  private static final Pattern DONE = Pattern.compile("Done (\\d+) runs in (\\d+) second");

  @BeforeAll
  static void writeSeeds() throws IOException {
    if ("write".equals(System.getProperty("hangar.seeds"))) {
      for (var target : Seeds.all().entrySet()) {
        Files.createDirectories(folder(target.getKey()));
        for (var seed : target.getValue().entrySet()) {
          Files.write(folder(target.getKey()).resolve(seed.getKey() + ".bin"), seed.getValue());
        }
      }
    }
  }

  @Test
  void seedsAreThoseInTheTree() throws IOException {
    for (var target : Seeds.all().entrySet()) {
      for (var seed : target.getValue().entrySet()) {
        assertThat(folder(target.getKey()).resolve(seed.getKey() + ".bin"))
            .hasBinaryContent(seed.getValue());
      }
    }
  }

  @Test
  void everySeedAndFindingPasses() throws Throwable {
    int passed = 0;
    for (String target : Seeds.all().keySet()) {
      MethodHandle fuzzer = Fuzzer.target(target);
      for (Path file : files(folder(target))) {
        try {
          fuzzer.invoke(Files.readAllBytes(file));
          passed++;
        } catch (Throwable failure) {
          throw new AssertionError(target + " fails on " + file, failure);
        }
      }
    }
    System.out.printf("H-1 seeds and findings: %d passed, 0 failed%n", passed);
  }

  @Test
  void fuzzersFindNothing() throws Exception {
    long seed = Long.getLong("hangar.seed", LONG ? System.nanoTime() & 0x7fff_ffffL : SHORT_SEED);
    var running = new ArrayList<Future<String>>();
    try (var threads = Executors.newFixedThreadPool(AT_ONCE)) {
      for (String target : Seeds.all().keySet()) {
        running.add(threads.submit(() -> fuzz(target, seed)));
      }
    }
    for (Future<String> run : running) {
      System.out.println(run.get());
    }
  }

  /** Runs one fuzzer in a process of its own; the sum of it. */
  private static String fuzz(String target, long seed) throws IOException {
    Path own = WORK.resolve(target);
    Files.createDirectories(own.resolve("corpus"));
    var outcome =
        Command.of(words(target, own, seed))
            .in(own)
            .within(LONG ? LONG_TIMEOUT : SHORT_TIMEOUT)
            .tryRun();
    Matcher done = DONE.matcher(outcome.err());
    assertThat(outcome.exitCode() == 0 && done.find())
        .as("%s, -Dhangar.seed=%d, in %s:%n%s", target, seed, own, findings(outcome))
        .isTrue();
    return "H-1 %s: %s passed, 0 failed (seed %d, %s s)"
        .formatted(target, done.group(1), seed, done.group(2));
  }

  /** What a fuzzer says but for its thousand lines about classes and progress. */
  private static String findings(Command.Outcome outcome) {
    return (outcome.out() + outcome.err() + "exit code " + outcome.exitCode())
        .lines()
        .filter(line -> !line.startsWith("INFO: ") && !line.startsWith("#"))
        .collect(Collectors.joining("\n"));
  }

  private static List<String> words(String target, Path own, long seed) {
    var words = new ArrayList<String>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.addAll(
        List.of(
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            "-Xmx512m",
            "-XX:+UseSerialGC",
            "--enable-native-access=ALL-UNNAMED",
            "--add-opens=java.base/java.nio=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "com.code_intelligence.jazzer.Jazzer",
            "--target_class=" + Fuzzer.class.getName(),
            "--target_args=" + target + " " + folder(target),
            "--instrumentation_includes=dev.hangar.**:io.netty.handler.codec.http2.**",
            "--custom_hook_includes=dev.hangar.**", // Netty may use Unsafe, and read files
            "-timeout=" + INPUT_SECONDS_MAX,
            "-rss_limit_mb=2048",
            "-seed=" + seed,
            LONG ? "-runs=" + LONG_RUNS : "-max_total_time=" + SHORT_TIME.toSeconds(),
            own.resolve("corpus").toString(),
            folder(target).toString()));
    return words;
  }

  private static Path folder(String target) {
    return SEEDS.resolve(target.substring(target.lastIndexOf('.') + 1));
  }

  private static List<Path> files(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }
}
