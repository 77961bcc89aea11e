package dev.hangar.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many calls at the same time, on one connection and on many. */
@Timeout(300)
class ManyStreamsTest {
  private static final int BATCHES = 20;

  /** Threads that may come besides one of each client: event loops, carriers, the JVM's own. */
  private static final int OTHER_THREADS = 24;

  @Test
  void oneConnectionCarriesThemAll() throws Exception {
    readAtOnce(1);
  }

  @Test
  void aHundredConnectionsDo() throws Exception {
    readAtOnce(100);
  }

  private static void readAtOnce(int connections) throws Exception {
    var trials = new Trials("H-5 streams at once on " + connections + " connections");
    int streams = Trials.count(200, Limits.STREAMS_PER_CONNECTION);
    long seed = trials.random().nextLong();
    var threads = ManagementFactory.getThreadMXBean();
    int threadsBefore = threads.getThreadCount();
    var failures = new ConcurrentLinkedQueue<Throwable>();
    int threadsDuring;
    try (FlightServer server = FlightServer.builder(new Made(seed)).start()) {
      var clients = new ArrayList<FlightClient>();
      for (int i = 0; i < connections; i++) {
        clients.add(FlightClient.of(Location.grpc("127.0.0.1", server.port())));
      }
      var begun = new CountDownLatch(streams);
      var proceed = new CountDownLatch(1);
      try (var readers = Executors.newVirtualThreadPerTaskExecutor()) {
        for (int i = 0; i < streams; i++) {
          int stream = i;
          FlightClient client = clients.get(i % connections);
          readers.execute(() -> {
            try {
              read(client, seed, stream, begun, proceed);
            } catch (Throwable e) {
              failures.add(e);
              begun.countDown();
            }
          });
        }
        begun.await();
        threadsDuring = threads.getThreadCount() - threadsBefore;
        proceed.countDown();
      }
      clients.forEach(FlightClient::close);
    }
    trials.report(streams - failures.size(), failures.size(), threadsDuring + " threads more");
    assertThat(failures).as(trials.replay()).isEmpty();
    assertThat(threadsDuring).isLessThanOrEqualTo(connections + OTHER_THREADS);
  }

  private static void read(
      FlightClient client, long seed, int stream, CountDownLatch begun, CountDownLatch proceed)
      throws InterruptedException {
    try (FlightSource source = client.doGet(Ticket.of("" + stream), CallOptions.NONE)) {
      for (int i = 0; i < BATCHES; i++) {
        try (FlightData data = source.next()) {
          assertThat(data.body().get(0)).isEqualTo(ByteBuffer.wrap(body(seed, stream, i)));
        }
        if (i == 0) {
          begun.countDown();
          proceed.await();
        }
      }
      assertThat(source.next()).isNull();
    }
  }

  private static byte[] body(long seed, int stream, int batch) {
    var random = new Random(seed + 1_000L * stream + batch);
    byte[] body = new byte[1 + random.nextInt(20_000)];
    random.nextBytes(body);
    return body;
  }

  private record Made(long seed) implements FlightService {
    @Override
    public void doGet(CallContext call, Ticket ticket, FlightSink out) {
      int stream = Integer.parseInt(ticket.bytes().toStringUtf8());
      for (int i = 0; i < BATCHES; i++) {
        var body = List.of(ByteBuffer.wrap(body(seed, stream, i)));
        out.send(FlightData.batch(ByteBuffer.wrap(new byte[] {1}), null, body, () -> {}));
      }
    }
  }
}
