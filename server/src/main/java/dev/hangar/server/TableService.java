package dev.hangar.server;

import com.google.protobuf.ByteString;
import dev.hangar.query.dataset.Dataset;
import dev.hangar.query.sql.SqlCommand;
import dev.hangar.store.Batch;
import dev.hangar.store.NoSuchTableException;
import dev.hangar.store.TableName;
import dev.hangar.store.TableStore;
import dev.hangar.store.TableSummary;
import dev.hangar.store.TableVersion;
import dev.hangar.store.TableWriter;
import dev.hangar.store.WriteOptions;
import dev.hangar.wire.Acknowledgements;
import dev.hangar.wire.Action;
import dev.hangar.wire.ActionType;
import dev.hangar.wire.CallContext;
import dev.hangar.wire.FlightData;
import dev.hangar.wire.FlightDescriptor;
import dev.hangar.wire.FlightInfo;
import dev.hangar.wire.FlightService;
import dev.hangar.wire.FlightSink;
import dev.hangar.wire.FlightSource;
import dev.hangar.wire.HandshakeSource;
import dev.hangar.wire.IpcMessages;
import dev.hangar.wire.PollInfo;
import dev.hangar.wire.Ticket;
import dev.hangar.wire.grpc.ErrorDetail;
import dev.hangar.wire.grpc.Metadata;
import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import dev.hangar.wire.memory.MemoryBudget;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Flight's methods over a store of tables. Thread-safe. */
final class TableService implements FlightService {
  /** Heap that a batch takes besides its metadata: its objects, and their place in lists. */
  private static final int BATCH_HEAP_BYTES = 512;

  private static final ByteBuffer NO_BYTES = ByteBuffer.allocate(0);

  private final TableStore store;
  private final Endpoints endpoints;
  private final DatasetFlights files;
  private final Dialect dialect;
  private final Queries queries;
  private final Actions actions;
  private final Access access;
  private final CallLog log;
  private final MemoryBudget heap;

  /**
   * A service over {@code store}.
   *
   * @param heap what the metadata of batches may take of the Java heap: bodies lie elsewhere, and
   *     are counted there
   */
  TableService(
      TableStore store,
      Endpoints endpoints,
      DatasetFlights files,
      Dialect dialect,
      Queries queries,
      Actions actions,
      Access access,
      CallLog log,
      MemoryBudget heap) {
    this.store = store;
    this.endpoints = endpoints;
    this.files = files;
    this.dialect = dialect;
    this.queries = queries;
    this.actions = actions;
    this.access = access;
    this.log = log;
    this.heap = heap;
  }

  @Override
  public void handshake(CallContext call, HandshakeSource in, Consumer<ByteString> out) {
    log.run("Handshake", call, entry -> access.handshake(call, in, out, entry));
  }

  @Override
  public void listFlights(CallContext call, ByteString criteria, Consumer<FlightInfo> out) {
    run(
        "ListFlights",
        call,
        (entry, user) -> {
          String prefix = criteria.toStringUtf8();
          List<TableSummary> tables = store.list();
          tables.stream()
              .filter(table -> table.name().toString().startsWith(prefix))
              .forEach(table -> out.accept(listed(call, table)));
          var names = tables.stream().map(TableSummary::name).collect(Collectors.toSet());
          files.list(call, prefix, names::contains, out);
        });
  }

  @Override
  public FlightInfo getFlightInfo(CallContext call, FlightDescriptor descriptor) {
    return call("GetFlightInfo", call, entry -> info(call, descriptor, entry));
  }

  /** Statements run meanwhile; whatever else there is, is complete at once. */
  @Override
  public PollInfo pollFlightInfo(CallContext call, FlightDescriptor descriptor) {
    return call(
        "PollFlightInfo",
        call,
        entry -> {
          Optional<ByteString> ticket = Dialect.polled(descriptor);
          if (ticket.isPresent()) {
            return queries.poll(call, ticket.get(), entry);
          }
          Optional<SqlCommand> sql = dialect.sql(descriptor);
          return sql.isPresent()
              ? queries.poll(call, sql.get(), entry)
              : new PollInfo(info(call, descriptor, entry), null, OptionalDouble.of(1), null);
        });
  }

  private FlightInfo info(CallContext call, FlightDescriptor descriptor, CallLog.Entry entry) {
    Optional<SqlCommand> sql = dialect.sql(descriptor);
    if (sql.isPresent()) {
      return queries.info(call, descriptor, sql.get(), entry);
    }
    Request request = dialect.read(descriptor);
    Optional<Dataset> file = files.find(request);
    if (file.isPresent()) {
      return files.info(call, file.get(), descriptor, entry);
    }
    try (TableVersion version = open(request, entry)) {
      entry.size(version.rows(), version.bytes());
      return endpoints.keptInfo(call, version, descriptor);
    }
  }

  @Override
  public ByteString getSchema(CallContext call, FlightDescriptor descriptor) {
    return call(
        "GetSchema",
        call,
        entry -> {
          Optional<SqlCommand> sql = dialect.sql(descriptor);
          if (sql.isPresent()) {
            return queries.schema(sql.get(), entry);
          }
          Request request = dialect.read(descriptor);
          Optional<Dataset> file = files.find(request);
          if (file.isPresent()) {
            return files.schema(file.get(), entry);
          }
          try (TableVersion version = open(request, entry)) {
            return IpcMessages.encapsulate(version.schema());
          }
        });
  }

