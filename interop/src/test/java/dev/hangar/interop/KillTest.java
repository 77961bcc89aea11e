package dev.hangar.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hangar.store.Batch;
import dev.hangar.store.TableName;
import dev.hangar.store.TableStore;
import dev.hangar.store.local.ManyTables;
import dev.hangar.wire.FlightDescriptor;
import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server that is killed at any moment, and started again on what it left. */
class KillTest {
  private static final int WRITERS = 4;
  private static final int LONGEST_LOAD_MILLIS = 350;
  private static final int SHARED_PIECES = 200;
  private static final Pattern PARTS = Pattern.compile("\"parts\"\\s*:\\s*(\\d+)");
  private static final String JAVA = "-Xmx256m";

  private static final int MANY_TABLES = 10_000;

  private static final int STARTS = 3;

  /** The bar is 2 s; a machine that does other things too takes longer. */
  private static final Duration MANY_TABLES_START = Duration.ofSeconds(5);

  @TempDir private Path folder;
  private final Trials trials = new Trials("R-1 kills of the server");
  private final Random random = trials.random();
  private final AtomicLong ids = new AtomicLong();
  private final List<KilledWriter> writers =
      IntStream.range(0, WRITERS)
          .mapToObj(i -> new KilledWriter("w" + i, new Random(random.nextLong()), ids))
          .toList();
  private final List<Long> shared = new ArrayList<>();

  @Test
  @Timeout(value = 3, unit = TimeUnit.HOURS)
  void whatWasAcknowledgedOutlivesEveryKill() throws Exception {
    long startMillis = 0;
    int cycles = Trials.count(50, 1_000);
    for (int cycle = 0; cycle <= cycles; cycle++) {
      try (var server = ServerProcess.start(folder.resolve("data"), JAVA)) {
        startMillis += server.startTime().toMillis();
        settle(server, cycle);
        if (cycle < cycles) {
          loadAndKill(server);
          trials.count(true);
        }
      } catch (AssertionError | RuntimeException failed) {
        trials.count(false);
        trials.report("cycle " + cycle);
        throw new AssertionError(trials.replay() + ", cycle " + cycle, failed);
      }
    }
    int changes = writers.stream().mapToInt(KilledWriter::changes).sum();
    trials.report("%d changes, ready after %d ms".formatted(changes, startMillis / (cycles + 1)));
    assertThat(changes).isGreaterThan(cycles);
  }

  @Test
  @Timeout(300)
  void aServerOfManyTablesIsSoonReady() throws Exception {
    var data = folder.resolve("many");
    fill(data);
    var best = Duration.ofHours(1);
    for (int start = 0; start < STARTS; start++) {
      try (var server = ServerProcess.start(data, JAVA);
          var client = new PieceClient(server.port())) {
        best = best.compareTo(server.startTime()) < 0 ? best : server.startTime();
        assertThat(client.names()).hasSize(MANY_TABLES);
        assertThat(client.read("t/77")).containsExactly(77L);
        server.kill();
      }
    }
    System.out.printf("R-1 ready with %,d tables after %d ms%n", MANY_TABLES, best.toMillis());
    assertThat(best).isLessThan(MANY_TABLES_START);
  }

  /** What is on disk has to be what the writers know, before and after they make up for things. */
  private void settle(ServerProcess server, int cycle) throws IOException {
    assertThat(partFiles()).noneMatch(file -> file.toString().endsWith(".tmp"));
    try (var client = new PieceClient(server.port())) {
      requireShared(client);
      writers.forEach(writer -> writer.settle(client));
      requireShared(client);
      if (shared.size() > SHARED_PIECES) {
        client.perform("drop_table", KilledWriter.SHARED);
        shared.clear();
        writers.forEach(writer -> writer.appended().clear());
      }
      awaitFiles(client, cycle);
    }
  }

