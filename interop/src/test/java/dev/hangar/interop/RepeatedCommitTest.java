package dev.hangar.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hangar.server.ServerConfig;
import dev.hangar.wire.grpc.Metadata;
import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Writes that are made again because their answers were lost. */
class RepeatedCommitTest {
  private static final int WRITERS = 8;
  private static final int MOST_ATTEMPTS = 20;
  private static final int PIECES = 50;

  /** About as many as the answer to a put has on a connection in use. */
  private static final int ANSWER_BYTES = 60;

  /** More than most puts send. */
  private static final int UPLOAD_BYTES = 6_000;

  @TempDir private Path folder;
  private final AtomicInteger attempts = new AtomicInteger();

  @Test
  @Timeout(value = 3, unit = TimeUnit.HOURS)
  void commitsWhoseAnswersAreLostMakeOneVersionEach() throws Exception {
    var trials = new Trials("R-4 commits repeated");
    var random = trials.random();
    int each = Math.ceilDiv(Trials.count(500, 50_000), WRITERS);
    try (var subject = new Subject(config());
        var threads = Executors.newFixedThreadPool(WRITERS)) {
      var all = new ArrayList<Callable<Integer>>();
      for (int i = 0; i < WRITERS; i++) {
        var writer = new Writer("w" + i, new Random(random.nextLong()), subject.port());
        all.add(() -> writer.run(each, trials));
      }
      int cuts = 0;
      for (Future<Integer> done : threads.invokeAll(all)) {
        cuts += done.get();
      }
      trials.report("%d attempts, %d connections cut".formatted(attempts.get(), cuts));
      assertThat(cuts).isGreaterThan(each * WRITERS / 2);
      assertThat(trials.failed()).as(trials.replay()).isZero();
    }
  }

  @Test
  @Timeout(value = 1, unit = TimeUnit.HOURS)
  void theyDoSoAcrossARestart() throws Exception {
    var trials = new Trials("R-4 commits repeated after a restart");
    int rounds = Trials.count(10, 200);
    var expected = new ArrayList<Long>();
    for (long round = 1; round <= rounds; round++) {
      var piece = new Piece(round, 100, 40);
      try (var subject = new Subject(config())) {
        loseAnswer(subject.port(), client -> append(client, "t", piece));
      }
      expected.add(round);
      try (var subject = new Subject(config());
          var client = new PieceClient(subject.port())) {
        boolean isOnce = append(client, "t", piece) == round && client.read("t").equals(expected);
        trials.count(isOnce);
      }
    }
    trials.report("");
    assertThat(trials.failed()).isZero();
  }

  /** Has the server do something, whose answer does not arrive. */
  private static void loseAnswer(int port, Consumer<PieceClient> write) throws Exception {
    try (var proxy = new CuttingProxy(port);
        var client = new PieceClient(proxy.port())) {
      client.names();
      proxy.cutAfter(Long.MAX_VALUE, 1);
      write.accept(client);
      throw new AssertionError("the answer was not lost");
    } catch (StatusException lost) {
      assertThat(lost.code()).isEqualTo(StatusCode.UNAVAILABLE);
    }
  }

  private static long append(PieceClient client, String name, Piece piece) {
    var key = Metadata.of("hangar-idempotency-key", "piece " + piece.id());
    return client.put(name, key.with("hangar-mode", "append"), piece);
  }

  private ServerConfig config() {
    return ServerConfig.defaults().withMemoryBytes(256L << 20).withData(folder.resolve("data"));
  }

  /** One with tables of its own behind a connection of its own, which is cut all the time. */
  private final class Writer {
    private final String folder;
    private final Random random;
    private final int port;
    private final List<Long> pieces = new ArrayList<>();
    private long version;
    private long nextId;

    private Writer(String folder, Random random, int port) {
      this.folder = folder;
      this.random = random;
      this.port = port;
      this.nextId = (folder.hashCode() & 0xffffL) << 32;
    }

    private int run(int rounds, Trials trials) throws Exception {
      try (var proxy = new CuttingProxy(port);
          var far = new PieceClient(proxy.port());
          var near = new PieceClient(port)) {
        for (int round = 0; round < rounds; round++) {
          trials.count(isOnce(round, proxy, far, near));
        }
        return proxy.cuts();
      }
    }

    private boolean isOnce(int round, CuttingProxy proxy, PieceClient far, PieceClient near) {
      var piece = new Piece(nextId++, 1 + random.nextInt(120), 50);
      switch (random.nextInt(4)) {
        case 0 -> {
          pieces.clear();
          put(proxy, far, "replace", piece);
        }
        case 1 -> upload(proxy, far, near, piece);
        case 2 -> {
          var created = folder + "/created" + round;
          var key = key(piece).with("hangar-mode", "create");
          return repeated(proxy, far, () -> far.put(created, key, piece)) >= 1
              && near.read(created).equals(List.of(piece.id()));
        }
        default -> put(proxy, far, pieces.size() < PIECES ? "append" : "replace", piece);
      }
      var versions = near.perform("versions", "{\"table\": \"" + folder + "/t\"}");
      return versions.contains("\"version\":" + version + ",")
          && near.read(folder + "/t").equals(pieces);
    }

    private void put(CuttingProxy proxy, PieceClient far, String mode, Piece piece) {
      if (mode.equals("replace")) {
        pieces.clear();
      }
      pieces.add(piece.id());
      version++;
      var headers = key(piece).with("hangar-mode", mode);
      headers =
          random.nextBoolean() ? headers.with("hangar-if-version", "" + (version - 1)) : headers;
      var how = headers;
      long made = repeated(proxy, far, () -> far.put(folder + "/t", how, piece));
      assertThat(made).isEqualTo(version);
    }

    private void upload(CuttingProxy proxy, PieceClient far, PieceClient near, Piece first) {
      var second = new Piece(nextId++, 10, 10);
      var upload = near.start(folder + "/t", "");
      near.part(upload, 1, second);
      repeated(
          proxy,
          far,
          () -> {
            far.part(upload, 0, first);
            return 0L;
          });
      repeated(
          proxy,
          far,
          () -> {
            far.finish(upload);
            return 0L;
          });
      pieces.clear();
      pieces.addAll(List.of(first.id(), second.id()));
      version++;
    }

    /** Makes a call until its answer arrives; the first time it hardly does. */
    private long repeated(CuttingProxy proxy, PieceClient far, Callable<Long> call) {
      for (int attempt = 1; ; attempt++) {
        attempts.incrementAndGet();
        proxy.mend();
        far.perform("healthcheck", "");
        cut(proxy, attempt);
        try {
          return call.call();
        } catch (StatusException lost) {
          if (lost.code() != StatusCode.UNAVAILABLE || attempt == MOST_ATTEMPTS) {
            throw lost;
          }
        } catch (Exception e) {
          throw new AssertionError(e);
        }
      }
    }

    private void cut(CuttingProxy proxy, int attempt) {
      if (attempt > 1 && random.nextBoolean()) {
        return;
      }
      if (random.nextInt(4) == 0) {
        proxy.cutAfter(1 + random.nextInt(UPLOAD_BYTES), Long.MAX_VALUE);
      } else {
        proxy.cutAfter(Long.MAX_VALUE, 1 + random.nextInt(ANSWER_BYTES));
      }
    }

    private static Metadata key(Piece piece) {
      return Metadata.of("hangar-idempotency-key", "piece-" + piece.id());
    }
  }
}
