package dev.hangar.server;

import dev.hangar.store.Batch;
import dev.hangar.store.OpenPart;
import dev.hangar.store.TablePart;
import dev.hangar.store.TableVersion;
import dev.hangar.wire.FlightData;
import dev.hangar.wire.FlightSink;
import dev.hangar.wire.grpc.StatusException;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Parts of a version on their way to a client. For one thread. */
final class Download {
  private static final ByteBuffer NO_BYTES = ByteBuffer.allocate(0);

  private final TableVersion version;
  private final FlightSink out;
  private final CallLog.Entry entry;
  private @Nullable ByteBuffer first;
  private long rows;
  private long bytes;

  /** A download of {@code version}, whose lease stays the caller's. */
  Download(TableVersion version, FlightSink out, CallLog.Entry entry) {
    this.version = version;
    this.out = out;
    this.entry = entry;
  }

  /** Has the first message with rows carry this application metadata. */
  Download withFirst(ByteBuffer metadata) {
    first = metadata;
    return this;
  }

  /**
   * Sends the schema and the messages of {@code parts}.
   *
   * @param skipped how many record batches, and what lies between them but dictionaries, the client
   *     has already
   * @throws StatusException INVALID_ARGUMENT: there are not so many
   */
  void send(List<TablePart> parts, long skipped) {
    out.sendWithNext(FlightData.schema(null, version.schema()));
    long left = skipped;
    for (TablePart part : parts) {
      try (OpenPart open = part.open()) {
        left = send(open, left);
      }
    }
    if (left > 0) {
      throw CallHeaders.tooManySkipped(skipped, skipped - left);
    }
    entry.size(rows, bytes);
  }

  /** Sends a part but for its first batches; how many are left to leave out of the next. */
  private long send(OpenPart part, long skipped) {
    long left = skipped;
    for (Batch batch : part.batches()) {
      if (left == 0 || batch.isDictionary()) {
        send(batch, part.retain());
      } else if (batch.metadata() != null) {
        left--;
      }
    }
    return left;
  }

  private void send(Batch batch, OpenPart lease) {
    out.sendWithNext(message(batch, lease));
    rows += batch.rows();
    bytes += batch.bodyBytes();
    entry.size(rows, bytes);
  }

  /** The message that a batch came as; {@code lease} is closed when it has been sent. */
  private FlightData message(Batch batch, OpenPart lease) {
    ByteBuffer metadata = batch.metadata();
    ByteBuffer told = batch.rows() == 0 || first == null ? batch.appMetadata() : first;
    first = batch.rows() == 0 ? first : null;
    return new FlightData(
        null,
        metadata == null ? NO_BYTES : metadata,
        told,
        metadata == null ? null : List.of(batch.body()),
        lease::close);
  }
}
