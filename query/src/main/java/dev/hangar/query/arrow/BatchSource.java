package dev.hangar.query.arrow;

import dev.hangar.store.Batch;
import org.jspecify.annotations.Nullable;

/** Messages of a table's stream, one after the other. For one thread. */
@FunctionalInterface
public interface BatchSource {
  /** The next message, on loan; null behind the last. */
  @Nullable Loan next();

  /**
   * A message whose buffers stay valid until it is given back.
   *
   * @param giveBack run once, by whoever took the loan
   */
  record Loan(Batch batch, Runnable giveBack) {}
}