  /** Everything that was acknowledged is there once, and nothing else but what is under way. */
  private void requireShared(PieceClient client) {
    var found =
        client.names().contains(KilledWriter.SHARED)
            ? client.read(KilledWriter.SHARED)
            : List.<Long>of();
    var acknowledged = writers.stream().flatMap(writer -> writer.appended().stream()).toList();
    assertThat(found).doesNotHaveDuplicates().containsAll(acknowledged);
    assertThat(found.subList(0, shared.size())).as("rows before").isEqualTo(shared);
    assertThat(found.size() - acknowledged.size()).isBetween(0, WRITERS);
    shared.clear();
    shared.addAll(found);
  }

  /** One file for each part, and no other; those dropped a moment ago may take another moment. */
  private void awaitFiles(PieceClient client, int cycle) throws IOException {
    int parts = writers.stream().mapToInt(KilledWriter::uploadedParts).sum();
    for (var name : client.names()) {
      var answer = client.perform("versions", "{\"table\": \"%s\"}".formatted(name));
      parts += PARTS.matcher(answer).results().mapToInt(r -> Integer.parseInt(r.group(1))).sum();
    }
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (partFiles().size() != parts) {
      assertThat(System.nanoTime())
          .as("cycle %d: %d files for %d parts", cycle, partFiles().size(), parts)
          .isLessThan(end);
      Thread.onSpinWait();
    }
  }

  private void loadAndKill(ServerProcess server) throws InterruptedException {
    var isKilled = new AtomicBoolean();
    var failures = new ConcurrentLinkedQueue<Throwable>();
    var threads = new ArrayList<Thread>();
    for (var writer : writers) {
      threads.add(
          Thread.ofPlatform().start(() -> run(server, isKilled::get, failures, writer::change)));
    }
    var names = new Random(random.nextLong());
    threads.add(
        Thread.ofPlatform()
            .start(() -> run(server, isKilled::get, failures, client -> readAny(client, names))));
    Thread.sleep(random.nextInt(LONGEST_LOAD_MILLIS)); // the instant is what is tried
    isKilled.set(true);
    server.kill();
    for (var thread : threads) {
      thread.join();
    }
    for (var failure : failures) {
      throw new AssertionError("before the kill", failure);
    }
  }

  private static void run(
      ServerProcess server,
      BooleanSupplier isKilled,
      ConcurrentLinkedQueue<Throwable> failures,
      Consumer<PieceClient> step) {
    try (var client = new PieceClient(server.port())) {
      while (true) {
        step.accept(client);
      }
    } catch (StatusException e) {
      if (!isKilled.getAsBoolean()) {
        failures.add(e);
      }
    } catch (RuntimeException | Error e) {
      failures.add(e);
    }
  }

  /** Whoever reads meanwhile sees whole versions. */
  private static void readAny(PieceClient client, Random random) {
    try {
      int writer = random.nextInt(WRITERS + 1);
      client.read(
          writer == WRITERS
              ? KilledWriter.SHARED
              : "w" + writer + "/" + random.nextInt(KilledWriter.TABLES));
    } catch (StatusException e) {
      if (e.code() != StatusCode.NOT_FOUND) {
        throw e;
      }
    }
  }

  private static void fill(Path data) {
    try (var store = ManyTables.open(data)) {
      for (long table = 0; table < MANY_TABLES; table++) {
        write(store, "t/" + table, new Piece(table, 1, 1));
      }
    }
  }

  private static void write(TableStore store, String name, Piece piece) {
    var origin = FlightDescriptor.path(name.split("/")).encode().toByteArray();
    try (var writer = store.write(TableName.parse(name), origin, Piece.schema())) {
      piece
          .batches()
          .forEach(data ->
              writer.append(new Batch(data.header(), null, data.body().get(0), data::close)));
      writer.commit();
    }
  }

  private List<Path> partFiles() throws IOException {
    return DataFiles.parts(folder.resolve("data"));
  }
}
