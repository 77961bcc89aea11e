package dev.hangar.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import dev.hangar.wire.memory.BodyPool;
import dev.hangar.wire.memory.MemoryBudget;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** FlightData that lies about itself is INVALID_ARGUMENT, and costs next to nothing. */
@Timeout(600)
class HostileDataTest {
  private static final int MESSAGES_A_CONNECTION = 100;
  private static final long EXTRA_BYTES_MAX = 1 << 20;

  @Test
  void theDecoderRefusesIt() throws IOException {
    var trials = new Trials("H-2 hostile FlightData, decoded");
    var random = trials.random();
    var messages = new HostileMessages(random);
    var pool = new BodyPool(MemoryBudget.unlimited());
    int count = Trials.count(1_000, 10_000);
    long most = 0;
    for (int i = 0; i < count; i++) {
      HostileMessages.Kind kind = kind(i);
      if (kind == HostileMessages.Kind.GRPC_LENGTH_OF_2_GIB) {
        continue; // which the decoder never sees
      }
      byte[] message = messages.next(kind);
      most = Math.max(most, extraBytes(pool, message, random, trials.replay() + " " + kind));
      assertThat(pool.liveBytes()).as(trials.replay()).isZero();
    }
    pool.close();
    trials.report(count, 0, "at most " + most + " bytes extra");
    assertThat(most).as(trials.replay()).isLessThanOrEqualTo(EXTRA_BYTES_MAX);
  }

  /** The most memory that was taken before the message was refused. */
  private static long extraBytes(BodyPool pool, byte[] message, Random random, String replay) {
    var decoder = new FlightDataDecoder(pool);
    long most = 0;
    int length = Unpooled.wrappedBuffer(message).getInt(1);
    try {
      decoder.begin(length);
      for (int at = 5; at < message.length; ) {
        int piece = Math.min(1 + random.nextInt(10_000), message.length - at);
        decoder.read(Unpooled.wrappedBuffer(message, at, piece));
        at += piece;
        most = Math.max(most, pool.liveBytes());
      }
      if (message.length - 5 == length) {
        decoder.end().close();
        throw new AssertionError(replay + ": a hostile message was accepted");
      }
      decoder.abort(); // the stream ends within the message
    } catch (StatusException refused) {
      decoder.abort();
      assertThat(refused.code()).as(replay).isEqualTo(StatusCode.INVALID_ARGUMENT);
    }
    return most;
  }

  @Test
  void theServerRefusesIt() throws Exception {
    var trials = new Trials("H-2 hostile FlightData, sent");
    int count = Trials.count(1_000, 10_000);
    long most = 0;
    try (FlightServer server = FlightServer.builder(new Reading()).start()) {
      for (int sent = 0; sent < count; sent += MESSAGES_A_CONNECTION) {
        most = Math.max(most, exchange(server, trials, sent));
        assertThat(server.bodyBytes()).as(trials.replay()).isZero();
      }
    }
    trials.report(count, 0, "at most " + most + " bytes held by " + MESSAGES_A_CONNECTION);
    assertThat(most).isLessThanOrEqualTo(MESSAGES_A_CONNECTION * EXTRA_BYTES_MAX);
  }

  private static long exchange(FlightServer server, Trials trials, int first) throws Exception {
    var messages = new HostileMessages(new Random(trials.random().nextLong() + first));
    var responses = new DefaultHttp2HeadersDecoder();
    try (var peer = new RawPeer(server.port())) {
      peer.preface().acknowledge();
      for (int i = 0; i < MESSAGES_A_CONNECTION; i++) {
        peer.request(2 * i + 1, "DoPut");
        sendInFrames(peer, 2 * i + 1, messages.next(kind(first + i)));
      }
      long most = server.bodyBytes();
      for (int i = 0; i < MESSAGES_A_CONNECTION; i++) {
        peer.frame(RawPeer.DATA, RawPeer.END_STREAM, 2 * i + 1, new byte[0]);
      }
      for (int i = 0; i < MESSAGES_A_CONNECTION; i++) {
        RawPeer.Frame frame = peer.await(RawPeer.HEADERS);
        assertThat(frame).as(trials.replay()).isNotNull();
        Http2Headers trailers =
            responses.decodeHeaders(frame.streamId(), Unpooled.wrappedBuffer(frame.payload()));
        assertThat(trailers.get("grpc-status"))
            .as("%s: %s: %s", trials.replay(), kind(first + frame.streamId() / 2), trailers)
            .hasToString(Integer.toString(StatusCode.INVALID_ARGUMENT.number()));
      }
      return most;
    }
  }

  private static void sendInFrames(RawPeer peer, int stream, byte[] message) throws IOException {
    for (int at = 0; at < message.length; at += 16 << 10) {
      int end = Math.min(message.length, at + (16 << 10));
      peer.frame(RawPeer.DATA, 0, stream, java.util.Arrays.copyOfRange(message, at, end));
    }
  }

  private static HostileMessages.Kind kind(int i) {
    return HostileMessages.Kind.values()[i % HostileMessages.Kind.values().length];
  }

  private static final class Reading implements FlightService {
    @Override
    public void doPut(CallContext call, FlightSource in, Acknowledgements out) {
      for (FlightData data; (data = in.next()) != null; ) {
        data.close();
      }
    }
  }
}
