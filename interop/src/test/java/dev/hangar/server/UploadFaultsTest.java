package dev.hangar.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hangar.interop.CuttingProxy;
import dev.hangar.interop.DataFiles;
import dev.hangar.interop.Piece;
import dev.hangar.interop.PieceClient;
import dev.hangar.interop.Trials;
import dev.hangar.wire.grpc.Metadata;
import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Uploads in many parts on many connections, most of which break. */
@SuppressWarnings("try") // the server is closed earlier, to count what it holds then
class UploadFaultsTest {
  private static final int PARTS = 64;
  private static final int CONNECTIONS = 8;
  private static final int MOST_ATTEMPTS = 20;

  /** What a part sends, and then some. */
  private static final int CUT_BYTES = 20_000;

  @TempDir private Path folder;
  private final Trials trials = new Trials("R-5 uploads of 64 parts on 8 connections");
  private final Random random = trials.random();
  private final AtomicLong now =
      new AtomicLong(Instant.parse("2030-01-01T00:00:00Z").toEpochMilli());
  private long nextId;

  /** How an upload ends. */
  private enum End {
    FINISHED,
    ABORTED,
    FORGOTTEN
  }

  @Test
  @Timeout(value = 2, unit = TimeUnit.HOURS)
  void onlyWholeUploadsAreSeenAndTheOthersLeaveNoFile() throws Exception {
    var config =
        ServerConfig.defaults()
            .withPort(0)
            .withMemoryBytes(256 << 20)
            .withData(folder.resolve("data"));
    var isOver = new AtomicBoolean();
    try (var server = HangarServer.start(config, line -> {}, new SetClock());
        var threads = Executors.newFixedThreadPool(CONNECTIONS + 1);
        var client = new PieceClient(server.port())) {
      client.put(
          "t",
          Metadata.EMPTY,
          IntStream.range(0, PARTS).mapToObj(i -> piece()).toArray(Piece[]::new));
      Future<Integer> reads = threads.submit(() -> read(server.port(), isOver::get));
      var seen = client.read("t");
      int cuts = 0;
      for (int trial = 0; trial < Trials.count(20, 1_000); trial++) {
        var end = End.values()[trial % 2 == 0 ? 0 : 1 + random.nextInt(2)];
        var upload = client.start("t", "");
        var pieces = pieces();
        cuts += send(server.port(), threads, upload, pieces, end);
        assertThat(client.read("t")).as("nobody sees parts").isEqualTo(seen);
        end(client, upload, end);
        if (end == End.FINISHED) {
          seen = pieces.stream().map(Piece::id).toList();
        }
        boolean isWell = client.read("t").equals(seen);
        awaitFiles(isFirst(seen) ? 1 : PARTS);
        trials.count(isWell);
      }
      isOver.set(true);
      trials.report("%d connections cut, %d reads meanwhile".formatted(cuts, reads.get()));
      assertThat(cuts).isPositive();
      assertThat(reads.get()).isPositive();
      assertThat(trials.failed()).as(trials.replay()).isZero();
      server.close();
      assertThat(server.bodyBytes()).isZero();
    }
  }

  private void end(PieceClient client, String upload, End end) {
    switch (end) {
      case FINISHED -> client.finish(upload);
      case ABORTED -> client.abort(upload);
      case FORGOTTEN -> {
        now.addAndGet(dev.hangar.store.Limits.UPLOAD_TIME.plusSeconds(1).toMillis());
        refused(StatusCode.NOT_FOUND, () -> client.finish(upload));
      }
    }
  }

  /** Sends all parts, many of them twice, in any order; the connections cut. */
  private int send(int port, ExecutorService threads, String upload, List<Piece> pieces, End end)
      throws Exception {
    var numbers = new ArrayList<>(IntStream.range(0, PARTS).boxed().toList());
    numbers.addAll(random.ints(PARTS / 4, 0, PARTS).boxed().toList());
    Collections.shuffle(numbers, random);
    int left = end == End.FINISHED ? numbers.size() : random.nextInt(numbers.size());
    var queue =
        new ArrayBlockingQueue<Integer>(
            numbers.size(), false, numbers.subList(0, Math.max(1, left)));
    var all = new ArrayList<Callable<Integer>>();
    for (int i = 0; i < CONNECTIONS; i++) {
      var chance = new Random(random.nextLong());
      all.add(() -> send(port, chance, upload, pieces, queue));
    }
    int cuts = 0;
    for (Future<Integer> done : threads.invokeAll(all)) {
      cuts += done.get();
    }
    return cuts;
  }

  private static int send(
      int port, Random random, String upload, List<Piece> pieces, ArrayBlockingQueue<Integer> queue)
      throws IOException {
    try (var proxy = new CuttingProxy(port);
        var client = new PieceClient(proxy.port())) {
      for (Integer number; (number = queue.poll()) != null; ) {
        for (int attempt = 1; !isSent(client, upload, number, pieces.get(number)); attempt++) {
          assertThat(attempt).isLessThan(MOST_ATTEMPTS);
          proxy.mend();
        }
        if (random.nextInt(3) == 0) {
          proxy.cutAfter(1 + random.nextInt(CUT_BYTES), 1 + random.nextInt(CUT_BYTES));
        }
      }
      return proxy.cuts();
    }
  }

  private static boolean isSent(PieceClient client, String upload, int number, Piece piece) {
    try {
      client.part(upload, number, piece);
      return true;
    } catch (StatusException e) {
      assertThat(e.code()).as(e.description()).isEqualTo(StatusCode.UNAVAILABLE);
      return false;
    }
  }

  /** Sees one upload, whole and in order, at any time. */
  private static int read(int port, Callable<Boolean> isOver) throws Exception {
    int reads = 0;
    try (var client = new PieceClient(port)) {
      for (; !isOver.call(); reads++) {
        var ids = client.read("t");
        var whole = LongStream.range(ids.get(0), ids.get(0) + PARTS).boxed().toList();
        assertThat(ids).isEqualTo(whole);
      }
    }
    return reads;
  }

  private void awaitFiles(int count) throws Exception {
    long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (DataFiles.parts(folder.resolve("data")).size() != count) {
      assertThat(System.nanoTime())
          .as("%d files of parts", DataFiles.parts(folder.resolve("data")).size())
          .isLessThan(end);
      Thread.sleep(5);
    }
  }

  /** The table was first put in one part. */
  private static boolean isFirst(List<Long> seen) {
    return seen.get(0) == 0;
  }

  private List<Piece> pieces() {
    return IntStream.range(0, PARTS).mapToObj(i -> piece()).toList();
  }

  private Piece piece() {
    return new Piece(nextId++, 1 + random.nextInt(400), 150);
  }

  private static void refused(StatusCode code, Runnable call) {
    try {
      call.run();
    } catch (StatusException e) {
      assertThat(e.code()).isEqualTo(code);
      return;
    }
    throw new AssertionError(code + " was expected");
  }

  /** Stands still until the test moves it. */
  private final class SetClock extends Clock {
    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return Instant.ofEpochMilli(now.get());
    }
  }
}
