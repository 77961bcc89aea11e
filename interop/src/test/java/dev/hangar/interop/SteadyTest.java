package dev.hangar.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hangar.wire.grpc.Metadata;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * A server under mixed load for a while: 40 seconds with each change, an hour with {@code -Plong}.
 * Between rounds nobody calls, and what it holds is counted.
 */
@EnabledOnOs(OS.LINUX)
class SteadyTest {
  private static final int CLIENTS = 6;
  private static final int TABLES = 4;
  private static final Duration ROUND = Duration.ofMillis(1_500);

  /** The heap is touched at the start, so that its growth to its size is not taken for a leak. */
  private static final String JAVA = "-Xms128m -Xmx128m -XX:+AlwaysPreTouch";

  /** What compilers, allocators and pools may still take after the first third of a short run. */
  private static final double SHORT_GROWTH = 0.10;

  private static final double LONG_GROWTH = 0.01;
  private static final int SPARE_FILES = 4;
  private static final int SPARE_MAPPINGS = 40;
  private static final int SPARE_THREADS = 6;

  /** What a process holds. */
  private record Sample(long kib, int files, int mappings, int threads) {
    static Sample of(long pid) throws IOException {
      var process = Path.of("/proc", Long.toString(pid));
      try (var files = Files.list(process.resolve("fd"));
          var mappings = Files.lines(process.resolve("maps"));
          var threads = Files.list(process.resolve("task"))) {
        return new Sample(
            anonymousKib(process),
            (int) files.count(),
            (int) mappings.count(),
            (int) threads.count());
      }
    }

    private static long anonymousKib(Path process) throws IOException {
      return Files.readAllLines(process.resolve("status")).stream()
          .filter(line -> line.startsWith("RssAnon:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
          .findFirst()
          .orElseThrow();
    }
  }

  @TempDir private Path folder;
  private final Trials trials = new Trials("R-7 rounds of mixed load");
  private final Random random = trials.random();
  private final AtomicLong ids = new AtomicLong();
  private final AtomicLong calls = new AtomicLong();

  @Test
  @Timeout(value = 2, unit = TimeUnit.HOURS)
  void memoryFilesMappingsAndThreadsStayAsTheyAre() throws Exception {
    var duration = Duration.ofSeconds(Trials.count(40, 3_600));
    var samples = new ArrayList<Sample>();
    try (var server = ServerProcess.start(folder, JAVA, "--memory", "128m");
        var threads = Executors.newFixedThreadPool(CLIENTS)) {
      long end = System.nanoTime() + duration.toNanos();
      var clients = new ArrayList<PieceClient>();
      for (int i = 0; i < CLIENTS; i++) {
        clients.add(new PieceClient(server.port()));
      }
      while (System.nanoTime() < end) {
        round(clients, threads);
        samples.add(Sample.of(server.pid()));
        trials.count(true);
      }
      clients.forEach(PieceClient::close);
      server.stop();
    }
    requireSteady(samples);
  }

  private void round(List<PieceClient> clients, ExecutorService threads) throws Exception {
    long end = System.nanoTime() + ROUND.toNanos();
    var all = new ArrayList<Callable<Void>>();
    for (int i = 0; i < clients.size(); i++) {
      var client = clients.get(i);
      var name = "c" + i + "/";
      var chance = new Random(random.nextLong());
      all.add(() -> {
        while (System.nanoTime() < end) {
          step(client, name + chance.nextInt(TABLES), chance);
          calls.incrementAndGet();
        }
        for (int table = 0; table < TABLES; table++) { // as after each round
          client.put(name + table, Metadata.EMPTY, piece(100));
          client.read(name + table);
        }
        return null;
      });
    }
    for (Future<Void> done : threads.invokeAll(all)) {
      done.get();
    }
  }

  private void step(PieceClient client, String name, Random random) {
    switch (random.nextInt(8)) {
      case 0 -> client.put(name, Metadata.EMPTY, piece(20_000));
      case 1 -> client.put(name, Metadata.of("hangar-durability", "memory"), piece(5_000));
      case 2 -> client.put(name, Metadata.of("hangar-mode", "append"), piece(10));
      case 3 -> upload(client, name);
      case 4 -> client.names();
      case 5 -> client.put(name + "/new", Metadata.of("hangar-ttl", "500ms"), piece(10));
      default -> readIfThere(client, name);
    }
  }

  private void upload(PieceClient client, String name) {
    var upload = client.start(name, "");
    client.part(upload, 2, piece(500));
    client.part(upload, 1, piece(500));
    if (ids.get() % 2 == 0) {
      client.finish(upload);
    } else {
      client.abort(upload);
    }
  }

  private static void readIfThere(PieceClient client, String name) {
    if (client.names().contains(name)) {
      client.readFlight(name);
    }
  }

  private Piece piece(int rows) {
    return new Piece(ids.incrementAndGet(), rows, 1 + rows / 2);
  }

  private void requireSteady(List<Sample> samples) {
    int third = samples.size() / 3;
    assertThat(third).as("rounds").isPositive();
    var before = samples.subList(third, 2 * third);
    var after = samples.subList(2 * third, samples.size());
    long was = median(before);
    long is = median(after);
    trials.report(
        "%d calls; %,d KiB, then %,d KiB; %s at the end"
            .formatted(calls.get(), was, is, samples.get(samples.size() - 1)));
    double growth = Trials.count(1, 0) == 1 ? SHORT_GROWTH : LONG_GROWTH;
    assertThat(is).as("%s", samples).isLessThan((long) (was * (1 + growth)) + 4_096);
    assertThat(most(after, Sample::files)).isLessThan(most(before, Sample::files) + SPARE_FILES);
    assertThat(most(after, Sample::mappings))
        .isLessThan(most(before, Sample::mappings) + SPARE_MAPPINGS);
    assertThat(most(after, Sample::threads))
        .isLessThan(most(before, Sample::threads) + SPARE_THREADS);
  }

  private static long median(List<Sample> samples) {
    return samples.stream().map(Sample::kib).sorted().toList().get(samples.size() / 2);
  }

  private static int most(List<Sample> samples, ToIntFunction<Sample> what) {
    return samples.stream().mapToInt(what).max().orElseThrow();
  }
}
