package dev.hangar.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Peers that only cost: their connections end at the limit, and everybody else is served. */
@Timeout(120)
class FloodTest {
  private static final int ENHANCE_YOUR_CALM = 11;

  private final Echo echo = new Echo();
  private FlightServer server;
  private FlightClient other;

  @BeforeEach
  void start() throws Exception {
    server = FlightServer.builder(echo).start();
    other = FlightClient.of(Location.grpc("127.0.0.1", server.port()));
  }

  @AfterEach
  void othersAreServedAndNothingIsLeft() {
    assertThat(other.doAction(Action.of("echo", "x"), CallOptions.NONE))
        .containsExactly(ByteString.copyFromUtf8("x"));
    other.close();
    while (echo.reading.get() > 0) {
      Thread.onSpinWait(); // handlers are told as their connection closes, and end soon
    }
    server.close();
    assertThat(server.bodyBytes()).isZero();
  }

  @Test
  void framesThatMoveNoCallAreCountedWhateverTheirType() throws Exception {
    byte[] priority = {0, 0, 0, 0, 16};
    byte[] window = {0, 0, 0, 1};
    assertStopped(RawPeer.bytes(RawPeer.PING, 0, 0, new byte[8]));
    assertStopped(RawPeer.bytes(RawPeer.SETTINGS, 0, 0, new byte[0]));
    assertStopped(RawPeer.bytes(RawPeer.PRIORITY, 0, 1, priority));
    assertStopped(RawPeer.bytes(RawPeer.WINDOW_UPDATE, 0, 0, window));
    assertStopped(RawPeer.bytes(0x42, 0, 0, new byte[100]));
  }

  /** The limit passes, one more does not. */
  private void assertStopped(byte[] frame) throws IOException {
    try (var peer = new RawPeer(server.port())) {
      peer.preface().send(repeated(frame, Limits.CONTROL_FRAMES)).request(1, "Nothing");
      assertThat(peer.await(RawPeer.HEADERS)).as("the answer to a request").isNotNull();
      peer.send(repeated(frame, Limits.CONTROL_FRAMES + 1));
      assertThat(goAwayCode(peer)).isEqualTo(ENHANCE_YOUR_CALM);
    }
  }

  @Test
  void floodsOfThoseWhoDoNotReadEndToo() throws Exception {
    try (var peer = new RawPeer(server.port())) {
      peer.preface();
      byte[] pings = repeated(RawPeer.bytes(RawPeer.PING, 0, 0, new byte[8]), 1_000);
      int sent = 0;
      try {
        for (; sent < 100; sent++) {
          peer.send(pings);
        }
      } catch (IOException closed) {
        // as it should be
      }
      while (peer.read() != null) {}
    }
  }

  @Test
  void dataWithoutDataIsCounted() throws Exception {
    byte[] empty = RawPeer.bytes(RawPeer.DATA, 0, 1, new byte[0]);
    byte[] padding = RawPeer.bytes(RawPeer.DATA, RawPeer.PADDED, 1, new byte[] {1, 0});
    for (byte[] frame : List.of(empty, padding)) {
      try (var peer = new RawPeer(server.port())) {
        peer.preface().request(1, "DoPut");
        peer.send(repeated(frame, Limits.EMPTY_DATA_FRAMES));
        peer.request(3, "Nothing");
        assertThat(peer.await(RawPeer.HEADERS)).as("the answer to a request").isNotNull();
        peer.send(repeated(frame, Limits.EMPTY_DATA_FRAMES + 1));
        assertThat(goAwayCode(peer)).isEqualTo(ENHANCE_YOUR_CALM);
      }
    }
  }

  @Test
  void smallContinuationsAreCounted() throws Exception {
    byte[] block = RawPeer.headerBlock(RawPeer.requestHeaders("Nothing", "1H"));
    for (int over = 0; over <= 1; over++) {
      try (var peer = new RawPeer(server.port())) {
        peer.preface().frame(RawPeer.HEADERS, 0, 1, Arrays.copyOf(block, 1));
        int small = Limits.SMALL_CONTINUATION_FRAMES - 1 + over;
        for (int i = 0; i < small; i++) {
          peer.frame(RawPeer.CONTINUATION, 0, 1, Arrays.copyOfRange(block, 1 + i, 2 + i));
        }
        byte[] rest = Arrays.copyOfRange(block, 1 + small, block.length);
        peer.frame(RawPeer.CONTINUATION, RawPeer.END_HEADERS, 1, rest);
        if (over == 0) {
          assertThat(peer.await(RawPeer.HEADERS)).as("the answer").isNotNull();
        } else {
          assertThat(goAwayCode(peer)).isEqualTo(ENHANCE_YOUR_CALM);
        }
      }
    }
  }

  @Test
  void largeContinuationsEndAtTheLimitOfHeaders() throws Exception {
    try (var peer = new RawPeer(server.port())) {
      peer.preface().frame(RawPeer.HEADERS, 0, 1, new byte[1]);
      int frames = 0;
      try {
        for (; frames < 1_000; frames++) {
          peer.frame(RawPeer.CONTINUATION, 0, 1, new byte[16 << 10]);
        }
      } catch (IOException closed) {
        // as it should be
      }
      while (peer.read() != null) {}
    }
  }

