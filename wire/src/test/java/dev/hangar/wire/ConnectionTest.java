package dev.hangar.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a server makes of peers that speak HTTP/2 oddly, wrongly, or not at all. */
@Timeout(60)
class ConnectionTest {
  private final LinkedBlockingQueue<String> seen = new LinkedBlockingQueue<>();
  private FlightServer server;

  @BeforeEach
  void start() throws Exception {
    server = FlightServer.builder(new Seeing()).start();
  }

  @AfterEach
  void stop() {
    assertThat(othersAreServed()).isTrue();
    server.close();
    assertThat(server.bodyBytes()).isZero();
  }

  @Test
  void framesMayArriveByteByByte() throws Exception {
    try (var peer = new RawPeer(server.port())) {
      peer.preface().request(1, "DoPut");
      byte[] message = message("hello");
      peer.dribble(
          new byte[] {0, 0, (byte) message.length, RawPeer.DATA, RawPeer.END_STREAM, 0, 0, 0, 1});
      peer.dribble(message);
      assertThat(seen.poll(10, TimeUnit.SECONDS)).isEqualTo("hello");
    }
  }

  @Test
  void messagesMaySpanFramesAndFramesMayBePadded() throws Exception {
    try (var peer = new RawPeer(server.port())) {
      byte[] message = message("spread out");
      byte[] rest = Arrays.copyOfRange(message, 4, message.length);
      byte[] padded = new byte[1 + rest.length + 7];
      padded[0] = 7;
      System.arraycopy(rest, 0, padded, 1, rest.length);
      peer.preface()
          .request(1, "DoPut")
          .frame(RawPeer.DATA, 0, 1, Arrays.copyOf(message, 4))
          .frame(RawPeer.DATA, RawPeer.PADDED | RawPeer.END_STREAM, 1, padded);
      assertThat(seen.poll(10, TimeUnit.SECONDS)).isEqualTo("spread out");
    }
  }

  @Test
  void dataWithinAHeaderBlockEndsTheConnection() throws Exception {
    try (var peer = new RawPeer(server.port())) {
      peer.preface()
          .frame(RawPeer.HEADERS, 0, 1, new byte[] {(byte) 0x83})
          .frame(RawPeer.DATA, 0, 1, new byte[5]);
      assertThat(peer.await(RawPeer.GOAWAY)).isNotNull();
    }
  }

  @Test
  void framesLongerThanAnnouncedEndTheConnection() throws Exception {
    try (var peer = new RawPeer(server.port())) {
      peer.preface().send(new byte[] {(byte) 0xff, 0, 0, RawPeer.HEADERS, 4, 0, 0, 0, 1});
      assertThat(peer.await(RawPeer.GOAWAY)).isNotNull();
    }
  }

  @Test
  void anyOtherProtocolIsShownTheDoor() throws Exception {
    for (String hello : List.of("GET / HTTP/1.1\r\nHost: x\r\n\r\n", "\u0016\u0003\u0001", "x")) {
      try (var peer = new RawPeer(server.port())) {
        peer.send(hello.getBytes(StandardCharsets.ISO_8859_1));
        while (peer.read() != null) {}
      }
    }
  }

  @Test
  void aMessageThatEndsInTheMiddleIsRefused() throws Exception {
    try (var peer = new RawPeer(server.port())) {
      byte[] message = message("cut short");
      peer.preface()
          .request(1, "DoPut")
          .frame(RawPeer.DATA, RawPeer.END_STREAM, 1, Arrays.copyOf(message, message.length - 1));
      RawPeer.Frame trailers = peer.await(RawPeer.HEADERS);
      assertThat(trailers.flags() & RawPeer.END_STREAM).isNotZero();
      assertThat(seen.poll(10, TimeUnit.SECONDS))
          .isEqualTo("broken: the stream ended in the middle of a message");
    }
  }

  @Test
  void compressedMessagesAreRefusedAndTheClientIsStopped() throws Exception {
    try (var peer = new RawPeer(server.port())) {
      peer.preface().request(1, "DoPut").frame(RawPeer.DATA, 0, 1, new byte[] {1, 0, 0, 0, 1, 0});
      assertThat(peer.await(RawPeer.HEADERS).flags() & RawPeer.END_STREAM).isNotZero();
      assertThat(peer.await(RawPeer.RST_STREAM).payload()).as("NO_ERROR").isEqualTo(new byte[4]);
    }
  }

