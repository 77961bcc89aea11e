package dev.hangar.store.local;

import dev.hangar.store.Batch;
import dev.hangar.store.part.MemoryPart;
import java.util.ArrayList;
import java.util.List;

/** Batches that stay in memory. */
final class MemorySink implements PartSink {
  private List<Batch> batches = new ArrayList<>();

  @Override
  public void append(Batch batch) {
    batches.add(batch);
  }

  @Override
  public SharedPart finish() {
    var part = new MemoryPart(batches);
    batches = List.of();
    return new SharedPart(part, null, _ -> part.close());
  }

  @Override
  public void close() {
    Batch.releaseAll(batches);
    batches = List.of();
  }
}
