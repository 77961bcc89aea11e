package dev.hangar.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hangar.wire.grpc.GrpcServer;
import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import dev.hangar.wire.http2.ConnectionHandler;
import dev.hangar.wire.memory.BodyPool;
import dev.hangar.wire.memory.MemoryBudget;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a connection does about peers that begin and don't go on. Its time is the test's. */
@Timeout(60)
class SlowPeerTest {
  /** This test's time passes by hours, and its peer answers no PING. */
  private static final ConnectionTimes NEVER =
      ConnectionTimes.SERVER.withKeepAlive(Duration.ofDays(9), Duration.ofDays(9));

  private static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
  private static final byte[] SETTINGS = RawPeer.bytes(RawPeer.SETTINGS, 0, 0, new byte[0]);
  private static final byte[] SETTINGS_ACK =
      RawPeer.bytes(RawPeer.SETTINGS, RawPeer.ACK, 0, new byte[0]);
  private static final Duration INSTANT = Duration.ofSeconds(1);

  /** Time passes in steps, so that what is scheduled within it has its turn. */
  private static final long STEP_MILLIS = 100;

  private final BodyPool pool = new BodyPool(MemoryBudget.unlimited());
  private final List<Runnable> handlers = new ArrayList<>();
  private EmbeddedChannel channel;

  @BeforeEach
  void connect() {
    var calls =
        new GrpcServer(
            FlightMethods.of(new FlightService() {}, pool),
            handlers::add,
            thrown -> new StatusException(StatusCode.INTERNAL, String.valueOf(thrown)));
    channel = new EmbeddedChannel(ConnectionHandler.server(calls, NEVER));
    channel.freezeTime();
  }

  @AfterEach
  void nothingIsLeft() {
    channel.finishAndReleaseAll();
    assertThat(pool.liveBytes()).isZero();
    pool.close();
  }

