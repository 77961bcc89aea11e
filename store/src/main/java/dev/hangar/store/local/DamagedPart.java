package dev.hangar.store.local;

import dev.hangar.store.Batch;
import dev.hangar.store.DamagedPartException;
import dev.hangar.store.part.Part;
import java.util.List;

/** What a version has instead of parts that the catalog has lost: it says so, and is empty. */
record DamagedPart(String damage) implements Part {
  @Override
  public long rows() {
    return 0;
  }

  @Override
  public long bytes() {
    return 0;
  }

  @Override
  public int batches() {
    return 0;
  }

  @Override
  public List<Batch> hold() {
    throw new DamagedPartException(damage, null);
  }

  @Override
  public void letGo() {}

  @Override
  public void close() {}
}
