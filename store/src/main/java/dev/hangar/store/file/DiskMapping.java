package dev.hangar.store.file;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A file of any size as memory, through the foreign memory API: it unmaps when it is told to. */
final class DiskMapping implements MappedFile {
  private final Arena arena;
  private final MemorySegment bytes;

  /** Takes ownership of {@code arena}. */
  DiskMapping(Arena arena, MemorySegment bytes) {
    this.arena = arena;
    this.bytes = bytes;
  }

  @Override
  public long size() {
    return bytes.byteSize();
  }

  @Override
  public ByteBuffer slice(long offset, int length) {
    return bytes.asSlice(offset, length).asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  public void close() {
    arena.close();
  }
}
