package dev.hangar.client;

import dev.hangar.wire.FlightDescriptor;
import dev.hangar.wire.grpc.Metadata;
import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import java.io.IOException;
import java.util.OptionalLong;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;

/**
 * A table on its way to a Hangar in parts, which go over several connections at the same time. Each
 * is held in memory until the server has it, and sent again if its connection breaks; they become
 * the table all at once, in the order of their rows. What fits into one part is one put.
 *
 * <pre>
 *   read part 0 → that is all:   put it
 *               → there is more: start the upload, send part 0 on lane 0
 *   read part 1                  send it on lane 1
 *   read part 2                  send it on lane 0, as soon as that is free
 *   …                            wait for all lanes, finish the upload
 * </pre>
 *
 * <p>Whoever runs it reads. For one thread.
 */
final class PartedPut {
  /** What stays the same for all tables of a client. */
  record Means(
      Connections connections,
      BufferAllocator allocator,
      Operation operation,
      UploadSession session,
      long partBytes,
      int lanes) {}

  private final Means means;
  private final String name;
  private final PutOptions how;
  private final Metadata headers;
  private final SharedProgress progress;
  private int parts;

  /** A put that has not begun. */
  PartedPut(Means means, String name, PutOptions how, Progress progress) {
    this.means = means;
    this.name = name;
    this.how = how;
    this.headers = how.headers();
    this.progress = new SharedProgress(progress);
  }

  /** Sends all rows; from the first again where the server has forgotten those that had come. */
  TransferSummary run(RowSource source) throws IOException {
    var attempts = resuming();
    while (true) {
      try (var reader = source.open();
          var rows = partReader(reader, source.memory(reader))) {
        return summary(send(rows));
      } catch (StatusException e) {
        attempts.failed(e, isForgotten(e));
        progress.repeated();
        progress.add(-progress.rows(), -progress.bytes());
      }
    }
  }

  private PartReader partReader(ArrowReader reader, BatchMemory memory) throws IOException {
    return new PartReader(reader, means.allocator, memory, means.partBytes);
  }

  private TransferSummary summary(long version) {
    return new TransferSummary(
        progress.rows(),
        progress.bytes(),
        means.operation.elapsed(),
        version > 0 ? OptionalLong.of(version) : OptionalLong.empty(),
        parts,
        progress.repeats());
  }

  /** Sends all; the version it became. */
  private long send(PartReader rows) throws IOException {
    parts = 1;
    var first = rows.next();
    if (!rows.isAtEnd()) {
      return sendParts(first, rows);
    }
    try (first) {
      var attempts = new Attempts(means.operation);
      return send(first, rows, 0, FlightDescriptor.path(name.split("/", -1)), headers, attempts);
    }
  }

  private long sendParts(HeldPart first, PartReader rows) throws IOException {
    try {
      means.session.start(name, how);
    } catch (RuntimeException | Error e) {
      first.close();
      throw e;
    }
    try (var lanes = new Lanes(means.lanes)) {
      send(first, rows, lanes);
      for (; !rows.isAtEnd(); parts++) {
        send(rows.next(), rows, lanes);
      }
      lanes.awaitAll();
      return means.session.finish(resuming()).version();
    } catch (IOException | RuntimeException | Error e) {
      means.session.abort(e);
      throw e;
    }
  }

  private void send(HeldPart part, PartReader rows, Lanes lanes) {
    var descriptor = means.session.part(part.number());
    lanes.send(part, lane -> send(part, rows, lane, descriptor, Metadata.EMPTY, resuming()));
  }

  /** Sends a part until it is there; the version that became of it, where it is all. */
  private long send(
      HeldPart part,
      PartReader rows,
      int lane,
      FlightDescriptor descriptor,
      Metadata more,
      Attempts attempts) {
    while (true) {
      long[] sent = new long[2];
      try (var stream = open(lane, more)) {
        stream.begin(descriptor, rows.schema());
        part.sendTo(
            stream,
            (newRows, newBytes) -> {
              progress.add(newRows, newBytes);
              sent[0] += newRows;
              sent[1] += newBytes;
            });
        stream.end();
        return stream.version();
      } catch (StatusException e) {
        attempts.failed(e, Attempts.mayRead(e));
        progress.repeated();
        progress.add(-sent[0], -sent[1]);
      }
    }
  }

  private PutStream open(int lane, Metadata more) {
    var options = means.operation.call().headers(more);
    return new PutStream(means.connections.lane(lane).doPut(options), means.allocator);
  }

  private Attempts resuming() {
    return Attempts.resuming(means.operation, progress::waiting);
  }

  private static boolean isForgotten(StatusException failure) {
    return failure.code() == StatusCode.NOT_FOUND
        && failure.detail().filter(detail -> detail.code().equals("UPLOAD_NOT_FOUND")).isPresent();
  }
}
