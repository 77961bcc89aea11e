package dev.hangar.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hangar.wire.proto.HealthCheckRequest;
import dev.hangar.wire.proto.HealthCheckResponse;
import dev.hangar.wire.proto.HealthCheckResponse.ServingStatus;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Headers;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a load balancer hears when it asks how a server is. */
@Timeout(60)
class HealthTest {
  private static final int ACK = 1;

  private final DefaultHttp2HeadersDecoder hpack = new DefaultHttp2HeadersDecoder();
  private FlightServer server;
  private RawPeer peer;

  @BeforeEach
  void start() throws Exception {
    server = FlightServer.builder(new EndlessService()).start();
    peer = new RawPeer(server.port()).preface();
  }

  @AfterEach
  void stop() throws Exception {
    peer.close();
    server.close();
    assertThat(server.bodyBytes()).isZero();
  }

  @Test
  void theServerAndItsServicesAreWell() throws Exception {
    int stream = 1;
    for (String service : new String[] {"", FlightMethods.SERVICE, "grpc.health.v1.Health"}) {
      ask(stream, "Check", service);
      assertThat(answer()).isEqualTo(ServingStatus.SERVING);
      assertThat(status()).isEqualTo("0");
      stream += 2;
    }
  }

  @Test
  void othersAreNotFound() throws Exception {
    ask(1, "Check", "no.such.Service");
    assertThat(status()).isEqualTo("5");
    ask(3, "Watch", "no.such.Service");
    assertThat(answer()).isEqualTo(ServingStatus.SERVICE_UNKNOWN);
  }

  @Test
  void whoWatchesOrAsksIsToldWhenTheServerDrains() throws Exception {
    ask(1, "Watch", "");
    assertThat(answer()).isEqualTo(ServingStatus.SERVING);
    Thread closing = Thread.ofVirtual().start(() -> server.close(Duration.ofSeconds(30)));
    RawPeer.Frame ping = null;
    RawPeer.Frame told = null;
    while (ping == null || told == null) { // in either order
      RawPeer.Frame frame = peer.read();
      ping = frame.type() == RawPeer.PING ? frame : ping;
      told = frame.type() == RawPeer.DATA ? frame : told;
    }
    assertThat(status(told)).isEqualTo(ServingStatus.NOT_SERVING);
    ask(3, "Check", "");
    assertThat(answer()).isEqualTo(ServingStatus.NOT_SERVING);
    peer.frame(RawPeer.PING, ACK, 0, ping.payload());
    assertThat(peer.endsInOrder()).isTrue();
    peer.close();
    closing.join();
  }

  private void ask(int stream, String method, String service) throws Exception {
    byte[] request = HealthCheckRequest.newBuilder().setService(service).build().toByteArray();
    peer.headers(
            stream,
            Map.of(
                ":method", "POST",
                ":scheme", "http",
                ":path", "/grpc.health.v1.Health/" + method,
                ":authority", "test",
                "content-type", "application/grpc",
                "te", "trailers"))
        .frame(
            RawPeer.DATA,
            RawPeer.END_STREAM,
            stream,
            ByteBuffer.allocate(5 + request.length)
                .put((byte) 0)
                .putInt(request.length)
                .put(request)
                .array());
  }

  private ServingStatus answer() throws Exception {
    return status(peer.await(RawPeer.DATA));
  }

  private static ServingStatus status(RawPeer.Frame data) throws Exception {
    byte[] message = data.payload();
    return HealthCheckResponse.parseFrom(Arrays.copyOfRange(message, 5, message.length))
        .getStatus();
  }

  /** The code in the next trailers. */
  private String status() throws Exception {
    RawPeer.Frame frame;
    Http2Headers headers;
    do {
      frame = peer.await(RawPeer.HEADERS);
      headers = hpack.decodeHeaders(frame.streamId(), Unpooled.wrappedBuffer(frame.payload()));
    } while ((frame.flags() & RawPeer.END_STREAM) == 0);
    return String.valueOf(headers.get("grpc-status"));
  }
}
