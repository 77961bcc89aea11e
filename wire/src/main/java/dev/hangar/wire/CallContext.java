package dev.hangar.wire;

import dev.hangar.wire.grpc.Metadata;
import dev.hangar.wire.grpc.ServerStream;
import java.net.SocketAddress;
import java.util.List;

/** The circumstances of one call, for the service that handles it. Thread-safe. */
public final class CallContext {
  private final ServerStream<?> stream;

  CallContext(ServerStream<?> stream) {
    this.stream = stream;
  }

  /** The caller's metadata. */
  public Metadata headers() {
    return stream.headers();
  }

  /** The host and port that the caller addressed, as it wrote them. */
  public String authority() {
    return stream.authority();
  }

  /**
   * Where this service is, as the caller got here; with the connection itself, where it may be that
   * the caller could not find it again.
   */
  public List<Location> locations() {
    Location listener = stream.channel().attr(Listener.LOCATION).get();
    if (listener.scheme() == Location.Scheme.UNIX) {
      return List.of(listener, Location.REUSE_CONNECTION); // a container may see other paths
    }
    boolean secure = listener.scheme() == Location.Scheme.TLS;
    Location here = new Location((secure ? "grpc+tls://" : "grpc://") + authority());
    return List.of(here.hasPort() ? here : Location.REUSE_CONNECTION);
  }

  /** Where the caller is. */
  public SocketAddress peer() {
    return stream.peer();
  }

  /**
   * What ties this call to others in somebody's traces: of the caller's {@code traceparent} header,
   * or made up; 32 hexadecimal digits. Failures carry it.
   */
  public String traceId() {
    return stream.traceId();
  }

  /** Whether the caller has gone, or its time is up. */
  public boolean isCancelled() {
    return stream.isCancelled();
  }

  /** Sets metadata to send with the first message, or with the status where there is none. */
  public void responseHeaders(Metadata metadata) {
    stream.responseHeaders(metadata);
  }

  /** Sets metadata to send with the status, where the call ends well: what is known only then. */
  public void trailers(Metadata metadata) {
    stream.trailers(metadata);
  }
}
