package dev.hangar.server;

import com.google.protobuf.ByteString;
import dev.hangar.store.Batch;
import dev.hangar.store.TableName;
import dev.hangar.store.TableStore;
import dev.hangar.store.TableSummary;
import dev.hangar.store.TableVersion;
import dev.hangar.store.TableWriter;
import dev.hangar.wire.Acknowledgements;
import dev.hangar.wire.Action;
import dev.hangar.wire.ActionType;
import dev.hangar.wire.CallContext;
import dev.hangar.wire.FlightData;
import dev.hangar.wire.FlightDescriptor;
import dev.hangar.wire.FlightEndpoint;
import dev.hangar.wire.FlightInfo;
import dev.hangar.wire.FlightService;
import dev.hangar.wire.FlightSink;
import dev.hangar.wire.FlightSource;
import dev.hangar.wire.IpcMessages;
import dev.hangar.wire.Location;
import dev.hangar.wire.Ticket;
import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import dev.hangar.wire.memory.MemoryBudget;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Flight's methods over a store of tables. Thread-safe. */
final class TableService implements FlightService {
  /** How long a replaced version stays readable by a ticket that is not redeemed. */
  private static final Duration TICKET_LIFETIME = Duration.ofMinutes(5);

  /** Heap that a batch takes besides its metadata: its objects, and their place in lists. */
  private static final int BATCH_HEAP_BYTES = 512;

  private static final ByteBuffer NO_BYTES = ByteBuffer.allocate(0);

  private final TableStore store;
  private final Tickets tickets;
  private final Dialect dialect;
  private final Actions actions;
  private final CallLog log;
  private final InstantSource clock;
  private final MemoryBudget heap;

  /**
   * A service over {@code store}.
   *
   * @param heap what the metadata of batches may take of the Java heap: bodies lie elsewhere, and
   *     are counted there
   */
  TableService(
      TableStore store,
      Tickets tickets,
      Actions actions,
      CallLog log,
      InstantSource clock,
      MemoryBudget heap) {
    this.store = store;
    this.tickets = tickets;
    this.dialect = new Dialect(tickets);
    this.actions = actions;
    this.log = log;
    this.clock = clock;
    this.heap = heap;
  }

  @Override
  public void listFlights(CallContext call, ByteString criteria, Consumer<FlightInfo> out) {
    log.run(
        "ListFlights",
        entry -> {
          String prefix = criteria.toStringUtf8();
          List<TableSummary> tables = store.list();
          tables.stream()
              .filter(table -> table.name().toString().startsWith(prefix))
              .forEach(table -> out.accept(listed(call, table)));
        });
  }

  @Override
  public FlightInfo getFlightInfo(CallContext call, FlightDescriptor descriptor) {
    return log.call(
        "GetFlightInfo",
        entry -> {
          try (TableVersion version = open(dialect.read(descriptor), entry)) {
            Instant end = clock.instant().plus(TICKET_LIFETIME);
            version.keepUntil(end);
            entry.size(version.rows(), version.bytes());
            return info(call, version.summary(), descriptor);
          }
        });
  }

  @Override
  public ByteString getSchema(CallContext call, FlightDescriptor descriptor) {
    return log.call(
        "GetSchema",
        entry -> {
          try (TableVersion version = open(dialect.read(descriptor), entry)) {
            return IpcMessages.encapsulate(version.schema());
          }
        });
  }

  @Override
  public void doGet(CallContext call, Ticket ticket, FlightSink out) {
    log.run(
        "DoGet",
        entry -> {
          Request request = dialect.read(ticket);
          try (TableVersion version = open(request, entry)) {
            send(version, out, entry);
            if (request instanceof Request.Pinned) {
              version.redeemed();
            }
          }
        });
  }

  @Override
  public void doPut(CallContext call, FlightSource in, Acknowledgements out) {
    log.run(
        "DoPut",
        entry -> {
          CallHeaders.check(call.headers());
          try (FlightData first = first(in);
              TableWriter writer = writer(first, in, entry)) {
            receive(in, out, writer, entry);
            writer.commit();
          }
        });
  }

  private TableWriter writer(FlightData first, FlightSource in, CallLog.Entry entry) {
    FlightDescriptor descriptor = descriptor(first);
    TableName name = dialect.write(descriptor);
    entry.table(name);
    byte[] origin = Dialect.origin(descriptor, name).encode().toByteArray();
    if (first.header().hasRemaining()) {
      return store.write(name, origin, first.header());
    }
    try (FlightData second = in.next()) {
      if (second == null || !second.header().hasRemaining()) {
        throw invalid("DoPut has no schema: it has to come with the descriptor or right behind it");
      }
      return store.write(name, origin, second.header());
    }
  }

