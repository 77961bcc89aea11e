package dev.hangar.client;

import com.google.protobuf.ByteString;
import dev.hangar.wire.Action;
import dev.hangar.wire.CallOptions;
import dev.hangar.wire.FlightDescriptor;
import dev.hangar.wire.FlightInfo;
import dev.hangar.wire.Location;
import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.jspecify.annotations.Nullable;

/**
 * A client of one Hangar server, or of any other Flight server that keeps tables under names.
 *
 * <pre>{@code
 * try (var hangar = Hangar.connect("grpc://127.0.0.1:8815")) {
 *   hangar.put("airquality", reader);
 *   try (var table = hangar.get("airquality")) {
 *     while (table.loadNextBatch()) {
 *       use(table.getVectorSchemaRoot());
 *     }
 *   }
 * }
 * }</pre>
 *
 * <p>Names are paths, written {@code a/b/c}. Every method throws {@link StatusException} when the
 * server refuses or cannot be reached. Thread-safe; the readers it hands out are not.
 */
public final class Hangar implements AutoCloseable {
  private static final Duration FIRST_PAUSE = Duration.ofMillis(20);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

  private final Connections connections;
  private final BufferAllocator allocator;
  private final boolean ownsAllocator;

  private Hangar(Connections connections, BufferAllocator allocator, boolean ownsAllocator) {
    this.connections = connections;
    this.allocator = allocator;
    this.ownsAllocator = ownsAllocator;
  }

  /**
   * A client of the server at {@code url}, with memory of its own; nothing is connected yet.
   *
   * @param url such as {@code grpc://127.0.0.1:8815}
   * @throws IllegalArgumentException if the URL is none that can be connected to
   */
  public static Hangar connect(String url) {
    return new Hangar(new Connections(new Location(url)), new RootAllocator(), true);
  }

  /** As {@link #connect(String)}, with memory from {@code allocator}, which stays the caller's. */
  public static Hangar connect(String url, BufferAllocator allocator) {
    return new Hangar(new Connections(new Location(url)), allocator, false);
  }

  /** The memory that readers' vectors are counted by. */
  public BufferAllocator allocator() {
    return allocator;
  }

  /**
   * Waits until the server answers, whatever it answers.
   *
   * @throws StatusException with code UNAVAILABLE if it does not within {@code timeout}
   */
  public void awaitAvailable(Duration timeout) {
    long end = System.nanoTime() + timeout.toNanos();
    var pause = FIRST_PAUSE;
    for (var failure = unavailable(end); failure != null; failure = unavailable(end)) {
      long leftNanos = end - System.nanoTime();
      if (leftNanos <= 0) {
        throw new StatusException(
            StatusCode.UNAVAILABLE,
            failure.description() + "; tried for " + timeout.toMillis() + " ms",
            failure.trailers(),
            failure);
      }
      sleep(Math.min(pause.toNanos(), leftNanos));
      pause = pause.compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
    }
  }

  /** Puts all that {@code reader} reads; see {@link #put(String, ArrowReader, Progress)}. */
  public TransferSummary put(String name, ArrowReader reader) {
    return put(name, reader, (rows, bytes) -> {});
  }

  /**
   * Puts all that {@code reader} reads. Arrow's readers and this client's take new buffers for each
   * batch; any other is taken to reuse them.
   */
  public TransferSummary put(String name, ArrowReader reader, Progress progress) {
    return put(name, reader, progress, memory(reader));
  }

  /**
   * Puts all that {@code reader} reads, in place of the table of that name if there is one; readers
   * of the old one are not disturbed, and until the last batch is taken it stays.
   *
   * <p>Batches are sent from the reader's own memory. The reader stays the caller's.
   *
   * @throws UncheckedIOException if the reader fails; the server keeps what it had
   */
  public TransferSummary put(
      String name, ArrowReader reader, Progress progress, BatchMemory memory) {
    long start = System.nanoTime();
    try (var upload = upload(reader.getVectorSchemaRoot(), reader)) {
      upload.begin(path(name));
      while (reader.loadNextBatch()) {
        upload.sendBatch();
        progress.update(upload.rows(), upload.bytes());
        if (memory == BatchMemory.REUSED) {
          upload.awaitSent();
        }
      }
      return end(upload, start);
    } catch (IOException e) {
      throw new UncheckedIOException("reading what to put under " + name + " failed", e);
    }
  }

