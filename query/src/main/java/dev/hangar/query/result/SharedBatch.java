package dev.hangar.query.result;

import dev.hangar.query.arrow.BatchSource;
import dev.hangar.store.Batch;
import java.util.concurrent.atomic.AtomicInteger;

/** A batch that several read. Made with one reference; released with the last. Thread-safe. */
final class SharedBatch {
  private final Batch batch;
  private final AtomicInteger references = new AtomicInteger(1);

  SharedBatch(Batch batch) {
    this.batch = batch;
  }

  long bytes() {
    return batch.bodyBytes();
  }

  long rows() {
    return batch.rows();
  }

  /** For one who knows that it has a reference: another one, to be given back. */
  BatchSource.Loan lend() {
    references.incrementAndGet();
    return new BatchSource.Loan(batch, this::release);
  }

  /** The same as a batch of its own, which a store takes over. */
  Batch share() {
    references.incrementAndGet();
    return new Batch(batch.metadata(), batch.appMetadata(), batch.body(), this::release);
  }

  void release() {
    int left = references.decrementAndGet();
    if (left < 0) {
      throw new IllegalStateException("a batch was released twice");
    }
    if (left == 0) {
      batch.release();
    }
  }
}
