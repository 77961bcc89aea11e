package dev.hangar.server;

import com.google.protobuf.ByteString;
import dev.hangar.query.dataset.Dataset;
import dev.hangar.query.dataset.DatasetException;
import dev.hangar.query.dataset.DatasetMessages;
import dev.hangar.query.dataset.DatasetRange;
import dev.hangar.query.dataset.Datasets;
import dev.hangar.query.result.KeptFiles;
import dev.hangar.server.CallHeaders.Resumption;
import dev.hangar.store.NoSuchTableException;
import dev.hangar.store.TableName;
import dev.hangar.store.TableStore;
import dev.hangar.store.TableVersion;
import dev.hangar.store.TableWriter;
import dev.hangar.store.local.NearestNames;
import dev.hangar.wire.CallContext;
import dev.hangar.wire.FlightData;
import dev.hangar.wire.FlightDescriptor;
import dev.hangar.wire.FlightEndpoint;
import dev.hangar.wire.FlightInfo;
import dev.hangar.wire.FlightSink;
import dev.hangar.wire.IpcMessages;
import dev.hangar.wire.grpc.Metadata;
import dev.hangar.wire.grpc.StatusException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Files as flights, beside the tables. Thread-safe. */
final class DatasetFlights {
  private static final Resumption NOTHING = new Resumption(0, -1, "");

  private final Datasets datasets;
  private final KeptFiles kept;
  private final TableStore store;
  private final DatasetTickets tickets;
  private final Endpoints endpoints;
  private final InstantSource clock;
  private final Consumer<String> console;
  private final Set<String> told = new LinkedHashSet<>();

  DatasetFlights(
      Datasets datasets,
      KeptFiles kept,
      TableStore store,
      DatasetTickets tickets,
      Endpoints endpoints,
      InstantSource clock,
      Consumer<String> console) {
    this.datasets = datasets;
    this.kept = kept;
    this.store = store;
    this.tickets = tickets;
    this.endpoints = endpoints;
    this.clock = clock;
    this.console = console;
  }

  /**
   * The dataset that is asked for; empty where it is a table, or nothing. Names that end in {@code
   * .parquet} mean the file where there is one, others the table.
   *
   * @throws DatasetException a ticket's files are not what they were
   */
  Optional<Dataset> find(Request request) {
    return switch (request) {
      case Request.Latest latest -> find(latest.table());
      case Request.Numbered numbered -> Optional.empty();
      case Request.Pinned pinned -> Optional.empty();
      case Request.FileRange range -> {
        Dataset dataset = datasets.get(range.table());
        if (!DatasetTickets.print(dataset).equals(range.print())) {
          throw datasets.changed(range.table());
        }
        yield Optional.of(dataset);
      }
    };
  }

  private Optional<Dataset> find(TableName name) {
    Optional<Dataset> found = datasets.find(name);
    return found.isPresent() && (datasets.isFile(name) || !store.contains(name))
        ? found
        : Optional.empty();
  }

  /** What to say where there is neither a table nor a file of that name. */
  RuntimeException missing(NoSuchTableException none) {
    if (datasets.isFile(none.table())) {
      return datasets.missing(none.table());
    }
    List<TableName> near = new ArrayList<>(none.nearest());
    near.addAll(datasets.nearest(none.table()));
    return near.size() == none.nearest().size()
        ? none
        : new NoSuchTableException(none.table(), NearestNames.to(none.table(), near));
  }

  /** How to fetch a dataset: one endpoint for each of its ranges. */
  FlightInfo info(
      CallContext call, Dataset dataset, FlightDescriptor descriptor, CallLog.Entry entry) {
    entry.table(dataset.name());
    entry.size(dataset.rows(), dataset.bytes());
    List<DatasetRange> ranges = dataset.ranges(Limits.ENDPOINT_BYTES, Limits.ENDPOINTS);
    return info(call, dataset, descriptor, ranges, endpoints.ticketEnd());
  }

  /** The schema, as Flight sends it. */
  ByteString schema(Dataset dataset, CallLog.Entry entry) {
    entry.table(dataset.name());
    return IpcMessages.encapsulate(dataset.schemaMessage());
  }

  /**
   * Tells of every dataset whose name begins with {@code prefix} and is no table's. One that can't
   * be read is left out, and told of on the console.
   */
  void list(
      CallContext call, String prefix, Predicate<TableName> isTold, Consumer<FlightInfo> out) {
    datasets.list(dataset -> {
      if (dataset.name().toString().startsWith(prefix)
          && (datasets.isFile(dataset.name()) || !isTold.test(dataset.name()))) {
        listed(call, dataset).ifPresent(out);
      }
      return !call.isCancelled();
    });
  }

  private Optional<FlightInfo> listed(CallContext call, Dataset dataset) {
    try {
      FlightDescriptor path = Dialect.path(dataset.name());
      return Optional.of(info(call, dataset, path, List.of(DatasetRange.ALL), null));
    } catch (DatasetException e) {
      if (e.kind() == DatasetException.Kind.BUSY) {
        throw e;
      }
      tell(e);
      return Optional.empty();
    }
  }

