package dev.hangar.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.internal.PlatformDependent;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Readers of a large table that stop reading cost little memory and slow nobody. */
@Timeout(300)
class StalledReadersTest {
  private static final int BATCH_BYTES = 1 << 20;
  private static final int BATCHES = 1 << 10;
  private static final long MORE_BYTES_MAX = 256L << 20;

  /** Batches that the reader who is timed reads. */
  private static final int TIMED_BATCHES = 300;

  private static final int ROUNDS = 5;
  private static final int ROUNDS_MAX = 40;
  private static final double RATE_MIN = 0.8;

  private static final byte[] WIDE_WINDOW = {0, 4, 0x7f, -1, -1, -1};
  private static final byte[] WIDER = {0x7f, -1, 0, 0};

  @Test
  void theyHoldNobodyBack() throws Exception {
    var trials = new Trials("H-4 stalled readers");
    int readers = Trials.count(200, 1_000);
    var table = new Table();
    var peers = new ArrayList<RawPeer>();
    try (FlightServer server = FlightServer.builder(table).start();
        FlightClient client = FlightClient.of(Location.grpc("127.0.0.1", server.port()))) {
      double before = best(client, ROUNDS, 0);
      long memoryBefore = memoryBytes();
      long residentBefore = residentBytes();
      for (int i = 0; i < readers; i++) {
        peers.add(stall(server.port()));
      }
      table.awaitStalled(readers);
      long more = memoryBytes() - memoryBefore;
      double during = best(client, ROUNDS_MAX, RATE_MIN * before);
      trials.report(
          readers,
          0,
          "%d MiB more, %d MiB resident; others keep %.0f %%"
              .formatted(
                  more >> 20, residentBytes() - residentBefore >> 20, 100 * during / before));
      assertThat(more).isLessThanOrEqualTo(MORE_BYTES_MAX);
      assertThat(during).isGreaterThanOrEqualTo(RATE_MIN * before);
    } finally {
      for (RawPeer peer : peers) {
        peer.close();
      }
    }
  }

  /** Asks for the table with the widest windows, and reads none of it. */
  private static RawPeer stall(int port) throws IOException {
    var peer = new RawPeer(port);
    peer.preface()
        .frame(RawPeer.SETTINGS, 0, 0, WIDE_WINDOW)
        .frame(RawPeer.WINDOW_UPDATE, 0, 0, WIDER)
        .request(1, "DoGet")
        .frame(RawPeer.DATA, RawPeer.END_STREAM, 1, new byte[5]);
    return peer;
  }

  /** The best of some rounds, in batches a second; ends early where it is good enough. */
  private static double best(FlightClient client, int rounds, double enough) {
    double best = 0;
    for (int i = 0; i < rounds && (enough == 0 || best < enough); i++) {
      best = Math.max(best, rate(client));
    }
    return best;
  }

  private static double rate(FlightClient client) {
    long begun = System.nanoTime();
    try (FlightSource source = client.doGet(Ticket.of("t"), CallOptions.NONE)) {
      for (int i = 0; i < TIMED_BATCHES; i++) {
        source.next().close();
      }
    }
    return TIMED_BATCHES * 1e9 / (System.nanoTime() - begun);
  }

  private static long memoryBytes() {
    System.gc();
    long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    var pooled = PooledByteBufAllocator.DEFAULT.metric();
    return heap + Math.max(PlatformDependent.usedDirectMemory(), pooled.usedDirectMemory());
  }

  private static long residentBytes() throws IOException {
    Path status = Path.of("/proc/self/status");
    return !Files.exists(status)
        ? 0
        : Files.readAllLines(status).stream()
            .filter(line -> line.startsWith("VmRSS:"))
            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
            .sum();
  }

  /** A gibibyte that is one mebibyte, many times. */
  private static final class Table implements FlightService {
    private final ByteBuffer body = ByteBuffer.allocateDirect(BATCH_BYTES);
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger sent = new AtomicInteger();

    @Override
    public void doGet(CallContext call, Ticket ticket, FlightSink out) {
      open.incrementAndGet();
      try {
        for (int i = 0; i < BATCHES; i++) {
          out.send(
              FlightData.batch(
                  ByteBuffer.wrap(new byte[] {1}), null, List.of(body.duplicate()), () -> {}));
          sent.incrementAndGet();
        }
      } finally {
        open.decrementAndGet();
      }
    }

    /** Waits until so many are being sent to, and nothing more can be sent. */
    void awaitStalled(int readers) throws InterruptedException {
      int before;
      do {
        before = sent.get();
        Thread.sleep(300);
      } while (open.get() < readers || sent.get() > before);
    }
  }
}
