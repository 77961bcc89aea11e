package dev.hangar.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hangar.wire.grpc.Metadata;
import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Many times what a server has of memory, put and read by many clients at once: 1 GiB with each
 * change, 20 GiB with {@code -Plong}.
 */
class OverloadTest {
  private static final int CLIENTS = 64;
  private static final String JAVA = "-Xmx512m -XX:MaxDirectMemorySize=512m";

  /** For tables and transfers; connections take of the direct memory too. */
  private static final String MEMORY = "320m";

  /** 8 MiB, so that all clients' pieces are more than the memory there is. */
  private static final int ROWS = 1 << 18;

  /** 384 MiB. */
  private static final int TOO_MANY_ROWS = 12 << 20;

  private static final int BATCH_ROWS = 1 << 14;
  private static final int MOST_ATTEMPTS = 200;

  @TempDir private Path folder;
  private final Trials trials = new Trials("H-3 puts and gets past the memory");
  private final Random random = trials.random();
  private final AtomicLong ids = new AtomicLong();
  private final AtomicInteger refused = new AtomicInteger();

  /** On disk, as acknowledged. */
  private final ConcurrentMap<String, Long> stored = new ConcurrentHashMap<>();

  @Test
  @Timeout(value = 2, unit = TimeUnit.HOURS)
  void theServerStaysAliveAndKeepsWhatItSaidItWould() throws Exception {
    int pieces = Trials.count(2, 40);
    try (var server = ServerProcess.start(folder, JAVA, "--memory", MEMORY);
        var threads = Executors.newFixedThreadPool(CLIENTS)) {
      var all = new ArrayList<Callable<Void>>();
      for (int i = 0; i < CLIENTS; i++) {
        var name = "c" + i + "/";
        var chance = new Random(random.nextLong());
        all.add(() -> run(server.port(), name, pieces, chance));
      }
      for (Future<Void> done : threads.invokeAll(all)) {
        done.get();
      }
      trials.count(isTooMuch(server));
      requireStored(server);
      server.stop();
    }
    trials.report(stored.size() + " tables on disk, refused " + refused.get() + " times");
    assertThat(trials.failed()).as(trials.replay()).isZero();
    try (var server = ServerProcess.start(folder, JAVA, "--memory", MEMORY)) {
      requireStored(server);
      server.stop();
    }
  }

  /** Puts tables, every other on disk, and reads some of them. */
  private Void run(int port, String name, int pieces, Random random) throws Exception {
    try (var client = new PieceClient(port)) {
      awaitConnection(client);
      for (int i = 0; i < pieces; i++) {
        boolean isOnDisk = (i + name.length()) % 2 == 0;
        var piece = new Piece(ids.incrementAndGet(), ROWS, BATCH_ROWS);
        var kind = Metadata.of("hangar-durability", isOnDisk ? "disk" : "memory");
        trials.count(isTaken(() -> client.put(name + piece.id(), kind, piece)));
        if (isOnDisk) {
          stored.put(name + piece.id(), piece.id());
        }
        var any = new ArrayList<>(stored.keySet());
        var table =
            isOnDisk && !any.isEmpty() ? any.get(random.nextInt(any.size())) : name + piece.id();
        trials.count(isTaken(() -> isRead(client, table, isOnDisk)));
      }
    }
    return null;
  }

  /** What has no room however much else goes is refused, and told so. */
  private boolean isTooMuch(ServerProcess server) {
    var memory = Metadata.of("hangar-durability", "memory");
    try (var client = new PieceClient(server.port())) {
      client.put("too/much", memory, new Piece(ids.incrementAndGet(), TOO_MANY_ROWS, BATCH_ROWS));
      return false;
    } catch (StatusException e) {
      return e.code() == StatusCode.RESOURCE_EXHAUSTED;
    }
  }

  /** All come at once, and a busy machine takes its time for the last of them. */
  private static void awaitConnection(PieceClient client) {
    for (int attempt = 1; ; attempt++) {
      try {
        client.perform("healthcheck", "");
        return;
      } catch (StatusException e) {
        if (e.code() != StatusCode.UNAVAILABLE || attempt == MOST_ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  /** Waits and tries again where the server has no memory for it now. */
  private boolean isTaken(Runnable call) throws InterruptedException {
    for (int attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
      try {
        call.run();
        return true;
      } catch (StatusException e) {
        assertThat(e.code()).as(e.description()).isEqualTo(StatusCode.RESOURCE_EXHAUSTED);
        refused.incrementAndGet();
        Thread.sleep(50);
      }
    }
    return false;
  }

  /** Tables in memory may have made room for others; those on disk are there. */
  private static void isRead(PieceClient client, String table, boolean isOnDisk) {
    try {
      assertThat(client.read(table)).hasSize(1);
    } catch (StatusException e) {
      if (isOnDisk || e.code() != StatusCode.NOT_FOUND) {
        throw e;
      }
    }
  }

  private void requireStored(ServerProcess server) {
    try (var client = new PieceClient(server.port())) {
      stored.forEach((name, id) -> assertThat(client.read(name)).isEqualTo(List.of(id)));
    }
  }
}
