package dev.hangar.query.cdata;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.arrow.c.ArrowArrayStream;
import org.jspecify.annotations.Nullable;

/**
 * A {@code struct ArrowArrayStream} (Arrow C stream interface) that asks us for its batches.
 * Arrow's own makes vectors of each first, and attaches threads of C to the JVM for every batch
 * anew, which takes longer than DuckDB does to filter them.
 */
public final class BatchStream {
  /** Who has the batches. One thread at a time, which is C's. */
  public interface Producer {
    /** Makes a {@code struct ArrowSchema} at an address. */
    void schema(long address) throws IOException;

    /** Makes a {@code struct ArrowArray} of the next batch at an address; none behind the last. */
    void next(long address) throws IOException;
  }

  private static final long WORD = 8;

  /** How long the struct is, and where it has what is ours, behind its functions. */
  private static final long STREAM_BYTES = 5 * WORD;

  private static final long RELEASE = 3 * WORD;
  private static final long PRIVATE_DATA = 4 * WORD;
  private static final int INPUT_OUTPUT_ERROR = 5; // EIO

  private static final FunctionDescriptor GET = FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS);
  private static final MemorySegment GET_SCHEMA = upcall("schema", GET);
  private static final MemorySegment GET_NEXT = upcall("next", GET);
  private static final MemorySegment GET_LAST_ERROR =
      upcall("lastError", FunctionDescriptor.of(ADDRESS, ADDRESS));
  private static final MemorySegment RELEASED =
      upcall("released", FunctionDescriptor.ofVoid(ADDRESS));

  private static final Map<Long, BatchStream> OPEN = new ConcurrentHashMap<>();
  private static final AtomicLong LAST = new AtomicLong();

  private final Producer producer;
  private MemorySegment lastError = MemorySegment.NULL;

  private BatchStream(Producer producer) {
    this.producer = producer;
  }

  /** Makes a stream of what {@code producer} has, which has to outlive it. */
  public static void export(Producer producer, ArrowArrayStream stream) {
    long number = LAST.incrementAndGet();
    OPEN.put(number, new BatchStream(producer));
    MemorySegment struct = struct(MemorySegment.ofAddress(stream.memoryAddress()));
    struct.set(ADDRESS, 0, GET_SCHEMA);
    struct.set(ADDRESS, WORD, GET_NEXT);
    struct.set(ADDRESS, 2 * WORD, GET_LAST_ERROR);
    struct.set(ADDRESS, RELEASE, RELEASED);
    struct.set(JAVA_LONG, PRIVATE_DATA, number);
  }

  /** Makes something at an address. */
  private interface Maker {
    void make(Producer producer, long address) throws IOException;
  }

  @SuppressWarnings("unused") // by the upcall
  private static int schema(MemorySegment stream, MemorySegment out) {
    return make(stream, out, Producer::schema);
  }

  @SuppressWarnings("unused") // by the upcall
  private static int next(MemorySegment stream, MemorySegment out) {
    ArrayStructs.none(out);
    return make(stream, out, Producer::next);
  }

  private static int make(MemorySegment stream, MemorySegment out, Maker maker) {
    BatchStream of = of(stream);
    if (of == null) {
      return INPUT_OUTPUT_ERROR;
    }
    try {
      maker.make(of.producer, out.address());
      return 0;
    } catch (IOException | RuntimeException | Error e) {
      of.lastError = text(String.valueOf(e.getMessage()));
      return INPUT_OUTPUT_ERROR;
    }
  }

  private static MemorySegment text(String words) {
    try {
      return Arena.ofAuto().allocateFrom(words);
    } catch (OutOfMemoryError e) {
      return MemorySegment.NULL; // nothing may be thrown at C, which goes by the code
    }
  }

  @SuppressWarnings("unused") // by the upcall
  private static MemorySegment lastError(MemorySegment stream) {
    BatchStream of = of(stream);
    return of == null ? MemorySegment.NULL : of.lastError;
  }

  @SuppressWarnings("unused") // by the upcall
  private static void released(MemorySegment stream) {
    MemorySegment struct = struct(stream);
    struct.set(ADDRESS, RELEASE, MemorySegment.NULL);
    OPEN.remove(struct.get(JAVA_LONG, PRIVATE_DATA));
  }

  private static @Nullable BatchStream of(MemorySegment stream) {
    return OPEN.get(struct(stream).get(JAVA_LONG, PRIVATE_DATA));
  }

  private static MemorySegment upcall(String method, FunctionDescriptor signature) {
    return Upcalls.of(MethodHandles.lookup(), method, signature);
  }

  @SuppressWarnings("restricted")
  private static MemorySegment struct(MemorySegment stream) {
    return stream.reinterpret(STREAM_BYTES);
  }
}
