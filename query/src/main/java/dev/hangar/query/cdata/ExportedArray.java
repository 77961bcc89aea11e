package dev.hangar.query.cdata;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** A {@code struct ArrowArray} that nobody reads yet. For one thread. */
public final class ExportedArray implements AutoCloseable {
  /** Of a batch that no row of counts. */
  static final ExportedArray EMPTY = new ExportedArray(null);

  private @Nullable MemorySegment struct;

  ExportedArray(@Nullable MemorySegment struct) {
    this.struct = struct;
  }

  /** Whether there is nothing to be read. */
  public boolean isEmpty() {
    return struct == null;
  }

  /** Hands it over: moves it to an address where there is no struct. */
  public void moveTo(long address) {
    MemorySegment from = struct;
    if (from == null) {
      throw new IllegalStateException("there is no array, or it was moved");
    }
    struct = null;
    ArrayStructs.move(from, address);
  }

  /** Releases it, unless it was moved. */
  @Override
  public void close() {
    MemorySegment left = struct;
    if (left != null) {
      struct = null;
      ArrayStructs.released(left);
    }
  }
}
