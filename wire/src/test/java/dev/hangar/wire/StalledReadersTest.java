package dev.hangar.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.epoll.Epoll;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetector.Level;
import io.netty.util.internal.PlatformDependent;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Readers of a large table that stop reading cost little memory and slow nobody. */
@Timeout(300)
class StalledReadersTest {
  private static final int BATCH_BYTES = 1 << 20;
  private static final int BATCHES = 1 << 10;
  private static final long MORE_BYTES_MAX = 256L << 20;

  /** Batches that the reader who is timed reads in one round. */
  private static final int TIMED_BATCHES = 100;

  private static final int ROUNDS_MIN = 5;
  private static final int ROUNDS_MAX = 40;
  private static final double RATE_MIN = 0.8;

  /** Processor time that stalled readers may take, of each second. */
  private static final double IDLE_LOAD_MAX = 0.3;

  private static final byte[] WIDE_WINDOW = {0, 4, 0x7f, -1, -1, -1};
  private static final byte[] WIDER = {0x7f, -1, 0, 0};

  /** Unsent bytes of a socket that is bounded; the kernel takes the last buffer whole. */
  private static final int BOUNDED_BYTES_MAX = 2 * Limits.UNSENT_BYTES;

  private final Level leakDetection = ResourceLeakDetector.getLevel();

  @BeforeEach
  void countMemoryAlone() {
    ResourceLeakDetector.setLevel(Level.DISABLED); // its records take more than what they are of
  }

  @AfterEach
  void lookForLeaks() {
    ResourceLeakDetector.setLevel(leakDetection);
  }

  @Test
  void theyHoldNobodyBack() throws Exception {
    var trials = new Trials("H-4 stalled readers");
    int readers = Trials.count(200, 1_000);
    var table = new Table();
    var peers = new ArrayList<RawPeer>();
    try (FlightServer quiet = FlightServer.builder(new Table()).start();
        FlightServer server = FlightServer.builder(table).start();
        FlightClient control = FlightClient.of(Location.grpc("127.0.0.1", quiet.port()));
        FlightClient first = FlightClient.of(Location.grpc("127.0.0.1", server.port()));
        FlightClient client = FlightClient.of(Location.grpc("127.0.0.1", server.port()))) {
      rate(control);
      rate(first);
      long memoryBefore = memoryBytes();
      long residentBefore = residentBytes();
      for (int i = 0; i < readers; i++) {
        peers.add(stall(server.port()));
      }
      table.awaitStalled(readers);
      long more = memoryBytes() - memoryBefore;
      double load = load();
      double kept = rateBeside(client, control); // which comes to the server after the others
      trials.report(
          readers,
          0,
          "%d MiB more, %d MiB resident; others keep %.0f %%, %.0f %% of a core idle"
              .formatted(
                  more >> 20, residentBytes() - residentBefore >> 20, 100 * kept, 100 * load));
      assertThat(more).isLessThanOrEqualTo(MORE_BYTES_MAX);
      assertThat(load).isLessThanOrEqualTo(IDLE_LOAD_MAX);
      assertThat(kept).isGreaterThanOrEqualTo(RATE_MIN);
    } finally {
      for (RawPeer peer : peers) {
        peer.close();
      }
    }
  }

  @Test
  void socketsOfManyConnectionsTakeLessThanThoseOfFew() throws Exception {
    assumeTrue(Epoll.isAvailable(), "without epoll there is no such bound");
    var table = new Table();
    var peers = new ArrayList<RawPeer>();
    try (FlightServer server = FlightServer.builder(table).start()) {
      for (int i = 0; i < Limits.ROOMY_CONNECTIONS - 1; i++) {
        peers.add(new RawPeer(server.port()).preface().acknowledge());
      }
      peers.add(stall(server.port()));
      table.awaitStalled(1);
      peers.add(stall(server.port()));
      table.awaitStalled(2);
      long atLimit = unsentBytes(server.port(), peers.get(Limits.ROOMY_CONNECTIONS - 1));
      long past = unsentBytes(server.port(), peers.get(Limits.ROOMY_CONNECTIONS));
      assertThat(past).isBetween(1L, (long) BOUNDED_BYTES_MAX);
      assertThat(atLimit).isGreaterThan(BOUNDED_BYTES_MAX);
    } finally {
      for (RawPeer peer : peers) {
        peer.close();
      }
    }
  }

  @Test
  void clientsThatMeasureByPingHaveLessOnItsWay() throws Exception {
    var table = new Table();
    try (FlightServer server = FlightServer.builder(table).start();
        RawPeer plain = stall(new RawPeer(server.port()).preface());
        RawPeer measuring =
            stall(new RawPeer(server.port()).preface().frame(RawPeer.PING, 0, 0, new byte[8]))) {
      table.awaitStalled(2);
      long bound = 2L * Limits.LOCAL_SEND_BYTES; // the kernel counts what it needs besides
      assertThat(unsentBytes(server.port(), measuring)).isBetween(1L, bound);
      assertThat(unsentBytes(server.port(), plain)).isGreaterThan(bound);
    }
  }

  /** What the kernel holds of what a server has sent to a peer, as Linux tells. */
  private static long unsentBytes(int port, RawPeer peer) throws IOException {
    String ports = "(?i)\\s*\\d+: \\w+:%04X \\w+:%04X .*".formatted(port, peer.port());
    try (var v4 = Files.lines(Path.of("/proc/net/tcp"));
        var v6 = Files.lines(Path.of("/proc/net/tcp6"))) {
      return Stream.concat(v4, v6)
          .filter(line -> line.matches(ports))
          .mapToLong(line -> Long.parseLong(line.trim().split("[ :]+")[6], 16))
          .sum();
    }
  }

  /**
   * The best rate of one client as a part of that of another, whose server has no stalled readers.
   * Both in turn, so that what else the machine does meets both.
   */
  private static double rateBeside(FlightClient client, FlightClient control) {
    double best = 0;
    double bestControl = 1;
    for (int i = 0; i < ROUNDS_MIN || (i < ROUNDS_MAX && best < RATE_MIN * bestControl); i++) {
      bestControl = Math.max(bestControl, rate(control));
      best = Math.max(best, rate(client));
    }
    return best / bestControl;
  }

  /** Processor time of this process in a second in which nothing is asked of it. */
  private static double load() throws InterruptedException {
    ProcessHandle.Info self = ProcessHandle.current().info();
    long begun = System.nanoTime();
    Duration before = self.totalCpuDuration().orElseThrow();
    Thread.sleep(1_000);
    Duration after = ProcessHandle.current().info().totalCpuDuration().orElseThrow();
    return (double) after.minus(before).toNanos() / (System.nanoTime() - begun);
  }

  /** Asks for the table with the widest windows, and reads none of it. */
  private static RawPeer stall(int port) throws IOException {
    return stall(new RawPeer(port).preface());
  }

  private static RawPeer stall(RawPeer peer) throws IOException {
    peer.frame(RawPeer.SETTINGS, 0, 0, WIDE_WINDOW)
        .frame(RawPeer.WINDOW_UPDATE, 0, 0, WIDER)
        .request(1, "DoGet")
        .frame(RawPeer.DATA, RawPeer.END_STREAM, 1, new byte[5]);
    return peer;
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
