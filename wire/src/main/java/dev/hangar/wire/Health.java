package dev.hangar.wire;

import com.google.protobuf.MessageLite;
import dev.hangar.wire.grpc.BytesDecoder;
import dev.hangar.wire.grpc.GrpcMethod;
import dev.hangar.wire.grpc.OutboundMessage;
import dev.hangar.wire.grpc.ServerStream;
import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import dev.hangar.wire.proto.HealthCheckRequest;
import dev.hangar.wire.proto.HealthCheckResponse;
import dev.hangar.wire.proto.HealthCheckResponse.ServingStatus;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * gRPC's health service (gRPC {@code doc/health-checking.md}): a server is well until it drains.
 * Thread-safe.
 */
final class Health {
  private static final String SERVICE = "grpc.health.v1.Health";

  /** How long a watcher may have gone before its thread notices. */
  private static final long LOOK_MILLIS = 500;

  private final Set<String> services;
  private final CountDownLatch draining = new CountDownLatch(1);

  /** The health of {@code services}, and of the server as a whole. */
  Health(Set<String> services) {
    this.services = services;
  }

  List<GrpcMethod<?>> methods() {
    return List.of(
        new GrpcMethod<>("/" + SERVICE + "/Check", false, Health::bytes, this::check),
        new GrpcMethod<>("/" + SERVICE + "/Watch", false, Health::bytes, this::watch));
  }

  /** Says from now on that nothing is served; watchers are told, and their calls end. */
  void drain() {
    draining.countDown();
  }

  private static BytesDecoder bytes() {
    return new BytesDecoder(Limits.METADATA_BYTES);
  }

  private void check(ServerStream<byte[]> stream) {
    String service = service(stream);
    if (!knows(service)) {
      throw new StatusException(
          StatusCode.NOT_FOUND, "no service " + service + " here; there is " + services);
    }
    send(stream, isDraining() ? ServingStatus.NOT_SERVING : ServingStatus.SERVING);
  }

  private void watch(ServerStream<byte[]> stream) throws InterruptedException {
    boolean known = knows(service(stream));
    if (!known) {
      send(stream, ServingStatus.SERVICE_UNKNOWN);
    } else if (!isDraining()) {
      send(stream, ServingStatus.SERVING);
    }
    while (!draining.await(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
      if (stream.isCancelled()) {
        return;
      }
    }
    if (known) {
      send(stream, ServingStatus.NOT_SERVING);
    }
    throw new StatusException(StatusCode.UNAVAILABLE, "the server is shutting down");
  }

  private boolean knows(String service) {
    return service.isEmpty() || service.equals(SERVICE) || services.contains(service);
  }

  private boolean isDraining() {
    return draining.getCount() == 0;
  }

  private static String service(ServerStream<byte[]> stream) {
    return FlightMethods.request(stream, HealthCheckRequest.parser()).getService();
  }

  private static void send(ServerStream<?> stream, ServingStatus status) {
    MessageLite answer = HealthCheckResponse.newBuilder().setStatus(status).build();
    stream.send(OutboundMessage.of(answer.toByteArray()));
  }
}
