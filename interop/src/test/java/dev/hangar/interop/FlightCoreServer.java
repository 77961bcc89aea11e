package dev.hangar.interop;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.UUID;
import org.apache.arrow.flight.CallHeaders;
import org.apache.arrow.flight.CallInfo;
import org.apache.arrow.flight.CallStatus;
import org.apache.arrow.flight.FlightServer;
import org.apache.arrow.flight.FlightServerMiddleware;
import org.apache.arrow.flight.Location;
import org.apache.arrow.flight.RequestContext;
import org.apache.arrow.flight.ServerSessionMiddleware;
import org.apache.arrow.flight.auth.BasicServerAuthHandler;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;

/** One scenario's server on flight-core, in this process. */
record FlightCoreServer(FlightServer server, BufferAllocator allocator) implements Peer.Server {
  static final FlightServerMiddleware.Key<ServerSessionMiddleware> SESSIONS =
      FlightServerMiddleware.Key.of("sessions");

  private static final FlightServerMiddleware.Key<EchoedHeader> HEADER =
      FlightServerMiddleware.Key.of("header");

  static FlightCoreServer start(Scenario scenario) {
    var allocator = new RootAllocator();
    var producer = new FlightCoreProducer(scenario, allocator);
    var builder =
        FlightServer.builder(allocator, Location.forGrpcInsecure("127.0.0.1", 0), producer);
    switch (scenario) {
      case AUTH -> builder.authHandler(new BasicServerAuthHandler(new Credentials()));
      case MIDDLEWARE -> builder.middleware(HEADER, EchoedHeader::of);
      case SESSION_OPTIONS ->
          builder.middleware(
              SESSIONS, new ServerSessionMiddleware.Factory(() -> UUID.randomUUID().toString()));
      default -> {}
    }
    try {
      var server = builder.build().start();
      producer.isAt(server.getLocation());
      return new FlightCoreServer(server, allocator);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The one user's; the token is the user's name. */
  private static final class Credentials implements BasicServerAuthHandler.BasicAuthValidator {
    @Override
    public byte[] getToken(String username, String password) {
      if (!username.equals(Scenario.USER) || !password.equals(Scenario.PASSWORD)) {
        throw CallStatus.UNAUTHENTICATED.withDescription("wrong password").toRuntimeException();
      }
      return username.getBytes(UTF_8);
    }

    @Override
    public Optional<String> isValid(byte[] token) {
      return Optional.ofNullable(token)
          .map(bytes -> new String(bytes, UTF_8))
          .filter(Scenario.USER::equals);
    }
  }

  /** Sends a header back to who sent it, whatever becomes of the call. */
  private record EchoedHeader(String value) implements FlightServerMiddleware {
    static EchoedHeader of(CallInfo info, CallHeaders headers, RequestContext context) {
      return new EchoedHeader(headers.get(Scenario.HEADER));
    }

    @Override
    public void onBeforeSendingHeaders(CallHeaders headers) {
      if (value != null) {
        headers.insert(Scenario.HEADER, value);
      }
    }

    @Override
    public void onCallCompleted(CallStatus status) {}

    @Override
    public void onCallErrored(Throwable error) {}
  }

  @Override
  public int port() {
    return server.getPort();
  }

  @Override
  public void close() {
    try {
      server.close();
      allocator.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while a server closed", e);
    }
  }
}