  @Override
  public void doAction(CallContext call, Action action, Consumer<ByteString> out) {
    log.run(
        "DoAction",
        entry -> {
          entry.table(action.type());
          actions.perform(action, dialect, entry, out);
        });
  }

  @Override
  public List<ActionType> listActions(CallContext call) {
    return log.call("ListActions", entry -> actions.types());
  }

  private TableVersion open(Request request, CallLog.Entry entry) {
    entry.table(request.table());
    return switch (request) {
      case Request.Latest latest -> store.open(latest.table());
      case Request.Pinned pinned -> store.open(pinned.table(), pinned.version());
    };
  }

  /** In the kind of descriptor it was put under: old clients read one kind alone. */
  private FlightInfo listed(CallContext call, TableSummary table) {
    FlightDescriptor descriptor = FlightDescriptor.decode(ByteString.copyFrom(table.origin()));
    return info(call, table, descriptor);
  }

  private FlightInfo info(CallContext call, TableSummary table, FlightDescriptor descriptor) {
    var endpoint =
        FlightEndpoint.of(
            tickets.seal(table.name(), table.version()),
            new Location("grpc://" + call.authority()));
    return new FlightInfo(
        IpcMessages.encapsulate(table.schema()),
        descriptor,
        List.of(endpoint),
        table.rows(),
        table.bytes(),
        true,
        ByteString.EMPTY);
  }

  private static void send(TableVersion version, FlightSink out, CallLog.Entry entry) {
    long rows = 0;
    long bytes = 0;
    out.sendWithNext(FlightData.schema(null, version.schema()));
    for (Batch batch : version.batches()) {
      out.sendWithNext(message(batch, version.retain()));
      rows += batch.rows();
      bytes += batch.bodyBytes();
      entry.size(rows, bytes);
    }
    entry.size(rows, bytes);
  }

  /** The message that a batch came as; {@code lease} is closed when it has been sent. */
  private static FlightData message(Batch batch, TableVersion lease) {
    ByteBuffer metadata = batch.metadata();
    return new FlightData(
        null,
        metadata == null ? NO_BYTES : metadata,
        batch.appMetadata(),
        metadata == null ? null : List.of(batch.body()),
        lease::close);
  }

  private static FlightData first(FlightSource in) {
    FlightData first = in.next();
    if (first == null) {
      throw invalid(
          "DoPut ended before its first message, which has to carry a descriptor and a schema");
    }
    return first;
  }

  private static FlightDescriptor descriptor(FlightData first) {
    FlightDescriptor descriptor = first.descriptor();
    if (descriptor == null) {
      throw invalid("DoPut's first message has no descriptor: it has to say which table to write");
    }
    return descriptor;
  }

  private void receive(
      FlightSource in, Acknowledgements out, TableWriter writer, CallLog.Entry entry) {
    for (@Nullable FlightData data; (data = in.next()) != null; ) {
      Batch batch = batch(data);
      ByteBuffer acknowledged = batch.appMetadata();
      writer.append(batch);
      entry.size(writer.rows(), writer.bytes());
      if (acknowledged != null) {
        out.offer(
            ByteString.copyFrom(
                acknowledged)); // a client that does not read them must not stop its own upload
      }
    }
    entry.size(writer.rows(), writer.bytes());
  }

  private Batch batch(FlightData data) {
    ByteBuffer metadata = data.header().hasRemaining() ? data.header() : null;
    ByteBuffer body = data.body().isEmpty() ? NO_BYTES : data.body().get(0);
    int appBytes = data.appMetadata() == null ? 0 : data.appMetadata().remaining();
    int heapBytes = BATCH_HEAP_BYTES + data.header().remaining() + appBytes;
    if (!heap.tryReserve(heapBytes)) {
      data.close();
      throw new StatusException(
          StatusCode.RESOURCE_EXHAUSTED,
          "the metadata of the batches here takes the "
              + ByteSize.text(heap.limitBytes())
              + " it may take: put fewer, larger batches, or less application metadata");
    }
    return new Batch(
        metadata,
        data.appMetadata(),
        body,
        () -> {
          heap.release(heapBytes);
          data.close();
        });
  }

  private static StatusException invalid(String message) {
    return new StatusException(StatusCode.INVALID_ARGUMENT, message);
  }
}