  private synchronized void tell(DatasetException left) {
    String line = CallLog.printable("Not listed: " + left.getMessage());
    if (told.size() == Limits.TOLD_FILES) {
      told.clear();
    }
    if (told.add(line)) {
      console.accept(line);
    }
  }

  private FlightInfo info(
      CallContext call,
      Dataset dataset,
      FlightDescriptor descriptor,
      List<DatasetRange> ranges,
      @Nullable Instant end) {
    return new FlightInfo(
        IpcMessages.encapsulate(dataset.schemaMessage()),
        descriptor,
        ranges.stream()
            .map(range ->
                new FlightEndpoint(
                    tickets.seal(dataset, range), call.locations(), end, ByteString.EMPTY))
            .toList(),
        dataset.rows(),
        dataset.bytes(),
        true,
        ByteString.EMPTY);
  }

  /** Sends what is asked of a dataset: rows that are kept, or as they are read. */
  void send(
      CallContext call, Dataset dataset, Request request, FlightSink out, CallLog.Entry entry) {
    entry.table(dataset.name());
    DatasetRange range =
        request instanceof Request.FileRange part ? part.range() : DatasetRange.ALL;
    Resumption had = CallHeaders.resumption(call.headers());
    String state = DatasetTickets.state(dataset);
    if (!had.file().isEmpty() && !had.file().equals(state)) {
      throw datasets.changedMeanwhile(dataset.name());
    }
    // batches of what is kept may end at other rows
    boolean mayBeKept = CallHeaders.mayBeKept(call.headers()) && !had.hasRows();
    TableVersion there = mayBeKept ? kept.kept(dataset, range).orElse(null) : null;
    if (there == null) {
      call.responseHeaders(CallHeaders.ofFile(CallHeaders.miss(), state));
      if (had.hasRows() && dataset.hasRowNumbers()) {
        sendBehind(had.rows(), dataset, range, out, entry);
        return;
      }
      try (DatasetMessages rows = mayBeKept ? kept.read(dataset, range) : dataset.read(range)) {
        send(rows, had, out, entry);
      }
      return;
    }
    try (there) {
      Metadata hit = CallHeaders.hit(Duration.between(there.created(), clock.instant()));
      call.responseHeaders(CallHeaders.ofFile(hit, state));
      new Download(there, out, entry).send(there.parts(), had.batches());
    }
  }

  /** Sends a range but for its first rows, which are not decoded again. */
  private static void sendBehind(
      long rows, Dataset dataset, DatasetRange range, FlightSink out, CallLog.Entry entry) {
    long there = Math.min(range.to(), dataset.rows()) - range.from();
    if (rows > there) {
      throw CallHeaders.tooManyRowsSkipped(rows, there);
    }
    try (DatasetMessages rest = dataset.read(new DatasetRange(range.from() + rows, range.to()))) {
      send(rest, NOTHING, out, entry);
    }
  }

  private static void send(
      DatasetMessages messages, Resumption had, FlightSink out, CallLog.Entry entry) {
    out.sendWithNext(FlightData.schema(null, messages.schema()));
    long left = had.batches();
    long skippedRows = 0;
    long rows = 0;
    long bytes = 0;
    for (DatasetMessages.Message next; (next = messages.next()) != null; ) {
      if (left > 0 && !next.isDictionary()) {
        next.release().run();
        skippedRows += next.rows();
        left--;
        continue;
      }
      if (left == 0 && had.hasRows() && skippedRows != had.rows()) {
        next.release().run();
        throw CallHeaders.otherBatches(had.batches(), had.rows(), skippedRows);
      }
      rows += next.rows();
      bytes += next.bodyBytes();
      out.sendWithNext(FlightData.batch(next.metadata(), null, next.body(), next.release()));
      entry.size(rows, bytes);
    }
    if (left > 0) {
      throw CallHeaders.tooManySkipped(had.batches(), had.batches() - left);
    }
    entry.size(rows, bytes);
  }

  /** Whether a name means a file, whatever tables there are. */
  boolean isFile(TableName name) {
    return datasets.isFile(name);
  }

  /** Who writes the file of that name, once its schema is there. */
  Function<ByteBuffer, TableWriter> writers(CallContext call, TableName name, CallLog.Entry entry) {
    entry.table(name);
    CallHeaders.requireKind(call.headers(), name, true);
    boolean mustBeNew = CallHeaders.mustBeNewFile(call.headers());
    return schema -> datasets.write(name, schema, mustBeNew);
  }

  /**
   * Refuses what is for tables alone.
   *
   * @throws StatusException INVALID_ARGUMENT: the name means a file
   */
  void requireTable(TableName name, String what) {
    if (isFile(name)) {
      throw NotThisKind.onlyTables(name, what);
    }
  }

  /** Removes the file of that name; false where the name does not mean one. */
  boolean drop(TableName name) {
    if (!isFile(name) && datasets.find(name).isEmpty()) {
      return false;
    }
    datasets.drop(name);
    return true;
  }
}
