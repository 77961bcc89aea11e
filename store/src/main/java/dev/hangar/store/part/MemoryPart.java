package dev.hangar.store.part;

import dev.hangar.store.Batch;
import java.util.List;

/** A part in memory. */
public final class MemoryPart implements Part {
  private final List<Batch> batches;
  private final long rows;
  private final long bytes;
  private int holds;
  private boolean isClosed;

  /** Takes ownership of {@code batches}: they are released when it is closed and nobody reads. */
  public MemoryPart(List<Batch> batches) {
    this.batches = List.copyOf(batches);
    this.rows = batches.stream().mapToLong(Batch::rows).sum();
    this.bytes = batches.stream().mapToLong(Batch::bodyBytes).sum();
  }

  @Override
  public long rows() {
    return rows;
  }

  @Override
  public long bytes() {
    return bytes;
  }

  @Override
  public int batches() {
    return batches.size();
  }

  @Override
  public synchronized List<Batch> hold() {
    if (isClosed) {
      throw new IllegalStateException("a part of %d messages is closed".formatted(batches()));
    }
    holds++;
    return batches;
  }

  @Override
  public void letGo() {
    if (isLastLetGo()) {
      Batch.releaseAll(batches);
    }
  }

  @Override
  public void close() {
    if (isFirstClose()) {
      Batch.releaseAll(batches);
    }
  }

  private synchronized boolean isLastLetGo() {
    if (holds == 0) {
      throw new IllegalStateException("a part that nobody holds was let go");
    }
    holds--;
    return holds == 0 && isClosed;
  }

  /** The first close with nobody reading; a reader there releases instead. */
  private synchronized boolean isFirstClose() {
    boolean isFirst = !isClosed;
    isClosed = true;
    return isFirst && holds == 0;
  }
}
