package dev.hangar.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hangar.wire.grpc.StatusException;
import dev.hangar.wire.memory.BodyPool;
import dev.hangar.wire.memory.MemoryBudget;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a peer may send ahead, and what one message may hold: at the limit, and one past it. */
@Timeout(60)
class WindowTest {
  private static final int FLOW_CONTROL_ERROR = 3;
  private static final int DEFAULT_WINDOW_BYTES = 65_535;

  @Test
  void aCallMaySendItsWindowAheadOfItsReaderAndNoMore() throws Exception {
    var read = new CountDownLatch(1);
    try (FlightServer server = FlightServer.builder(new Waiting(read)).start();
        var peer = new RawPeer(server.port())) {
      peer.preface().acknowledge().request(1, "DoPut");
      byte[] frame = new byte[1 << 20];
      ByteBuffer.wrap(frame).put((byte) 0).putInt(frame.length - 5).put(unknown(frame.length - 5));
      for (int sent = 0; sent < Limits.STREAM_WINDOW_BYTES; sent += frame.length) {
        peer.frame(RawPeer.DATA, 0, 1, frame);
      }
      peer.frame(RawPeer.PING, 0, 0, new byte[8]);
      assertThat(peer.await(RawPeer.PING)).as("at the limit").isNotNull();
      peer.frame(RawPeer.DATA, 0, 1, new byte[1]);
      assertThat(peer.await(RawPeer.RST_STREAM).payload()[3]).isEqualTo((byte) FLOW_CONTROL_ERROR);
      read.countDown();
    }
  }

  /** The head of a field that nobody knows, which is this long with its head. */
  private static byte[] unknown(int bytes) {
    int length = bytes - 4;
    return new byte[] {
      15 << 3 | 2, (byte) (length | 0x80), (byte) (length >> 7 | 0x80), (byte) (length >> 14)
    };
  }

  /** What a message before it holds back is given back with that message, and not twice. */
  @Test
  void aMalformedMessageBehindALargeOneEndsItsCallAlone() throws Exception {
    byte[] frame = new byte[1 << 20];
    int length = frame.length - 2 * 5;
    ByteBuffer.wrap(frame).put((byte) 0).putInt(length).put(unknown(length));
    frame[frame.length - 5] = 1; // a compressed message begins
    try (FlightServer server = FlightServer.builder(new Reading()).start()) {
      for (int i = 0; i < 100; i++) {
        try (var peer = new RawPeer(server.port())) {
          peer.preface().acknowledge().request(1, "DoPut");
          peer.frame(RawPeer.DATA, 0, 1, frame);
          peer.await(RawPeer.RST_STREAM);
          peer.frame(RawPeer.PING, 0, 0, new byte[8]);
          assertThat(peer.await(RawPeer.PING)).as("connection %d", i).isNotNull();
        }
      }
    }
  }

  @Test
  void aConnectionIsGivenItsWindow() throws Exception {
    try (FlightServer server = FlightServer.builder(new FlightService() {}).start();
        var peer = new RawPeer(server.port())) {
      peer.preface();
      ByteBuffer more = ByteBuffer.wrap(peer.await(RawPeer.WINDOW_UPDATE).payload());
      assertThat(more.getInt() + DEFAULT_WINDOW_BYTES).isEqualTo(Limits.CONNECTION_WINDOW_BYTES);
    }
  }

  @Test
  void metadataOfAMessagePassesUpToItsLimit() {
    var pool = new BodyPool(MemoryBudget.unlimited());
    for (byte tag : new byte[] {1 << 3 | 2, 2 << 3 | 2, 3 << 3 | 2}) {
      var decoder = new FlightDataDecoder(pool);
      decoder.begin(Limits.METADATA_BYTES + 100);
      decoder.read(Unpooled.wrappedBuffer(head(tag, Limits.METADATA_BYTES)));
      decoder.abort();
      decoder.begin(Limits.METADATA_BYTES + 100);
      var past = Unpooled.wrappedBuffer(head(tag, Limits.METADATA_BYTES + 1));
      assertThatThrownBy(() -> decoder.read(past))
          .isInstanceOf(StatusException.class)
          .hasMessageContaining("at most " + Limits.METADATA_BYTES);
      decoder.abort();
    }
    pool.close();
  }

  private static byte[] head(byte tag, int length) {
    return new byte[] {
      tag,
      (byte) (length | 0x80),
      (byte) (length >> 7 | 0x80),
      (byte) (length >> 14 | 0x80),
      (byte) (length >> 21)
    };
  }

  /** Reads all there is. */
  private record Reading() implements FlightService {
    @Override
    public void doPut(CallContext call, FlightSource in, Acknowledgements out) {
      for (FlightData data = in.next(); data != null; data = in.next()) {
        data.close();
      }
    }
  }

  /** Reads nothing before it may. */
  private record Waiting(CountDownLatch mayRead) implements FlightService {
    @Override
    public void doPut(CallContext call, FlightSource in, Acknowledgements out) {
      try {
        mayRead.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