  @Override
  public void doGet(CallContext call, Ticket ticket, FlightSink out) {
    run(
        "DoGet",
        call,
        (entry, user) -> {
          if (QueryTickets.isOurs(ticket.bytes())) {
            queries.send(call, ticket, out, entry);
            return;
          }
          Optional<SqlCommand> sql = dialect.sql(ticket);
          if (sql.isPresent()) {
            queries.send(call, sql.get(), out, entry);
            return;
          }
          Request request = dialect.read(ticket);
          Optional<Dataset> file = files.find(request);
          if (file.isPresent()) {
            files.send(call, file.get(), request, out, entry);
            return;
          }
          try (TableVersion version = open(request, entry)) {
            long skipped = CallHeaders.skipBatches(call.headers());
            call.responseHeaders(numbered(version.number()));
            var download = new Download(version, out, entry);
            if (request instanceof Request.Pinned pinned) {
              download.send(pinned.parts().in(version.parts()), skipped);
              version.fetched();
            } else {
              download.send(version.parts(), skipped);
            }
          }
        });
  }

  @Override
  public void doPut(CallContext call, FlightSource in, Acknowledgements out) {
    run(
        "DoPut",
        call,
        (entry, user) -> {
          try (FlightData first = first(in)) {
            FlightDescriptor descriptor = descriptor(first);
            switch (dialect.write(descriptor)) {
              case Target.Table table when files.isFile(table.name()) ->
                  write(first, in, out, files.writers(call, table.name(), entry), entry);
              case Target.Table table -> {
                var writers = writers(call, descriptor, table, entry);
                TableSummary written = write(first, in, out, writers, entry);
                call.trailers(numbered(written.version()));
              }
              case Target.Part part -> write(first, in, out, writers(call, part, entry), entry);
            }
          }
        });
  }

  @Override
  public void doExchange(CallContext call, FlightSource in, FlightSink out) {
    run("DoExchange", call, (entry, user) -> Exchanges.run(in, out, entry));
  }

  /** Runs a call of a user who may make it, and writes its line. */
  private void run(String method, CallContext call, BiConsumer<CallLog.Entry, String> handler) {
    log.run(
        method,
        call,
        entry -> {
          call.responseHeaders(CallHeaders.SIGN);
          handler.accept(entry, access.user(call.headers()));
        });
  }

  private <A> A call(String method, CallContext call, Function<CallLog.Entry, A> handler) {
    return log.call(
        method,
        call,
        entry -> {
          call.responseHeaders(CallHeaders.SIGN);
          access.user(call.headers());
          return handler.apply(entry);
        });
  }

  private Function<ByteBuffer, TableWriter> writers(
      CallContext call, FlightDescriptor descriptor, Target.Table table, CallLog.Entry entry) {
    entry.table(table.name());
    byte[] origin = Dialect.origin(descriptor, table.name()).encode().toByteArray();
    WriteOptions options = CallHeaders.writeOptions(call.headers());
    CallHeaders.requireKind(call.headers(), table.name(), false);
    return schema -> store.write(table.name(), origin, schema, options);
  }

  private Function<ByteBuffer, TableWriter> writers(
      CallContext call, Target.Part part, CallLog.Entry entry) {
    CallHeaders.checkPart(call.headers());
    TableName table = store.uploadTable(part.upload());
    entry.table(table);
    entry.subject(table + " part " + part.number());
    return schema -> store.writePart(part.upload(), part.number(), schema);
  }

  private TableSummary write(
      FlightData first,
      FlightSource in,
      Acknowledgements out,
      Function<ByteBuffer, TableWriter> writers,
      CallLog.Entry entry) {
    try (TableWriter writer = writer(first, in, writers)) {
      receive(in, out, writer, entry);
      return writer.commit();
    }
  }

  /** The writer for the schema, which comes with the descriptor or behind it. */
  private static TableWriter writer(
      FlightData first, FlightSource in, Function<ByteBuffer, TableWriter> writers) {
    if (first.header().hasRemaining()) {
      return writers.apply(first.header());
    }
    try (FlightData second = in.next()) {
      if (second == null || !second.header().hasRemaining()) {
        throw invalid("DoPut has no schema: it has to come with the descriptor or right behind it");
      }
      return writers.apply(second.header());
    }
  }

  private static Metadata numbered(long version) {
    return CallHeaders.SIGN.with(CallHeaders.VERSION, Long.toString(version));
  }

  @Override
  public void doAction(CallContext call, Action action, Consumer<ByteString> out) {
    run(
        "DoAction",
        call,
        (entry, user) -> {
          entry.subject(action.type());
          actions.perform(action, new Actions.Caller(call, user, entry), out);
        });
  }

  @Override
  public List<ActionType> listActions(CallContext call) {
    return call("ListActions", call, entry -> actions.types());
  }

  private TableVersion open(Request request, CallLog.Entry entry) {
    entry.table(request.table());
    try {
      return endpoints.open(request);
    } catch (NoSuchTableException none) {
      throw files.missing(none);
    }
  }

  /** In the kind of descriptor it was put under: old clients read one kind alone. */
  private FlightInfo listed(CallContext call, TableSummary table) {
    FlightDescriptor origin = FlightDescriptor.decode(ByteString.copyFrom(table.origin()));
    return endpoints.info(call, table, Dialect.named(origin, table.name()));
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
      // some writers repeat a batch's metadata on the dictionaries before it, and wait for one
      // answer
      if (acknowledged != null && !batch.isDictionary()) {
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
                  + " it may take: put fewer, larger batches, or less application metadata")
          .withDetail(ErrorDetail.of("TOO_MANY_BATCHES").withHint("put fewer, larger batches"));
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
