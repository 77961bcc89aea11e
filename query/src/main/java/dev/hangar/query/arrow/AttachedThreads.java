package dev.hangar.query.arrow;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.arrow.c.ArrowArrayStream;
import org.jspecify.annotations.Nullable;

/**
 * Makes threads of one database that take batches from streams of ours the JVM's own (Arrow C
 * stream interface, {@code get_next}). Arrow's function attaches a thread for each call and
 * detaches it behind, which takes longer than to hand over a batch; a thread that calls through
 * {@link Linker} stays attached until it ends, and Arrow leaves attached threads alone.
 * Thread-safe.
 *
 * <p>Calls go that way until all the threads have come once, and not longer: profilers that walk
 * stacks by AsyncGetCallTrace may fail in such a call.
 */
public final class AttachedThreads {
  /** Where {@code struct ArrowArrayStream} has the function, behind {@code get_schema}. */
  private static final long GET_NEXT = ADDRESS.byteSize();

  private static final FunctionDescriptor SIGNATURE =
      FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS);

  private final int most;
  private final Set<Thread> attached = ConcurrentHashMap.newKeySet();
  private volatile @Nullable Thread reader;
  private @Nullable MemorySegment upcall;

  /**
   * @param most how many threads the database has besides those that ask it
   */
  public AttachedThreads(int most) {
    this.most = most;
  }

  /** Has threads that read a stream stay attached. The calling thread will ask for its rows. */
  @SuppressWarnings("restricted")
  public synchronized void admit(ArrowArrayStream stream) {
    if (areAll()) {
      return;
    }
    reader = Thread.currentThread();
    MemorySegment struct =
        MemorySegment.ofAddress(stream.memoryAddress()).reinterpret(GET_NEXT + ADDRESS.byteSize());
    MemorySegment made = upcall == null ? upcall(struct.get(ADDRESS, GET_NEXT)) : upcall;
    upcall = made;
    struct.set(ADDRESS, GET_NEXT, made);
  }

  /** Arrow has one function for all streams that it exports, and so one stands in front of it. */
  @SuppressWarnings("restricted")
  private MemorySegment upcall(MemorySegment function) {
    Linker linker = Linker.nativeLinker();
    MethodHandle call = linker.downcallHandle(function, SIGNATURE);
    try {
      MethodHandle seen =
          MethodHandles.lookup().bind(this, "seen", MethodType.methodType(void.class));
      return linker.upcallStub(MethodHandles.foldArguments(call, seen), SIGNATURE, Arena.ofAuto());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  @SuppressWarnings("unused") // by the upcall
  private void seen() {
    Thread thread = Thread.currentThread();
    if (!thread.equals(reader)) {
      attached.add(thread);
    }
  }

  /** Whether all of them have come. */
  private boolean areAll() {
    return attached.size() >= most;
  }
}