  @Test
  void headersPassUpToTheirLimitAndAreRefusedPastIt() throws Exception {
    for (int over = 0; over <= 1; over++) {
      var headers = new TreeMap<>(RawPeer.requestHeaders("ListActions", "1H"));
      int used =
          headers.entrySet().stream()
              .mapToInt(h -> h.getKey().length() + h.getValue().length() + 32)
              .sum();
      headers.put("x", "y".repeat(Limits.HEADER_LIST_BYTES - used - 33 + over));
      try (var peer = new RawPeer(server.port())) {
        peer.preface()
            .acknowledge()
            .headers(1, headers)
            .frame(RawPeer.DATA, RawPeer.END_STREAM, 1, new byte[5]);
        RawPeer.Frame frame = peer.await(RawPeer.HEADERS);
        assertThat(frame).as("the answer to %d bytes past the limit", over).isNotNull();
        byte[] answer = frame.payload();
        assertThat(new String(answer, java.nio.charset.StandardCharsets.ISO_8859_1).contains("431"))
            .isEqualTo(over == 1);
      }
    }
  }

  @Test
  void framesAreHeldUpToTheLimit() throws Exception {
    try (var peer = new RawPeer(server.port())) {
      peer.preface()
          .acknowledge()
          .frame(0x42, 0, 0, new byte[Limits.HELD_FRAME_BYTES])
          .request(1, "Nothing");
      assertThat(peer.await(RawPeer.HEADERS)).as("the answer").isNotNull();
      peer.frame(0x42, 0, 0, new byte[Limits.HELD_FRAME_BYTES + 1]);
      assertThat(goAwayCode(peer)).as("FRAME_SIZE_ERROR").isEqualTo(6);
    }
  }

  @Test
  void dataFramesPassUpToTheLimit() throws Exception {
    try (var peer = new RawPeer(server.port())) {
      peer.preface().acknowledge().request(1, "DoPut");
      peer.frame(RawPeer.DATA, 0, 1, unknownField(Limits.FRAME_BYTES));
      peer.request(3, "Nothing");
      assertThat(peer.await(RawPeer.HEADERS)).as("the answer").isNotNull();
      peer.send(RawPeer.bytes(RawPeer.DATA, 0, 1, new byte[Limits.FRAME_BYTES + 1]));
      assertThat(goAwayCode(peer)).as("FRAME_SIZE_ERROR").isEqualTo(6);
    } catch (java.net.SocketException closedWhileSending) {
      // the frame is refused by its header
    }
  }

  /** A gRPC message of this length, prefix included, that holds one unknown field. */
  private static byte[] unknownField(int bytes) {
    int message = bytes - 5;
    return java.nio.ByteBuffer.allocate(bytes)
        .put((byte) 0)
        .putInt(message)
        .put((byte) (15 << 3 | 2))
        .put(varint(message - 5))
        .array();
  }

  private static byte[] varint(int value) {
    return new byte[] {
      (byte) (value | 0x80),
      (byte) (value >> 7 | 0x80),
      (byte) (value >> 14 | 0x80),
      (byte) (value >> 21)
    };
  }

  @Test
  void callsOpenAtOnceAreBounded() throws Exception {
    try (var peer = new RawPeer(server.port())) {
      peer.preface();
      for (int i = 0; i <= Limits.STREAMS_PER_CONNECTION; i++) {
        peer.request(2 * i + 1, "DoPut");
      }
      RawPeer.Frame reset = peer.await(RawPeer.RST_STREAM);
      assertThat(reset.streamId()).isEqualTo(2 * Limits.STREAMS_PER_CONNECTION + 1);
      assertThat(reset.payload()[3]).as("REFUSED_STREAM").isEqualTo((byte) 7);
    }
  }

  @Test
  void connectionsThatSayNothingAreClosed() throws Exception {
    var silent = new ArrayList<RawPeer>();
    for (int i = 0; i < Trials.count(200, 1_000); i++) {
      silent.add(new RawPeer(server.port()));
    }
    assertThat(other.listActions(CallOptions.NONE)).as("others are served").isEmpty();
    for (RawPeer peer : silent) {
      while (peer.read() != null) {}
      peer.close();
    }
  }

  private static int goAwayCode(RawPeer peer) throws IOException {
    RawPeer.Frame goAway = peer.await(RawPeer.GOAWAY);
    assertThat(goAway).as("GOAWAY").isNotNull();
    assertThat(peer.endsInOrder()).isTrue();
    return goAway.payload()[7];
  }

  private static byte[] repeated(byte[] frame, int times) {
    byte[] all = new byte[frame.length * times];
    for (int i = 0; i < times; i++) {
      System.arraycopy(frame, 0, all, i * frame.length, frame.length);
    }
    return all;
  }

  private static final class Echo implements FlightService {
    final AtomicInteger reading = new AtomicInteger();

    @Override
    public void doPut(CallContext call, FlightSource in, Acknowledgements out) {
      reading.incrementAndGet();
      try {
        for (FlightData data; (data = in.next()) != null; ) {
          data.close();
        }
      } finally {
        reading.decrementAndGet();
      }
    }

    @Override
    public void doAction(CallContext call, Action action, Consumer<ByteString> out) {
      out.accept(action.body());
    }

    @Override
    public List<ActionType> listActions(CallContext call) {
      return List.of();
    }
  }
}
