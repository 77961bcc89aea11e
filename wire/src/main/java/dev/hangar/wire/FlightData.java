package dev.hangar.wire;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One message of a data stream: IPC metadata and body, application metadata, or both; the first of
 * an upload has a descriptor too.
 *
 * <p>Owned by whoever holds it, who closes it once. Its buffers are valid until then; nobody may
 * change them or move their positions. Not thread-safe, but may be handed from thread to thread.
 */
public final class FlightData implements AutoCloseable {
  private static final ByteBuffer NO_BYTES = ByteBuffer.allocate(0);

  private final @Nullable FlightDescriptor descriptor;
  private final ByteBuffer header;
  private final @Nullable ByteBuffer appMetadata;
  private final @Nullable List<ByteBuffer> body;
  private final Runnable release;
  private final AtomicBoolean closed = new AtomicBoolean();

  /**
   * A message.
   *
   * @param header a bare IPC message, empty for none
   * @param appMetadata null for none
   * @param body the pieces of the body, each padded to 8 bytes; null where the message has no body
   *     (a schema, or application metadata alone)
   * @param release frees the buffers; runs once, on any thread, and must not block
   */
  public FlightData(
      @Nullable FlightDescriptor descriptor,
      ByteBuffer header,
      @Nullable ByteBuffer appMetadata,
      @Nullable List<ByteBuffer> body,
      Runnable release) {
    this.descriptor = descriptor;
    this.header = header;
    this.appMetadata = appMetadata;
    this.body = body;
    this.release = release;
  }

  /** A schema message. */
  public static FlightData schema(@Nullable FlightDescriptor descriptor, ByteBuffer header) {
    return new FlightData(descriptor, header, null, null, () -> {});
  }

  /** A record or dictionary batch. */
  public static FlightData batch(
      ByteBuffer header,
      @Nullable ByteBuffer appMetadata,
      List<ByteBuffer> body,
      Runnable release) {
    return new FlightData(null, header, appMetadata, body, release);
  }

  /** Application metadata alone. */
  public static FlightData metadata(ByteBuffer appMetadata) {
    return new FlightData(null, NO_BYTES, appMetadata, null, () -> {});
  }

  /** A descriptor alone. */
  public static FlightData descriptor(FlightDescriptor descriptor) {
    return new FlightData(descriptor, NO_BYTES, null, null, () -> {});
  }

  /** This message without its descriptor, in place of this one. */
  public FlightData withoutDescriptor() {
    return new FlightData(null, header, appMetadata, body, this::close);
  }

  /** What the stream is about, where this message says so. */
  public @Nullable FlightDescriptor descriptor() {
    return descriptor;
  }

  /** The bare IPC message; empty where there is none. */
  public ByteBuffer header() {
    return header;
  }

  /** The application's metadata; null where there is none. */
  public @Nullable ByteBuffer appMetadata() {
    return appMetadata;
  }

  /** The body's pieces, in order; one where it was received. */
  public List<ByteBuffer> body() {
    return body == null ? List.of() : body;
  }

  /** Whether a body, if only an empty one, belongs to this message. */
  boolean hasBody() {
    return body != null;
  }

  /** Bytes of the body. */
  public long bodyBytes() {
    long bytes = 0;
    for (ByteBuffer piece : body()) {
      bytes += piece.remaining();
    }
    return bytes;
  }

  /** Frees the buffers; again does nothing. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      release.run();
    }
  }
}