  @Test
  void whatWasUnderWayToAStoppedCallHarmsNoOther() throws Exception {
    try (var peer = new RawPeer(server.port())) {
      peer.preface().request(1, "DoPut").frame(RawPeer.DATA, 0, 1, new byte[] {1, 0, 0, 0, 1, 0});
      assertThat(peer.await(RawPeer.RST_STREAM).payload()).as("NO_ERROR").isEqualTo(new byte[4]);
      for (int i = 0; i < 2 * Limits.RESETS; i++) {
        peer.frame(RawPeer.DATA, 0, 1, new byte[10]);
      }
      peer.request(3, "DoPut").frame(RawPeer.DATA, RawPeer.END_STREAM, 3, message("another"));
      assertThat(seen.poll(10, TimeUnit.SECONDS)).startsWith("broken: a compressed gRPC message");
      assertThat(seen.poll(10, TimeUnit.SECONDS)).isEqualTo("another");
    }
  }

  @Test
  void aCallerThatDoesNotReadIsResetAtItsDeadline() throws Exception {
    try (var peer = new RawPeer(server.port())) {
      peer.preface()
          .request(1, "DoGet", "500m")
          .frame(RawPeer.DATA, RawPeer.END_STREAM, 1, new byte[5]);
      assertThat(peer.await(RawPeer.RST_STREAM).payload())
          .as("CANCEL")
          .isEqualTo(new byte[] {0, 0, 0, 8});
      assertThat(seen.poll(10, TimeUnit.SECONDS))
          .isEqualTo("stopped: the caller's deadline of PT0.5S passed");
    }
  }

  @Test
  void readersMayLeaveEarlyManyTimesButNotWithoutEnd() throws Exception {
    try (var peer = new RawPeer(server.port())) {
      peer.preface();
      int resets = 0;
      try {
        for (; resets < 3 * Limits.RESETS; resets++) {
          int stream = 2 * resets + 1;
          peer.request(stream, "ListActions")
              .frame(RawPeer.RST_STREAM, 0, stream, new byte[] {0, 0, 0, 8});
        }
      } catch (java.io.IOException closed) {
        // as it should be
      }
      assertThat(resets).isGreaterThanOrEqualTo(Limits.RESETS - 1);
      assertThat(peer.await(RawPeer.GOAWAY))
          .satisfiesAnyOf(
              frame -> assertThat(frame).as("the connection was closed at once").isNull(),
              frame -> assertThat(frame.payload()[7]).as("ENHANCE_YOUR_CALM").isEqualTo((byte) 11));
    }
  }

  @Test
  void aPeerThatStillSendsGetsAllThatWasSentToItBeforeTheEnd() throws Exception {
    try (var peer = new RawPeer(server.port())) {
      peer.preface().frame(RawPeer.DATA, 0, 0, new byte[0]); // an error: DATA on no stream
      Thread.sleep(100);
      for (int i = 0; i < 10; i++) {
        peer.frame(RawPeer.PING, 0, 0, new byte[8]);
        Thread.sleep(10);
      }
      assertThat(peer.await(RawPeer.GOAWAY)).isNotNull();
      assertThat(peer.endsInOrder()).isTrue();
    }
  }

  private boolean othersAreServed() {
    try (FlightClient client = FlightClient.of(Location.grpc("127.0.0.1", server.port()))) {
      return client.listActions(CallOptions.NONE).isEmpty();
    }
  }

  private static byte[] message(String header) {
    byte[] data =
        dev.hangar.wire.proto.FlightData.newBuilder()
            .setDataHeader(ByteString.copyFromUtf8(header))
            .setDataBody(ByteString.copyFrom(new byte[16]))
            .build()
            .toByteArray();
    return ByteBuffer.allocate(5 + data.length).put((byte) 0).putInt(data.length).put(data).array();
  }

  private final class Seeing implements FlightService {
    @Override
    public void doPut(CallContext call, FlightSource in, Acknowledgements out) {
      try {
        for (FlightData data; (data = in.next()) != null; ) {
          seen.add(StandardCharsets.UTF_8.decode(data.header().duplicate()).toString());
          data.close();
        }
      } catch (dev.hangar.wire.grpc.StatusException broken) {
        seen.add("broken: " + broken.getMessage());
        throw broken;
      }
    }

    @Override
    public void doGet(CallContext call, Ticket ticket, FlightSink out) {
      try {
        while (true) {
          out.send(
              FlightData.batch(
                  ByteBuffer.allocate(8), null, List.of(ByteBuffer.allocate(100_000)), () -> {}));
        }
      } catch (dev.hangar.wire.grpc.StatusException over) {
        seen.add("stopped: " + over.getMessage());
        throw over;
      }
    }

    @Override
    public List<ActionType> listActions(CallContext call) {
      return List.of();
    }
  }
}
