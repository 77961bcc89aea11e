package dev.hangar.query.arrow;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Memory for the bodies of batches, counted by whoever gives it. Thread-safe. */
@FunctionalInterface
public interface BodyMemory {
  /** Room for so many bytes; null where there is none left. */
  @Nullable Room allocate(int bytes);

  /**
   * Memory of one body.
   *
   * @param bytes as many as were asked for, off the heap, to be written once
   * @param giveBack run once, when nobody reads it any more
   */
  record Room(ByteBuffer bytes, Runnable giveBack) {}
}
