package dev.hangar.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetector.Level;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What a transfer costs, counted and not timed: bytes copied in user space, bytes allocated on the
 * heap, and system calls of the event loops, for each byte of a body.
 */
@Timeout(120)
class TransferCostTest {
  private static final int BODY_BYTES = 2 << 20;
  private static final int BATCHES = 128;
  private static final int SMALL_BODY_BYTES = 4 << 10;
  private static final int SMALL_BATCHES = 16_384;

  /**
   * Of a body, what comes with the heads of its frame and message is copied; this is room for it.
   */
  private static final double COPIED_SHARE_MAX = 0.05;

  private static final double HEAP_SHARE_MAX = 0.01;

  /** A socket rarely has, or takes, a whole body at once; each part costs a system call. */
  private static final double CALLS_PER_MEBIBYTE_MAX = 64;

  private FlightServer server;
  private FlightClient client;

  private final Level leakDetection = ResourceLeakDetector.getLevel();

  @BeforeEach
  void start() throws Exception {
    ResourceLeakDetector.setLevel(Level.DISABLED); // it allocates
    server = FlightServer.builder(new Bodies()).start();
    client = FlightClient.of(Location.grpc("127.0.0.1", server.port()));
  }

  @AfterEach
  void stop() {
    assertThat(client.bodyBytes()).isZero();
    client.close();
    server.close();
    assertThat(server.bodyBytes()).isZero();
    ResourceLeakDetector.setLevel(leakDetection);
  }

  @Test
  void bodiesAreReadWhereTheyStay() throws Exception {
    put(BATCHES, BODY_BYTES);
    var before = costs(server.copiedBytes(), server.socketReads());
    put(BATCHES, BODY_BYTES);
    expectLittle(costs(server.copiedBytes(), server.socketReads()).minus(before));
  }

  @Test
  void bodiesAreSentFromWhereTheyAre() throws Exception {
    get(BATCHES, BODY_BYTES);
    var before = costs(client.copiedBytes(), client.socketReads());
    get(BATCHES, BODY_BYTES);
    expectLittle(costs(client.copiedBytes(), client.socketReads()).minus(before));
  }

  @Test
  void smallMessagesShareSystemCalls() throws Exception {
    get(SMALL_BATCHES, SMALL_BODY_BYTES);
    var before = costs(client.copiedBytes(), client.socketReads());
    get(SMALL_BATCHES, SMALL_BODY_BYTES);
    var costs = costs(client.copiedBytes(), client.socketReads()).minus(before);
    assertThat(costs.copiedBytes())
        .as("copied once")
        .isEqualTo((long) SMALL_BATCHES * SMALL_BODY_BYTES);
    assertThat(costs.reads()).as("reads").isLessThan(SMALL_BATCHES / 2);
    assertThat(costs.writes()).as("writes and wake-ups").isLessThan(SMALL_BATCHES / 2);
  }

  private static void expectLittle(Costs costs) {
    double bytes = (double) BATCHES * BODY_BYTES;
    assertThat(costs.copiedBytes() / bytes).as("copied").isLessThan(COPIED_SHARE_MAX);
    assertThat(costs.heapBytes() / bytes).as("heap").isLessThan(HEAP_SHARE_MAX);
    double mebibytes = bytes / (1 << 20);
    assertThat(costs.reads() / mebibytes).as("reads").isLessThan(CALLS_PER_MEBIBYTE_MAX);
    assertThat(costs.writes() / mebibytes).as("writes").isLessThan(CALLS_PER_MEBIBYTE_MAX);
  }

  private void put(int batches, int bodyBytes) {
    ByteBuffer body = ByteBuffer.allocateDirect(bodyBytes);
    try (PutCall call = client.doPut(CallOptions.NONE)) {
      for (int i = 0; i < batches; i++) {
        call.send(batch(body));
      }
      call.completed();
      while (call.result() != null) {}
    }
  }

  private void get(int batches, int bodyBytes) {
    try (FlightSource source =
        client.doGet(Ticket.of(batches + " " + bodyBytes), CallOptions.NONE)) {
      int received = 0;
      for (FlightData data; (data = source.next()) != null; received++) {
        data.close();
      }
      assertThat(received).isEqualTo(batches);
    }
  }

  private static FlightData batch(ByteBuffer body) {
    return FlightData.batch(ByteBuffer.allocate(64), null, List.of(body.duplicate()), () -> {});
  }

  /** Takes everything, and gives as many bodies of a size as a ticket says. */
  private static final class Bodies implements FlightService {
    @Override
    public void doPut(CallContext call, FlightSource in, Acknowledgements out) {
      for (FlightData data; (data = in.next()) != null; ) {
        data.close();
      }
    }

    @Override
    public void doGet(CallContext call, Ticket ticket, FlightSink out) {
      String[] words = ticket.bytes().toStringUtf8().split(" ");
      ByteBuffer body = ByteBuffer.allocateDirect(Integer.parseInt(words[1]));
      for (int i = Integer.parseInt(words[0]); i > 0; i--) {
        out.sendWithNext(batch(body));
      }
    }
  }

  /** What there has been until now. */
  private static Costs costs(long copiedBytes, long reads) throws IOException {
    return new Costs(copiedBytes, reads, heapBytes(), writes());
  }

  /** Allocated by the event loops' threads. */
  private static long heapBytes() {
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("hangar-"))
        .mapToLong(thread -> threads.getThreadAllocatedBytes(thread.threadId()))
        .sum();
  }

  /**
   * System calls that write, wake-ups of event loops included; 0 where Linux does not count them.
   */
  private static long writes() throws IOException {
    Path counts = Path.of("/proc/self/io");
    return !Files.isReadable(counts)
        ? 0
        : Files.readAllLines(counts).stream()
            .filter(line -> line.startsWith("syscw: "))
            .mapToLong(line -> Long.parseLong(line.substring("syscw: ".length())))
            .sum();
  }

  private record Costs(long copiedBytes, long reads, long heapBytes, long writes) {
    Costs minus(Costs before) {
      return new Costs(
          copiedBytes - before.copiedBytes,
          reads - before.reads,
          heapBytes - before.heapBytes,
          writes - before.writes);
    }
  }
}
