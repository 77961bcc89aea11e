package dev.hangar.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
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
    return catchThrowableOfType(StatusException.class, () -> client.listActions(CallOptions.NONE));
  }

  private static byte[] goaway(int lastStreamId) {
    return new byte[] {0, 0, 0, (byte) Math.max(0, lastStreamId), 0, 0, 0, 0};
  }
}
