package dev.hangar.client;

/** Whether a reader may write its next batch over the one before. */
public enum BatchMemory {
  /** Each batch has buffers of its own: reading goes on while the one before is sent. */
  FRESH,
  /** Batches may share buffers: the next is read when the one before has been sent. */
  REUSED
}