  /** Puts the rows of {@code root}, which stays the caller's and has no dictionaries. */
  public TransferSummary put(String name, VectorSchemaRoot root) {
    return put(name, root, new DictionaryProvider.MapDictionaryProvider());
  }

  /** Puts the rows of {@code root} and their dictionaries, which stay the caller's. */
  public TransferSummary put(String name, VectorSchemaRoot root, DictionaryProvider dictionaries) {
    long start = System.nanoTime();
    try (var upload = upload(root, dictionaries)) {
      upload.begin(path(name));
      upload.sendBatch();
      return end(upload, start);
    }
  }

  /**
   * The table of that name, as it is now: what is put later is not seen. Close the reader before
   * the client; closing it early ends the transfer.
   *
   * @throws StatusException with code NOT_FOUND if there is none
   */
  public ArrowReader get(String name) {
    var info = flight(name);
    if (info.endpoints().isEmpty()) {
      throw new StatusException(
          StatusCode.NOT_FOUND, "the server knows " + name + " but no place to fetch it from");
    }
    return new TableReader(new EndpointSource(info.endpoints(), connections::open), allocator);
  }

  /** Every table, in the order the server tells them. */
  public List<TableInfo> list() {
    var tables = new ArrayList<TableInfo>();
    try (var flights = connections.home().listFlights(ByteString.EMPTY, CallOptions.NONE)) {
      for (var flight = flights.next(); flight != null; flight = flights.next()) {
        tables.add(TableInfo.of(flight));
      }
    }
    return List.copyOf(tables);
  }

  /**
   * What the server tells of one table.
   *
   * @throws StatusException with code NOT_FOUND if there is none of that name
   */
  public TableInfo info(String name) {
    return TableInfo.of(flight(name));
  }

  /** Removes a table; false if there was none of that name. */
  public boolean drop(String name) {
    try {
      connections.home().doAction(Action.of("drop_table", name), CallOptions.NONE);
      return true;
    } catch (StatusException e) {
      if (e.code() == StatusCode.NOT_FOUND) {
        return false;
      }
      throw e;
    }
  }

  /**
   * Ends the connections.
   *
   * @throws IllegalStateException if a reader is still open and the memory is this client's own
   */
  @Override
  public void close() {
    connections.close();
    if (ownsAllocator) {
      allocator.close();
    }
  }

  private Upload upload(VectorSchemaRoot root, DictionaryProvider dictionaries) {
    var call = connections.home().doPut(CallOptions.NONE);
    return new Upload(call, root, dictionaries, allocator, Upload.MAX_BODY_BYTES);
  }

  private static TransferSummary end(Upload upload, long start) {
    upload.end();
    var elapsed = Duration.ofNanos(System.nanoTime() - start);
    return new TransferSummary(upload.rows(), upload.bytes(), elapsed);
  }

  private FlightInfo flight(String name) {
    return connections.home().getFlightInfo(path(name), CallOptions.NONE);
  }

  private static FlightDescriptor path(String name) {
    return FlightDescriptor.path(name.split("/", -1));
  }

  private static BatchMemory memory(ArrowReader reader) {
    boolean fresh =
        reader instanceof TableReader
            || reader.getClass().getName().startsWith("org.apache.arrow.");
    return fresh ? BatchMemory.FRESH : BatchMemory.REUSED;
  }

  /** Why the server does not answer; null if it does. */
  private @Nullable StatusException unavailable(long end) {
    try {
      var left = Duration.ofNanos(Math.max(end - System.nanoTime(), FIRST_PAUSE.toNanos()));
      connections.home().listActions(CallOptions.NONE.timeout(left));
      return null;
    } catch (StatusException e) {
      boolean isSilent =
          e.code() == StatusCode.UNAVAILABLE || e.code() == StatusCode.DEADLINE_EXCEEDED;
      return isSilent ? e : null;
    }
  }

  private static void sleep(long nanos) {
    try {
      Thread.sleep(Duration.ofNanos(nanos).toMillis() + 1);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StatusException(StatusCode.CANCELLED, "interrupted while waiting for the server");
    }
  }
}
