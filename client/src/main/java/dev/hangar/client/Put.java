package dev.hangar.client;

import dev.hangar.wire.grpc.StatusException;
import java.io.IOException;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * A table on its way to the server, begun anew while the server has certainly not acted, or would
 * know it again, and the rows are still here: those of a reader are gone once it was asked for a
 * second batch.
 */
final class Put {
  /** Where the rows come from. */
  interface Source {
    /** Loads the next batch; false if there is none. */
    boolean next() throws IOException;
  }

  /** What is done with a batch once it is handed to the wire. */
  interface Sent {
    void batch(Upload upload);
  }

  private final Source source;
  private final Sent sent;
  private final boolean isKept;
  private final BooleanSupplier knowsAgain;
  private int batches;
  private int repeats;
  private boolean isReading;
  private boolean isEnded;

  /**
   * @param isKept whether the last batch stays loaded when there is no other
   * @param knowsAgain whether the server would not act twice; asked when an answer was lost
   */
  Put(Source source, boolean isKept, BooleanSupplier knowsAgain, Sent sent) {
    this.source = source;
    this.isKept = isKept;
    this.knowsAgain = knowsAgain;
    this.sent = sent;
  }

  /** Sends all rows; {@code begin} makes an upload that has sent what comes before them. */
  TransferSummary run(Operation operation, Supplier<Upload> begin) throws IOException {
    var attempts = new Attempts(operation);
    while (true) {
      try (var upload = begin.get()) {
        sendAll(upload);
        return summary(upload, operation);
      } catch (StatusException e) {
        attempts.failed(e, isWhole() && mayRepeat(e));
        repeats++;
      }
    }
  }

  private boolean mayRepeat(StatusException failure) {
    return Attempts.mayWrite(failure) || (Attempts.mayRead(failure) && knowsAgain.getAsBoolean());
  }

  private TransferSummary summary(Upload upload, Operation operation) {
    long version = upload.version();
    return new TransferSummary(
        upload.rows(),
        upload.bytes(),
        operation.elapsed(),
        version > 0 ? OptionalLong.of(version) : OptionalLong.empty(),
        1,
        repeats);
  }

  private void sendAll(Upload upload) throws IOException {
    for (boolean isBatch = batches == 1 || next(); isBatch; isBatch = next()) {
      upload.sendBatch();
      sent.batch(upload);
    }
    upload.end();
  }

  private boolean next() throws IOException {
    if (isEnded) {
      return false;
    }
    isReading = true; // and stays so if this fails, which is no failure of the upload
    boolean isBatch = source.next();
    isReading = false;
    isEnded = !isBatch;
    batches += isBatch ? 1 : 0;
    return isBatch;
  }

  private boolean isWhole() {
    return !isReading && (batches == 0 || (batches == 1 && (isKept || !isEnded)));
  }
}
