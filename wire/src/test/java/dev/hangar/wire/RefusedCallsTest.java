package dev.hangar.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a client knows of a call that failed: whether the server has acted on it. */
@Timeout(60)
class RefusedCallsTest {
  /** What a server does with a connection on which a call has begun. */
  private interface Script {
    void play(RawPeer peer, int streamId) throws IOException;
  }

  private ServerSocket listener;
  private FlightClient client;

  @BeforeEach
  void start() throws IOException {
    listener = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
    client = FlightClient.of(Location.grpc("127.0.0.1", listener.getLocalPort()));
  }

  @AfterEach
  void stop() throws IOException {
    client.close();
    listener.close();
  }

  @Test
  void aRefusedStreamWasNotActedOn() throws Exception {
    var failure =
        failure((peer, id) -> peer.frame(RawPeer.RST_STREAM, 0, id, new byte[] {0, 0, 0, 7}));
    assertThat(failure.isUnprocessed()).isTrue();
    assertThat(failure).hasMessageContaining("REFUSED_STREAM");
  }

  @Test
  void aStreamBeyondTheLastOfAGoawayWasNotActedOn() throws Exception {
    var failure = failure((peer, id) -> peer.frame(RawPeer.GOAWAY, 0, 0, goaway(id - 2)));
    assertThat(failure.isUnprocessed()).isTrue();
    assertThat(failure).hasMessageContaining("did not see the call");
  }

  @Test
  void aStreamWithinAGoawayMayHaveBeenActedOn() throws Exception {
    var failure =
        failure((peer, id) -> {
          peer.frame(RawPeer.GOAWAY, 0, 0, goaway(id));
          peer.close();
        });
    assertThat(failure.isUnprocessed()).isFalse();
    assertThat(failure.code()).isEqualTo(StatusCode.UNAVAILABLE);
  }

  @Test
  void aCallOnALostConnectionMayHaveBeenActedOn() throws Exception {
    var failure = failure((peer, id) -> peer.close());
    assertThat(failure.isUnprocessed()).isFalse();
    assertThat(failure.code()).isEqualTo(StatusCode.UNAVAILABLE);
  }

  @Test
  void whereNobodyListensNobodyActs() throws Exception {
    listener.close();
    assertThat(failure().isUnprocessed()).isTrue();
  }

  @Test
  void theNextCallAfterAGoawayHasAConnectionOfItsOwn() throws Exception {
    for (int round = 0; round < 3; round++) {
      assertThat(failure((peer, id) -> peer.frame(RawPeer.GOAWAY, 0, 0, goaway(0))).isUnprocessed())
          .isTrue();
    }
  }

  @Test
  void threadsThatWaitForOneConnectionFailTogether() throws Exception {
    try (var full = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
        var callers = Executors.newVirtualThreadPerTaskExecutor();
        var filler = new FullBacklog(full.getLocalPort());
        var silent = FlightClient.of(Location.grpc("127.0.0.1", full.getLocalPort()))) {
      assumeThat(filler.isFull()).isTrue();
      var calls = new ArrayList<CompletableFuture<StatusException>>();
      var begin = System.nanoTime();
      for (int i = 0; i < 8; i++) {
        calls.add(CompletableFuture.supplyAsync(() -> failure(silent, CallOptions.NONE), callers));
      }
      for (var call : calls) {
        assertThat(call.get(50, TimeUnit.SECONDS).isUnprocessed()).isTrue();
        assertThat(call.get().code()).isEqualTo(StatusCode.UNAVAILABLE);
      }
      // each in turn would take eight times as long
      assertThat(Duration.ofNanos(System.nanoTime() - begin))
          .isBetween(Limits.CONNECT_TIME, Limits.CONNECT_TIME.multipliedBy(4));

      assertThat(failure(silent, CallOptions.NONE.timeout(Duration.ofMillis(200))))
          .hasMessageContaining("passed while connecting to grpc://127.0.0.1")
          .extracting(StatusException::code)
          .isEqualTo(StatusCode.DEADLINE_EXCEEDED);
      Thread.currentThread().interrupt();
      assertThat(failure(silent, CallOptions.NONE).code()).isEqualTo(StatusCode.CANCELLED);
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void aServerThatIsSlowToAcceptIsWaitedFor() throws Exception {
    try (var full = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
        var filler = new FullBacklog(full.getLocalPort());
        var patient = FlightClient.of(Location.grpc("127.0.0.1", full.getLocalPort()))) {
      assumeThat(filler.isFull()).isTrue();
      Thread.ofVirtual().start(() -> acceptAll(full, Limits.CONNECT_TIME.dividedBy(5)));
      assertThat(failure(patient, CallOptions.NONE))
          .hasMessageContaining("before the server said anything");
    }
  }

  /** Accepts and hangs up, after a while. */
  private static void acceptAll(ServerSocket server, Duration delay) {
    try {
      Thread.sleep(delay);
      while (true) {
        server.accept().close();
      }
    } catch (IOException | InterruptedException closed) {
      // the test is over
    }
  }

  private StatusException failure(Script script) throws Exception {
    var told = new CountDownLatch(1);
    var played =
        CompletableFuture.runAsync(() -> {
          try (var peer = new RawPeer(listener.accept()).accept()) {
            script.play(peer, peer.await(RawPeer.HEADERS).streamId());
            told.await();
          } catch (IOException | InterruptedException closed) {
            // the script closes the connection
          }
        });
    var failure = failure();
    told.countDown();
    played.get(20, TimeUnit.SECONDS);
    return failure;
  }

  private StatusException failure() {
    return failure(client, CallOptions.NONE);
  }

  private static StatusException failure(FlightClient client, CallOptions options) {
    return catchThrowableOfType(StatusException.class, () -> client.listActions(options));
  }

  private static byte[] goaway(int lastStreamId) {
    return new byte[] {0, 0, 0, (byte) Math.max(0, lastStreamId), 0, 0, 0, 0};
  }
}
