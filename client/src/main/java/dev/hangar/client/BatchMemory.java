package dev.hangar.client;

import org.apache.arrow.vector.ipc.ArrowReader;

/** Whether a reader may write its next batch over the one before. */
public enum BatchMemory {
  /** Each batch has buffers of its own: reading goes on while the one before is sent. */
  FRESH,
  /** Batches may share buffers: the next is read when the one before has been sent, or copied. */
  REUSED;

  /** Arrow's readers and this client's take new buffers; any other is taken to reuse them. */
  static BatchMemory of(ArrowReader reader) {
    boolean isFresh =
        reader instanceof TableReader
            || reader.getClass().getName().startsWith("org.apache.arrow.");
    return isFresh ? FRESH : REUSED;
  }
}
