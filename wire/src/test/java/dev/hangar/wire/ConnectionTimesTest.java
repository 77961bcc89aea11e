package dev.hangar.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Connections that fall silent, are not used, grow old, or are to end. */
@Timeout(60)
class ConnectionTimesTest {
  private static final Duration SHORT = Duration.ofMillis(200);
  private static final int ACK = 1;

  private final EndlessService service = new EndlessService();
  private FlightServer server;

  @AfterEach
  void stop() {
    if (server != null) {
      assertThat(server.close(Duration.ofSeconds(20))).isTrue();
      assertThat(server.bodyBytes()).isZero();
    }
  }

  @Test
  void aPeerThatIsGoneIsFoundOut() throws Exception {
    serve(ConnectionTimes.SERVER.withKeepAlive(SHORT, SHORT));
    try (var gone = new RawPeer(server.port())) {
      gone.preface().request(1, "DoPut");
      assertThat(gone.await(RawPeer.PING)).isNotNull();
      assertThat(gone.await(RawPeer.GOAWAY)).as("closed without a word").isNull();
    }
  }

  @Test
  void aPeerThatAnswersMayBeSilent() throws Exception {
    serve(ConnectionTimes.SERVER.withKeepAlive(SHORT, Duration.ofSeconds(10)));
    try (var silent = new RawPeer(server.port())) {
      silent.preface().request(1, "DoPut");
      for (int i = 0; i < 5; i++) {
        RawPeer.Frame ping = silent.await(RawPeer.PING);
        silent.frame(RawPeer.PING, ACK, 0, ping.payload());
      }
      silent.frame(RawPeer.DATA, RawPeer.END_STREAM, 1, new byte[0]);
      assertThat(silent.await(RawPeer.HEADERS).flags() & RawPeer.END_STREAM).isNotZero();
    }
  }

  @Test
  void aConnectionWithoutCallsIsEnded() throws Exception {
    serve(ConnectionTimes.SERVER.withIdle(SHORT));
    try (var idle = new RawPeer(server.port())) {
      idle.preface();
      assertThat(lastStream(idle.await(RawPeer.GOAWAY))).isEqualTo(Integer.MAX_VALUE);
      idle.frame(RawPeer.PING, ACK, 0, idle.await(RawPeer.PING).payload());
      assertThat(lastStream(idle.await(RawPeer.GOAWAY))).isZero();
      assertThat(idle.endsInOrder()).isTrue();
    }
  }

  @Test
  void anOldConnectionLetsItsCallsEnd() throws Exception {
    serve(ConnectionTimes.SERVER.withAge(SHORT, Duration.ofSeconds(30)));
    try (var old = new RawPeer(server.port())) {
      old.preface().request(1, "DoPut");
      assertThat(lastStream(old.await(RawPeer.GOAWAY))).isEqualTo(Integer.MAX_VALUE);
      old.frame(RawPeer.PING, ACK, 0, old.await(RawPeer.PING).payload());
      assertThat(lastStream(old.await(RawPeer.GOAWAY))).isEqualTo(1);
      old.frame(RawPeer.DATA, RawPeer.END_STREAM, 1, new byte[0]);
      assertThat(old.await(RawPeer.HEADERS).flags() & RawPeer.END_STREAM).isNotZero();
      assertThat(old.endsInOrder()).isTrue();
    }
    assertThat(service.puts).hasValue(1);
  }

  @Test
  void callsThatDoNotEndAreCutWhenTheGraceIsOver() throws Exception {
    serve(ConnectionTimes.SERVER.withAge(SHORT, SHORT));
    try (var old = new RawPeer(server.port())) {
      old.preface().request(1, "DoPut");
      assertThat(old.await(RawPeer.GOAWAY)).isNotNull();
      assertThat(old.await(RawPeer.HEADERS)).isNull();
    }
  }

  @Test
  void aCallOnItsWayWhenTheServerEndsIsServed() throws Exception {
    serve(ConnectionTimes.SERVER);
    Thread closing;
    try (var peer = new RawPeer(server.port())) {
      peer.preface().request(1, "DoPut").frame(RawPeer.PING, 0, 0, new byte[8]);
      peer.await(RawPeer.PING); // by when the server has the request
      closing = Thread.ofVirtual().start(() -> server.close(Duration.ofSeconds(30)));
      assertThat(lastStream(peer.await(RawPeer.GOAWAY))).isEqualTo(Integer.MAX_VALUE);
      RawPeer.Frame ping = peer.await(RawPeer.PING);
      peer.request(3, "DoPut").frame(RawPeer.PING, ACK, 0, ping.payload());
      assertThat(lastStream(peer.await(RawPeer.GOAWAY))).isEqualTo(3);
      peer.frame(RawPeer.DATA, RawPeer.END_STREAM, 1, new byte[0])
          .frame(RawPeer.DATA, RawPeer.END_STREAM, 3, new byte[0]);
      assertThat(peer.endsInOrder()).isTrue();
    }
    closing.join();
    assertThat(service.puts).hasValue(2);
  }

  @Test
  void noCallIsLostWhenConnectionsComeAndGo() throws Exception {
    serve(ConnectionTimes.SERVER.withAge(Duration.ofMillis(20), Duration.ofSeconds(30)));
    try (FlightClient client = FlightClient.of(Location.grpc("127.0.0.1", server.port()))) {
      long end = System.nanoTime() + Duration.ofSeconds(3).toNanos();
      while (System.nanoTime() < end) {
        assertThat(client.listActions(CallOptions.NONE)).hasSize(1);
      }
    }
  }

  @Test
  void aServerThatIsGoneIsFoundOut() throws Exception {
    try (var silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread accepting = Thread.ofVirtual().start(() -> sayHelloAndNoMore(silent));
      var times = ConnectionTimes.CLIENT.withKeepAlive(SHORT, SHORT);
      var location = Location.grpc("127.0.0.1", silent.getLocalPort());
      try (FlightClient client = FlightClient.builder(location).times(times).build()) {
        assertThatThrownBy(() -> client.listActions(CallOptions.NONE))
            .hasMessageContaining("has not answered for 0.2s");
      }
      accepting.join();
    }
  }

  private static void sayHelloAndNoMore(ServerSocket listener) {
    try (Socket socket = listener.accept()) {
      socket.getOutputStream().write(new byte[] {0, 0, 0, RawPeer.SETTINGS, 0, 0, 0, 0, 0});
      socket.getInputStream().transferTo(java.io.OutputStream.nullOutputStream());
    } catch (IOException closed) {
      // the client has hung up
    }
  }

  private void serve(ConnectionTimes times) throws IOException {
    server = FlightServer.builder(service).times(times).start();
  }

  private static int lastStream(RawPeer.Frame goAway) {
    return ByteBuffer.wrap(goAway.payload()).getInt();
  }
}
