package dev.hangar.client;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hangar.wire.Action;
import dev.hangar.wire.FlightInfo;
import dev.hangar.wire.Location;
import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;
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
  private final Connections connections;
  private final JsonActions actions;
  private final Puts puts;
  private final Flights flights;
  private final Statements statements;
  private final HangarOptions options;
  private final Time time;
  private final DoubleSupplier chance;
  private final BufferAllocator allocator;
  private final boolean ownsAllocator;

  /**
   * A client.
   *
   * @param time decides with {@code chance} about pauses between attempts
   * @param partBytes at which the parts of large tables end
   */
  Hangar(
      String url,
      HangarOptions options,
      BufferAllocator allocator,
      boolean ownsAllocator,
      Time time,
      DoubleSupplier chance,
      long partBytes) {
    this.connections = new Connections(new Location(url), options, time);
    this.actions = new JsonActions(connections);
    this.options = options;
    this.time = time;
    this.chance = chance;
    this.allocator = allocator;
    this.puts = new Puts(connections, actions, options, time, allocator, partBytes);
    this.flights = new Flights(connections);
    this.statements = new Statements(connections, options, allocator, () -> operation(options));
    this.ownsAllocator = ownsAllocator;
  }

  /**
   * A client of the server at {@code url}, with memory of its own; nothing is connected yet.
   *
   * @param url such as {@code grpc://127.0.0.1:8815}, {@code grpc+tls://tables.example:8815} or
   *     {@code grpc+unix:///run/hangar.sock}
   * @throws IllegalArgumentException if the URL is none that can be connected to
   */
  public static Hangar connect(String url) {
    return connect(url, HangarOptions.DEFAULT);
  }

  /** As {@link #connect(String)}, but as {@code options} say. */
  public static Hangar connect(String url, HangarOptions options) {
    return connect(url, options, new RootAllocator(), true);
  }

  /** As {@link #connect(String)}, with memory from {@code allocator}, which stays the caller's. */
  public static Hangar connect(String url, BufferAllocator allocator) {
    return connect(url, HangarOptions.DEFAULT, allocator);
  }

  /** As {@link #connect(String, BufferAllocator)}, but as {@code options} say. */
  public static Hangar connect(String url, HangarOptions options, BufferAllocator allocator) {
    return connect(url, options, allocator, false);
  }

  private static Hangar connect(
      String url, HangarOptions options, BufferAllocator allocator, boolean ownsAllocator) {
    DoubleSupplier chance = () -> ThreadLocalRandom.current().nextDouble();
    return new Hangar(
        url, options, allocator, ownsAllocator, Time.SYSTEM, chance, Limits.PART_BYTES);
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
    Availability.await(connections, options, timeout, this::operation);
  }

  /** Puts all that {@code reader} reads, in place of what is there. */
  public TransferSummary put(String name, ArrowReader reader) {
    return put(name, reader, PutOptions.DEFAULT);
  }

  /** Puts all that {@code reader} reads, as {@code how} says. */
  public TransferSummary put(String name, ArrowReader reader, PutOptions how) {
    return put(name, reader, (rows, bytes) -> {}, BatchMemory.of(reader), how);
  }

  /**
   * Puts all that {@code reader} reads, in place of what is there. Arrow's readers and this
   * client's take new buffers for each batch; any other is taken to reuse them.
   */
  public TransferSummary put(String name, ArrowReader reader, Progress progress) {
    return put(name, reader, progress, BatchMemory.of(reader));
  }

  /** As {@link #put(String, ArrowReader, Progress, BatchMemory, PutOptions)}, with defaults. */
  public TransferSummary put(
      String name, ArrowReader reader, Progress progress, BatchMemory memory) {
    return put(name, reader, progress, memory, PutOptions.DEFAULT);
  }

  /**
   * Puts all that {@code reader} reads, in place of the table of that name if there is one, or as
   * {@code how} says otherwise; readers of the old one are not disturbed, and until the last batch
   * is taken it stays.
   *
   * <p>Batches are sent from the reader's own memory. The reader stays the caller's.
   *
   * @throws UncheckedIOException if the reader fails; the server keeps what it had
   */
  public TransferSummary put(
      String name, ArrowReader reader, Progress progress, BatchMemory memory, PutOptions how) {
    Put.Sent sent =
        upload -> {
          progress.update(upload.rows(), upload.bytes());
          if (memory == BatchMemory.REUSED) {
            upload.awaitSent();
          }
        };
    try {
      var root = reader.getVectorSchemaRoot();
      return puts.put(
          operation(options), reader::loadNextBatch, false, sent, name, root, reader, how);
    } catch (IOException e) {
      throw new UncheckedIOException("reading what to put under " + name + " failed", e);
    }
  }

  /** As {@link #put(String, RowSource, Progress, PutOptions)}, with defaults. */
  public TransferSummary put(String name, RowSource source) {
    return put(name, source, (rows, bytes) -> {}, PutOptions.DEFAULT);
  }

  /**
   * Puts rows that can be read again. A Hangar gets a large table in parts, over as many
   * connections as {@link HangarOptions} says; a part that breaks off is sent again, also to a
   * server that was started anew, and all are read again where that has forgotten them. Nobody sees
   * some of them without the others.
   *
   * <p>Parts have 64 MiB; as many as there are connections, but two at least, are held in memory,
   * and the one that is read. With an idempotency key of the application's own, to another server,
   * or under a name that means a file of the server's, it is one put as of a reader.
   *
   * @throws UncheckedIOException if the source fails; the server keeps what it had
   */
  public TransferSummary put(String name, RowSource source, Progress progress, PutOptions how) {
    var operation = operation(options);
    try {
      var sent = puts.putParts(operation, source, name, how, progress);
      if (sent.isPresent()) {
        return sent.get();
      }
      try (var reader = source.open()) {
        return put(name, reader, progress, source.memory(reader), how);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("reading what to put under " + name + " failed", e);
    }
  }

  /** Puts the rows of {@code root}, which stays the caller's and has no dictionaries. */
  public TransferSummary put(String name, VectorSchemaRoot root) {
    return put(name, root, PutOptions.DEFAULT);
  }

  /** Puts the rows of {@code root}, which has no dictionaries, as {@code how} says. */
  public TransferSummary put(String name, VectorSchemaRoot root, PutOptions how) {
    return put(name, root, new DictionaryProvider.MapDictionaryProvider(), how);
  }

  /** Puts the rows of {@code root} and their dictionaries, which stay the caller's. */
  public TransferSummary put(String name, VectorSchemaRoot root, DictionaryProvider dictionaries) {
    return put(name, root, dictionaries, PutOptions.DEFAULT);
  }

  /** Puts rows and their dictionaries, which stay the caller's, as {@code how} says. */
  public TransferSummary put(
      String name, VectorSchemaRoot root, DictionaryProvider dictionaries, PutOptions how) {
    var isLoaded = new AtomicBoolean();
    Put.Source source = () -> isLoaded.compareAndSet(false, true);
    try {
      return puts.put(
          operation(options), source, true, upload -> {}, name, root, dictionaries, how);
    } catch (IOException e) {
      throw new UncheckedIOException("rows in memory could not be read", e);
    }
  }

  /**
   * The table of that name, as it is now: what is put later is not seen; or one of its versions, as
   * in {@code name@7}. Close the reader before the client; closing it early ends the transfer.
   *
   * @throws StatusException with code NOT_FOUND if there is none
   */
  public ArrowReader get(String name) {
    return get(name, (rows, bytes) -> {});
  }

  /** As {@link #get(String)}, watched by {@code progress}, on the thread that reads. */
  public ArrowReader get(String name, Progress progress) {
    var operation = operation(options);
    var flight = flight(operation, name);
    if (flight.endpoints().isEmpty()) {
      throw new StatusException(
          StatusCode.NOT_FOUND, "the server knows " + name + " but no place to fetch it from");
    }
    var source = new EndpointSource(flight, connections, operation, options, progress::waiting);
    return new TableReader(source, allocator, progress);
  }

  /** As {@link #query(Query)}, of a statement and the values of its {@code ?}. */
  public QueryReader query(String sql, @Nullable Object... parameters) {
    return query(Query.of(sql, parameters));
  }

  /**
   * The answer to a statement, as it comes. Of {@code CREATE TABLE … AS} and {@code INSERT INTO},
   * how many rows were written. What has begun to come is never gone on with from another run.
   *
   * @throws StatusException with code INVALID_ARGUMENT if it is wrong
   */
  public QueryReader query(Query query) {
    return statements.run(query);
  }

  /** As {@link #query(Query)}, but followed by {@code progress} until it has run, and after. */
  public QueryReader query(Query query, Progress progress) {
    return statements.run(query, progress);
  }

  /** Every table, in the order the server tells them. */
  public List<TableInfo> list() {
    return operation(options).read(flights::list);
  }

  /**
   * What the server tells of one table.
   *
   * @throws StatusException with code NOT_FOUND if there is none of that name
   */
  public TableInfo info(String name) {
    return TableInfo.of(flight(operation(options), name));
  }

  /**
   * The columns of a table.
   *
   * @throws StatusException with code NOT_FOUND if there is none of that name
   */
  public Schema schema(String name) {
    return operation(options).read(call -> flights.schema(name, call));
  }

  /** Removes a table; false if there was none of that name. */
  public boolean drop(String name) {
    try {
      var drop = Action.of("drop_table", name);
      operation(options).write(call -> connections.home().doAction(drop, call));
      return true;
    } catch (StatusException e) {
      if (e.code() == StatusCode.NOT_FOUND) {
        return false;
      }
      throw e;
    }
  }

  /**
   * The versions of a table that can be read, the latest first. As the methods below, for Hangar
   * alone: other servers are answered for with UNIMPLEMENTED.
   *
   * @throws StatusException with code NOT_FOUND if there is none of that name
   */
  public List<VersionInfo> versions(String name) {
    var versions =
        operation(options).read(call -> actions.perform("versions", Map.of("table", name), call));
    return JsonActions.all(versions, "versions", VersionInfo::of);
  }

  /**
   * Gives a table another name.
   *
   * @throws StatusException with code ALREADY_EXISTS if a table has it
   */
  public CommittedTable rename(String from, String to) {
    var arguments = new Change.Rename(from, to, OptionalLong.empty()).arguments();
    return CommittedTable.of(change("rename", arguments));
  }

  /** Removes every table whose name begins with the segments of {@code prefix}; tells which. */
  public List<String> dropPrefix(String prefix) {
    var dropped = change("drop_prefix", Map.of("prefix", prefix));
    return JsonActions.all(dropped, "tables", JsonNode::asText);
  }

  /**
   * Makes all of {@code changes}, in their order, or none of them; nobody sees some without the
   * others.
   *
   * @return the tables that changed
   */
  public List<CommittedTable> commit(List<Change> changes) {
    var all = changes.stream().map(Change::json).toList();
    return JsonActions.all(change("commit", Map.of("changes", all)), "tables", CommittedTable::of);
  }

  /** Performs an action; each line of its answer, in JSON, goes to {@code out} as it comes. */
  public void perform(String action, String body, Consumer<String> out) {
    actions.perform(action, body, operation(options).call(), out);
  }

  /** What the server's memory is used for. */
  public MemoryInfo memory() {
    return MemoryInfo.of(
        operation(options).read(call -> actions.perform("memory", Map.of(), call)));
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

  /** Bytes of received bodies that are not closed yet. */
  long bodyBytes() {
    return connections.bodyBytes();
  }

  private Operation operation(HangarOptions options) {
    return new Operation(options, time, chance);
  }

  private JsonNode change(String action, Object body) {
    return operation(options).write(call -> actions.perform(action, body, call));
  }

  private FlightInfo flight(Operation operation, String name) {
    return operation.read(call -> flights.named(name, call));
  }
}
