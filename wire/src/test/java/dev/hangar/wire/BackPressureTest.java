package dev.hangar.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What waits for a reader that does not read. */
@Timeout(60)
class BackPressureTest {
  private static final int WINDOW_BYTES = 1 << 20;

  private static final int ACKNOWLEDGEMENTS = 3 * Limits.STREAM_WINDOW_BYTES >> 20;
  private static final Ticket SILENT = Ticket.of("silent");

  private final Stalling service = new Stalling();
  private FlightServer server;
  private FlightClient client;

  @BeforeEach
  void start() throws Exception {
    server = FlightServer.builder(service).start();
    client =
        FlightClient.builder(Location.grpc("127.0.0.1", server.port()))
            .windowBytes(WINDOW_BYTES)
            .build();
  }

  @AfterEach
  void stop() throws Exception {
    client.close();
    assertThat(client.bodyBytes()).isZero();
    assertThat(server.close(Duration.ofSeconds(10))).isTrue();
    assertThat(server.bodyBytes()).isZero();
  }

  @Test
  void theSmallestMessagesAreCountedToo() throws Exception {
    try (var peer = new RawPeer(server.port())) {
      peer.preface().await(RawPeer.SETTINGS);
      peer.frame(RawPeer.SETTINGS, RawPeer.ACK, 0, new byte[0]).request(1, "DoExchange");
      for (int left = Limits.WAITING_MESSAGES; left > 0; left -= 1 << 10) {
        peer.frame(RawPeer.DATA, 0, 1, new byte[5 << 10]);
      }
      peer.frame(RawPeer.PING, 0, 0, new byte[8]);
      RawPeer.Frame frame;
      do {
        frame = peer.read();
        assertThat(frame.type()).as("at the limit").isNotIn(RawPeer.HEADERS, RawPeer.RST_STREAM);
      } while (frame.type() != RawPeer.PING);

      peer.frame(RawPeer.DATA, 0, 1, new byte[5]);
      assertThat(peer.await(RawPeer.HEADERS).flags() & RawPeer.END_STREAM).isNotZero();
      service.mayRead.countDown();
      assertThat(service.failure.get(20, TimeUnit.SECONDS).code())
          .isEqualTo(StatusCode.RESOURCE_EXHAUSTED);
      assertThat(service.failure.get()).hasMessageContaining("524288 messages wait");
    }
  }

  @Test
  void largeMessagesAreHeldBackAsSmallOnesAre() throws Exception {
    for (int bodyBytes : new int[] {1_000, WINDOW_BYTES / 2, 3 * WINDOW_BYTES}) {
      service.sent.set(0);
      var options = CallOptions.NONE.windowBytes(WINDOW_BYTES);
      try (var source = client.doGet(Ticket.of("" + bodyBytes), options)) {
        assertThat(awaitStandstill()).isPositive();
        assertThat(client.bodyBytes()).isLessThan(2 * WINDOW_BYTES + bodyBytes);

        for (int i = 0; i < 100; i++) {
          try (var data = source.next()) {
            assertThat(data.bodyBytes()).isEqualTo(bodyBytes);
            assertThat(data.body().get(0).get(bodyBytes - 1)).isEqualTo((byte) i);
          }
        }
      }
    }
  }

  @Test
  void aCallMayHaveAWiderWindowThanItsClient() throws Exception {
    var options = CallOptions.NONE.windowBytes(16 * WINDOW_BYTES);
    try (var source = client.doGet(Ticket.of("100000"), options)) {
      assertThat(awaitStandstill()).isPositive();
      assertThat(client.bodyBytes()).isBetween(15L * WINDOW_BYTES, 19L * WINDOW_BYTES);
      source.next().close();
    }
  }

  @Test
  void oneThreadMayWaitForSeveralCalls() throws Exception {
    var ready = new java.util.concurrent.Semaphore(0);
    var options = CallOptions.NONE.windowBytes(WINDOW_BYTES);
    try (var small = client.doGet(Ticket.of("1000"), options);
        var large = client.doGet(Ticket.of("" + 3 * WINDOW_BYTES), options)) {
      List.of(small, large).forEach(call -> call.onReady(ready::release));
      while (!small.isReady() || !large.isStarved()) {
        assertThat(ready.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
      }
      assertThat(large.isReady()).isFalse();
      large.demand();
      while (!large.isReady()) {
        assertThat(ready.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
      }
      small.next().close();
      large.next().close();
    }
  }

  @Test
  void acknowledgementsThatNobodyReadsStopNoUpload() throws Exception {
    try (var put = client.doPut(CallOptions.NONE)) {
      put.ignoreResults();
      put.send(FlightData.descriptor(FlightDescriptor.command("acknowledge")));
      put.completed();
      assertThat(put.result()).isNull();
    }
    assertThat(service.sent.get()).isEqualTo(ACKNOWLEDGEMENTS);
  }

  @Test
  void anInterruptEndsTheWait() throws Exception {
    var call = client.doGet(SILENT, CallOptions.NONE);
    try (call) {
      Thread.currentThread().interrupt();
      assertThat(catchThrowableOfType(StatusException.class, call::next).code())
          .isEqualTo(StatusCode.CANCELLED);
    }
    service.mayRead.countDown();
  }

  /** Waits until the server has stopped sending; returns what it has sent. */
  private int awaitStandstill() throws InterruptedException {
    int before;
    do {
      before = service.sent.get();
      Thread.sleep(300);
    } while (service.sent.get() > before || before == 0);
    return before;
  }

  /** Sends without end, and does not read. */
  private static final class Stalling implements FlightService {
    final CountDownLatch mayRead = new CountDownLatch(1);
    final CompletableFuture<StatusException> failure = new CompletableFuture<>();
    final AtomicInteger sent = new AtomicInteger();

    @Override
    public void doPut(CallContext call, FlightSource in, Acknowledgements out) {
      in.next().close();
      ByteString acknowledgement = ByteString.copyFrom(new byte[1 << 20]);
      for (int i = 0; i < ACKNOWLEDGEMENTS; i++) {
        out.send(acknowledgement);
        sent.incrementAndGet();
      }
    }

    @Override
    public void doExchange(CallContext call, FlightSource in, FlightSink out) {
      awaitMayRead();
      try {
        in.next().close();
      } catch (StatusException e) {
        failure.complete(e);
        throw e;
      }
    }

    @Override
    public void doGet(CallContext call, Ticket ticket, FlightSink out) {
      if (ticket.equals(SILENT)) {
        awaitMayRead();
        return;
      }
      byte[] body = new byte[Integer.parseInt(ticket.bytes().toStringUtf8())];
      for (int i = 0; ; i++) {
        body = body.clone();
        body[body.length - 1] = (byte) i;
        out.send(
            FlightData.batch(
                ByteBuffer.allocate(8), null, List.of(ByteBuffer.wrap(body)), () -> {}));
        sent.incrementAndGet();
      }
    }

    private void awaitMayRead() {
      try {
        mayRead.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
