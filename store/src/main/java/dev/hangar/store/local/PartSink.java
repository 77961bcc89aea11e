package dev.hangar.store.local;

import dev.hangar.store.Batch;

/** Where a writer's batches go. For one thread. */
interface PartSink extends AutoCloseable {
  /** Takes a batch that has been checked, and releases it when it needs it no more. */
  void append(Batch batch);

  /** The part made of all of them, with one owner: the caller. Durable, where its kind is. */
  SharedPart finish();

  /** Without {@link #finish}: gives up what was appended. */
  @Override
  void close();
}
