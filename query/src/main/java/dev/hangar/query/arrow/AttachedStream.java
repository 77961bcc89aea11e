package dev.hangar.query.arrow;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.arrow.c.ArrowArrayStream;

/**
 * Has threads that are not Java's take batches from a stream at little cost (Arrow C stream
 * interface, {@code get_next}). Arrow's own function attaches such a thread to the JVM for each
 * call and detaches it behind, which takes longer than to hand over a batch. A thread that calls
 * through {@link Linker} stays attached until it ends, and Arrow leaves attached threads alone.
 * Thread-safe.
 */
public final class AttachedStream {
  /** Where {@code struct ArrowArrayStream} has the function, behind {@code get_schema}. */
  private static final long GET_NEXT = ADDRESS.byteSize();

  private static final FunctionDescriptor SIGNATURE =
      FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS);

  /** By the address of what they call: Arrow has one function for all streams that it exports. */
  private static final Map<Long, MemorySegment> UPCALLS = new ConcurrentHashMap<>();

  private AttachedStream() {}

  /** Changes a stream that was exported from Java, and that nobody reads yet. */
  @SuppressWarnings("restricted")
  public static void of(ArrowArrayStream stream) {
    MemorySegment struct =
        MemorySegment.ofAddress(stream.memoryAddress()).reinterpret(GET_NEXT + ADDRESS.byteSize());
    MemorySegment next = struct.get(ADDRESS, GET_NEXT);
    struct.set(ADDRESS, GET_NEXT, UPCALLS.computeIfAbsent(next.address(), address -> upcall(next)));
  }

  @SuppressWarnings("restricted")
  private static MemorySegment upcall(MemorySegment function) {
    Linker linker = Linker.nativeLinker();
    MethodHandle call = linker.downcallHandle(function, SIGNATURE);
    return linker.upcallStub(call, SIGNATURE, Arena.global());
  }
}
