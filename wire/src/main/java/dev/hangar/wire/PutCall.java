package dev.hangar.wire;

import com.google.protobuf.ByteString;
import dev.hangar.wire.grpc.ClientStream;
import dev.hangar.wire.grpc.Metadata;
import dev.hangar.wire.proto.PutResult;
import org.jspecify.annotations.Nullable;

/**
 * An upload. Send the batches, say {@link #completed}, and read the results to the end: only then
 * is it known that the server has taken all. One thread sends; another may read results meanwhile.
 */
public final class PutCall implements FlightSink, AutoCloseable {
  private final ClientStream<byte[]> stream;
  private boolean ended;

  PutCall(ClientStream<byte[]> stream) {
    this.stream = stream;
  }

  @Override
  public void send(FlightData data) {
    stream.send(FlightDataEncoder.encode(data));
  }

  @Override
  public void sendWithNext(FlightData data) {
    stream.sendWithNext(FlightDataEncoder.encode(data));
  }

  /** Says that no more batches follow. */
  public void completed() {
    stream.halfClose();
  }

  /**
   * The application metadata of the next acknowledgement; null behind the last, when the upload is
   * done. Blocks.
   *
   * @throws dev.hangar.wire.grpc.StatusException the upload failed
   */
  public @Nullable ByteString result() {
    byte[] message = stream.receive();
    if (message == null) {
      ended = true;
      return null;
    }
    return FlightMethods.parse(PutResult.parser(), message).getAppMetadata();
  }

  /**
   * Says that acknowledgements are not read, however many come: {@link #result} waits for the end
   * alone.
   */
  public void ignoreResults() {
    stream.ignore();
  }

  /** What the server said at the end, once {@link #result} has told of it; before, nothing. */
  public Metadata trailers() {
    return stream.trailers();
  }

  /** Cancels the upload, if its results have not been read to the end. */
  @Override
  public void close() {
    if (!ended) {
      stream.cancel();
    }
  }
}
