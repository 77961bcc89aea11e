package dev.hangar.query.cdata;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;

/**
 * Makes {@code struct ArrowArray} of columns where they lie (Arrow C data interface): nothing is
 * copied. Whoever reads the structs leaves children in their parents, as DuckDB does. Thread-safe.
 */
final class ArrayStructs {
  /** How long the struct is, and where its members lie, which take a word each. */
  private static final long ARRAY_BYTES = 80;

  private static final long LENGTH = 0;
  private static final long NULL_COUNT = 8;
  private static final long BUFFER_COUNT = 24;
  private static final long CHILD_COUNT = 32;
  private static final long BUFFERS = 40;
  private static final long CHILDREN = 48;
  private static final long RELEASE = 64;
  private static final long PRIVATE_DATA = 72;
  private static final long WORD = 8;

  /** What empty buffers point at, where an offset of zero may be read. */
  private static final MemorySegment NO_BYTES = Arena.global().allocate(WORD, WORD);

  private static final Map<Long, Handed> HANDED = new ConcurrentHashMap<>();
  private static final AtomicLong LAST = new AtomicLong();
  private static final MemorySegment RELEASED = upcall("released");
  private static final MemorySegment CHILD_RELEASED = upcall("none");

  private ArrayStructs() {}

  /** A struct that somebody reads. */
  private record Handed(ArrowBuf structs, Runnable giveBack) {
    void release() {
      try {
        structs.close();
      } finally {
        giveBack.run();
      }
    }
  }

  /**
   * Makes the struct of a batch, with a child for each of its columns.
   *
   * @param giveBack run when the struct is released; not where this throws
   * @return where it is, to be moved or released
   */
  static MemorySegment of(
      long rows, List<ColumnBuffers> columns, Runnable giveBack, BufferAllocator allocator) {
    ArrowBuf memory = allocator.buffer(ARRAY_BYTES + WORD + WORD * columns.size() + bytes(columns));
    memory.setZero(0, memory.capacity());
    var writer = new Writer(memory);
    MemorySegment struct = writer.take(ARRAY_BYTES);
    struct.set(JAVA_LONG, LENGTH, rows);
    struct.set(JAVA_LONG, BUFFER_COUNT, 1);
    struct.set(ADDRESS, BUFFERS, writer.take(WORD));
    writer.children(struct, columns);
    long number = LAST.incrementAndGet();
    struct.set(ADDRESS, RELEASE, RELEASED);
    struct.set(JAVA_LONG, PRIVATE_DATA, number);
    HANDED.put(number, new Handed(memory, giveBack));
    return struct;
  }

  /** Moves a struct to where there is none. */
  static void move(MemorySegment struct, long address) {
    struct(address).copyFrom(struct);
    none(struct);
  }

  private static long bytes(List<ColumnBuffers> columns) {
    long bytes = 0;
    for (ColumnBuffers column : columns) {
      bytes += ARRAY_BYTES + WORD * (column.buffers().size() + column.children().size());
      bytes += column.shape().isView() ? WORD * (1 + moreBuffers(column)) : 0;
      bytes += bytes(column.children());
    }
    return bytes;
  }

  private static int moreBuffers(ColumnBuffers column) {
    return column.buffers().size() - column.shape().buffers().size();
  }

  private static final class Writer {
    private final MemorySegment memory;
    private long end;

    @SuppressWarnings("restricted")
    Writer(ArrowBuf memory) {
      this.memory = MemorySegment.ofAddress(memory.memoryAddress()).reinterpret(memory.capacity());
    }

    MemorySegment take(long bytes) {
      MemorySegment taken = memory.asSlice(end, bytes);
      end += bytes;
      return taken;
    }

    void children(MemorySegment struct, List<ColumnBuffers> columns) {
      MemorySegment pointers = take(WORD * columns.size());
      struct.set(JAVA_LONG, CHILD_COUNT, columns.size());
      struct.set(ADDRESS, CHILDREN, pointers);
      for (int i = 0; i < columns.size(); i++) {
        MemorySegment child = take(ARRAY_BYTES);
        pointers.setAtIndex(ADDRESS, i, child);
        column(child, columns.get(i));
      }
    }

    private void column(MemorySegment struct, ColumnBuffers column) {
      struct.set(JAVA_LONG, LENGTH, column.rows());
      struct.set(JAVA_LONG, NULL_COUNT, column.nulls());
      struct.set(ADDRESS, RELEASE, CHILD_RELEASED);
      buffers(struct, column);
      children(struct, column.children());
    }

    private void buffers(MemorySegment struct, ColumnBuffers column) {
      boolean isView = column.shape().isView();
      int count = column.buffers().size() + (isView ? 1 : 0);
      MemorySegment pointers = take(WORD * count);
      struct.set(JAVA_LONG, BUFFER_COUNT, count);
      struct.set(ADDRESS, BUFFERS, pointers);
      for (int i = 0; i < column.buffers().size(); i++) {
        boolean isLeftOut = i == 0 && column.shape().hasValidity() && !column.hasNulls();
        MemorySegment buffer = column.buffers().get(i);
        pointers.setAtIndex(
            ADDRESS,
            i,
            isLeftOut ? MemorySegment.NULL : buffer.byteSize() == 0 ? NO_BYTES : buffer);
      }
      if (isView) {
        pointers.setAtIndex(ADDRESS, count - 1L, lengths(column));
      }
    }

    /** Views have the lengths of their further buffers in one more. */
    private MemorySegment lengths(ColumnBuffers column) {
      int more = moreBuffers(column);
      MemorySegment lengths = take(WORD * more);
      for (int i = 0; i < more; i++) {
        MemorySegment buffer = column.buffers().get(column.shape().buffers().size() + i);
        lengths.setAtIndex(JAVA_LONG, i, buffer.byteSize());
      }
      return lengths;
    }
  }

  /** Has a struct say that there is none. */
  static void none(MemorySegment struct) {
    struct(struct.address()).set(ADDRESS, RELEASE, MemorySegment.NULL);
  }

  /** What its release function does; not for one that was moved away. */
  static void released(MemorySegment struct) {
    none(struct);
    Handed handed = HANDED.remove(struct(struct.address()).get(JAVA_LONG, PRIVATE_DATA));
    try {
      if (handed != null) {
        handed.release();
      }
    } catch (RuntimeException | Error e) {
      Upcalls.failed(e);
    }
  }

  private static MemorySegment upcall(String method) {
    return Upcalls.of(MethodHandles.lookup(), method, FunctionDescriptor.ofVoid(ADDRESS));
  }

  @SuppressWarnings("restricted")
  private static MemorySegment struct(long address) {
    return MemorySegment.ofAddress(address).reinterpret(ARRAY_BYTES);
  }
}