  @Test
  void aPrefaceHasItsTime() {
    write(Arrays.copyOf(PREFACE, 10));
    pass(Limits.PREFACE_TIME.minus(INSTANT));
    assertThat(channel.isOpen()).isTrue();
    pass(INSTANT.multipliedBy(2));
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void aFrameThatBeganHasItsTime() {
    greet();
    byte[] ping = RawPeer.bytes(RawPeer.PING, 0, 0, new byte[8]);
    write(Arrays.copyOf(ping, 12));
    pass(Limits.HEADER_TIME.minus(INSTANT));
    write(Arrays.copyOfRange(ping, 12, ping.length));
    pass(Limits.HEADER_TIME.multipliedBy(3));
    assertThat(channel.isOpen()).as("it became whole in time").isTrue();

    write(Arrays.copyOf(ping, 12));
    pass(Limits.HEADER_TIME.minus(INSTANT));
    assertThat(channel.isOpen()).isTrue();
    pass(INSTANT.multipliedBy(2));
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void headersMayNotDribble() {
    greet();
    write(RawPeer.bytes(RawPeer.HEADERS, 0, 1, new byte[0]));
    for (int i = 0; i < 5; i++) {
      pass(Limits.HEADER_TIME.dividedBy(4));
      write(RawPeer.bytes(RawPeer.CONTINUATION, 0, 1, new byte[] {(byte) 0x82}));
    }
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void framesThatEachTakeAWhileMayBeMany() {
    greet();
    byte[] ping = RawPeer.bytes(RawPeer.PING, 0, 0, new byte[8]);
    for (int i = 0; i < 20; i++) {
      write(Arrays.copyOf(ping, 12));
      pass(Limits.HEADER_TIME.dividedBy(2));
      write(Arrays.copyOfRange(ping, 12, ping.length));
    }
    assertThat(channel.isOpen()).isTrue();
  }

  @Test
  void aMessageThatBeganGoesOn() {
    greet();
    request(1, "DoPut");
    write(data(1, new byte[] {0, 0, 1, 0, 0, (byte) 0xC2, 0x3E, (byte) 0x80, (byte) 0x80, 2}));
    write(data(1, new byte[10]));
    assertThat(pool.liveBytes()).as("a body has begun").isPositive();
    pass(Limits.STALL_TIME.multipliedBy(2).minus(INSTANT));
    assertThat(sent()).doesNotContain("grpc-status");
    assertThat(pool.liveBytes()).isPositive();
    pass(INSTANT.multipliedBy(2));
    assertThat(sent()).contains("the rest of a message did not come");
    assertThat(pool.liveBytes()).isZero();
  }

  @Test
  void aMessageMayTakeLongWhereItMoves() {
    greet();
    request(1, "DoPut");
    write(data(1, new byte[] {0, 0, 15, 0, 0, (byte) 0x7A, (byte) 0xF8, (byte) 0xFF, 0x3B}));
    for (int i = 0; i < 20; i++) {
      write(data(1, new byte[Limits.STALL_BYTES]));
      pass(Limits.STALL_TIME);
    }
    assertThat(sent()).doesNotContain("grpc-status");
    for (int i = 0; i < 3; i++) {
      write(data(1, new byte[Limits.STALL_BYTES - 1]));
      pass(Limits.STALL_TIME);
    }
    assertThat(sent()).contains("the rest of a message did not come");
  }

  @Test
  void aRequestWithoutItsMessageEnds() {
    greet();
    request(1, "DoGet");
    pass(Limits.STALL_TIME.multipliedBy(2).minus(INSTANT));
    assertThat(sent()).doesNotContain("grpc-status");
    pass(INSTANT.multipliedBy(2));
    assertThat(sent()).contains("the rest of a message did not come");
  }

  @Test
  void aStreamOfMessagesMayPause() {
    greet();
    request(1, "DoPut");
    write(data(1, new byte[5]));
    pass(Duration.ofHours(1));
    assertThat(sent()).doesNotContain("grpc-status");
    assertThat(channel.isOpen()).isTrue();
  }

  @Test
  void controlFramesAreCountedAnewInEachPeriod() {
    greet();
    byte[] ping = RawPeer.bytes(RawPeer.PING, 0, 0, new byte[8]);
    for (int period = 0; period < 3; period++) {
      for (int i = 1; i < Limits.CONTROL_FRAMES; i++) {
        write(ping);
      }
      pass(Limits.CONTROL_PERIOD.plus(INSTANT));
    }
    assertThat(channel.isOpen()).isTrue();
  }

  private void greet() {
    write(PREFACE);
    write(SETTINGS);
    write(SETTINGS_ACK);
  }

  private void request(int streamId, String method) {
    write(
        RawPeer.bytes(
            RawPeer.HEADERS,
            RawPeer.END_HEADERS,
            streamId,
            RawPeer.headerBlock(RawPeer.requestHeaders(method, "10H"))));
  }

  private static byte[] data(int streamId, byte[] payload) {
    return RawPeer.bytes(RawPeer.DATA, 0, streamId, payload);
  }

  private void write(byte[] bytes) {
    if (channel.isOpen()) {
      channel.writeInbound(Unpooled.wrappedBuffer(bytes));
    }
  }

  private void pass(Duration time) {
    for (long left = time.toMillis(); left > 0; left -= STEP_MILLIS) {
      channel.advanceTimeBy(Math.min(left, STEP_MILLIS), TimeUnit.MILLISECONDS);
      channel.runPendingTasks();
    }
  }

  /** What was sent since this was last asked, as text where it is. */
  private String sent() {
    channel.runPendingTasks();
    var all = new ByteArrayOutputStream();
    for (ByteBuf piece; (piece = channel.readOutbound()) != null; piece.release()) {
      all.writeBytes(ByteBufUtil.getBytes(piece));
    }
    return all.toString(java.nio.charset.StandardCharsets.ISO_8859_1);
  }
}
