package dev.hangar.server;

import static dev.hangar.query.result.Limits.FIRST_POLL_TIME;
import static dev.hangar.query.result.Limits.POLLED_TIME;
import static dev.hangar.query.result.Limits.POLL_TIME;

import com.google.protobuf.ByteString;
import dev.hangar.query.arrow.BatchSource;
import dev.hangar.query.result.Result;
import dev.hangar.query.result.Results;
import dev.hangar.query.sql.PreparedQuery;
import dev.hangar.query.sql.SqlCommand;
import dev.hangar.query.sql.SqlEngine;
import dev.hangar.query.sql.SqlTable;
import dev.hangar.query.sql.SqlTables;
import dev.hangar.query.sql.SqlWrite;
import dev.hangar.store.Batch;
import dev.hangar.store.TableName;
import dev.hangar.store.TableVersion;
import dev.hangar.wire.CallContext;
import dev.hangar.wire.CancelStatus;
import dev.hangar.wire.FlightData;
import dev.hangar.wire.FlightDescriptor;
import dev.hangar.wire.FlightEndpoint;
import dev.hangar.wire.FlightInfo;
import dev.hangar.wire.FlightSink;
import dev.hangar.wire.IpcMessages;
import dev.hangar.wire.PollInfo;
import dev.hangar.wire.Ticket;
import dev.hangar.wire.grpc.ErrorDetail;
import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Statements as flights. Thread-safe. */
final class Queries {
  private static final long UNKNOWN = -1;

  private final SqlEngine engine;
  private final Results results;
  private final NamedTables tables;
  private final Endpoints endpoints;
  private final QueryTickets tickets;
  private final SqlWrites writes;
  private final InstantSource clock;
  private final SecureRandom random = new SecureRandom();
  private final CancelledTickets cancelled = new CancelledTickets();

  Queries(
      SqlEngine engine,
      Results results,
      NamedTables tables,
      Endpoints endpoints,
      QueryTickets tickets,
      SqlWrites writes,
      InstantSource clock) {
    this.engine = engine;
    this.results = results;
    this.tables = tables;
    this.endpoints = endpoints;
    this.tickets = tickets;
    this.writes = writes;
    this.clock = clock;
  }

  /**
   * How to fetch the answer to a statement: where it was kept, else where it will be computed when
   * somebody comes for it, over the tables as they are now.
   */
  FlightInfo info(
      CallContext call, FlightDescriptor descriptor, SqlCommand command, CallLog.Entry entry) {
    entry.subject(subject(command));
    var versions = new LinkedHashMap<TableName, Long>();
    try (PreparedQuery query = engine.prepare(command, remembering(versions))) {
      TableVersion kept = results.kept(query).orElse(null);
      if (kept != null) {
        try (kept) {
          entry.size(kept.rows(), kept.bytes());
          return info(call, descriptor, kept);
        }
      }
      Ticket ticket = ticket(random.nextLong(), query, versions);
      return info(call, descriptor, ticket, schema(query), UNKNOWN);
    }
  }

  /** A ticket for a statement over these versions, which are kept as long as it is good. */
  private Ticket ticket(long id, PreparedQuery query, Map<TableName, Long> versions) {
    Instant end = endpoints.ticketEnd();
    query.versions().forEach(version -> version.keepUntil(end));
    return tickets.seal(id, query.command(), versions);
  }

  /** Begins a statement, and tells how far it is. */
  PollInfo poll(CallContext call, SqlCommand command, CallLog.Entry entry) {
    entry.subject(subject(command));
    var versions = new LinkedHashMap<TableName, Long>();
    PreparedQuery query = engine.prepare(command, remembering(versions));
    long id = random.nextLong();
    Ticket ticket = ticket(id, query, versions);
    if (query.write().isPresent()) {
      try (query) {
        return ready(
            info(
                call, descriptor(command), ticket, schema(query), UNKNOWN)); // it runs once fetched
      }
    }
    return begun(call, results.open(query), command, id, ticket, entry);
  }

  private PollInfo begun(
      CallContext call,
      Result result,
      SqlCommand command,
      long id,
      Ticket ticket,
      CallLog.Entry entry) {
    return switch (result) {
      case Result.Kept kept -> {
        try (kept) {
          yield ready(info(call, descriptor(command), kept.version()));
        }
      }
      case Result.Coming coming -> {
        results.held().hold(id, coming);
        yield told(call, coming, command, id, ticket, FIRST_POLL_TIME, entry);
      }
    };
  }

  /** How far the statement is that was begun under a ticket. */
  PollInfo poll(CallContext call, ByteString ticket, CallLog.Entry entry) {
    QueryTickets.Sealed sealed = tickets.open(ticket);
    entry.subject(subject(sealed.command()));
    requireNotCancelled(sealed);
    Result.Coming coming = results.held().ask(sealed.id()).orElse(null);
    if (coming == null) {
      PreparedQuery query = engine.prepare(sealed.command(), pinned(sealed));
      return begun(
          call, results.open(query), sealed.command(), sealed.id(), new Ticket(ticket), entry);
    }
    return told(call, coming, sealed.command(), sealed.id(), new Ticket(ticket), POLL_TIME, entry);
  }

  private PollInfo told(
      CallContext call,
      Result.Coming coming,
      SqlCommand command,
      long id,
      Ticket ticket,
      Duration wait,
      CallLog.Entry entry) {
    try {
      boolean isReady = coming.awaitReady(wait);
      FlightInfo info = info(call, descriptor(command), ticket, coming.schema(), coming.rows());
      entry.size(Math.max(0, coming.rows()), 0);
      return isReady
          ? ready(info)
          : new PollInfo(
              info,
              new FlightDescriptor.Command(ticket.bytes()),
              coming.progress(),
              clock.instant().plus(POLLED_TIME));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StatusException(StatusCode.UNAVAILABLE, "the server is closing");
    } catch (RuntimeException failed) {
      results.held().take(id).ifPresent(Result.Coming::close);
      throw failed;
    }
  }

  private static PollInfo ready(FlightInfo info) {
    return new PollInfo(info, null, OptionalDouble.of(1), null);
  }

  /** An answer that was kept. */
  private FlightInfo info(CallContext call, FlightDescriptor descriptor, TableVersion kept) {
    return endpoints.keptInfo(call, kept, descriptor).withAppMetadata(told(age(kept)));
  }

  /** One that comes when somebody asks for it. */
  private FlightInfo info(
      CallContext call, FlightDescriptor descriptor, Ticket ticket, ByteBuffer schema, long rows) {
    var endpoint =
        new FlightEndpoint(ticket, call.locations(), endpoints.ticketEnd(), ByteString.EMPTY);
    return new FlightInfo(
        IpcMessages.encapsulate(schema),
        descriptor,
        List.of(endpoint),
        rows,
        UNKNOWN,
        true,
        told(null));
  }

  private static FlightDescriptor descriptor(SqlCommand command) {
    return new FlightDescriptor.Command(JsonBody.write(SqlWords.words(command)));
  }

  /** Stops the statement of a ticket, where it runs for that ticket, and makes it worthless. */
  CancelStatus cancel(ByteString ticket, CallLog.Entry entry) {
    QueryTickets.Sealed sealed = tickets.open(ticket);
    entry.subject(subject(sealed.command()));
    cancelled.add(sealed.id());
    results.held().take(sealed.id()).ifPresent(Result.Coming::close);
    return CancelStatus.CANCELLED;
  }

  private void requireNotCancelled(QueryTickets.Sealed sealed) {
    if (cancelled.contains(sealed.id())) {
      throw new StatusException(
              StatusCode.CANCELLED, "this statement was cancelled; ask GetFlightInfo for a new one")
          .withDetail(
              ErrorDetail.of("FLIGHT_CANCELLED").withHint("ask GetFlightInfo for a new one"));
    }
  }

  private SqlTables pinned(QueryTickets.Sealed sealed) {
    return name -> tables.open(name, sealed.versions().get(name));
  }

  /** The schema of a statement's answer, encapsulated. */
  ByteString schema(SqlCommand command, CallLog.Entry entry) {
    entry.subject(subject(command));
    try (PreparedQuery query = engine.prepare(command, tables::open)) {
      return IpcMessages.encapsulate(schema(query));
    }
  }

  /** Sends the answer to a statement over tables as they are now. */
  void send(CallContext call, SqlCommand command, FlightSink out, CallLog.Entry entry) {
    entry.subject(subject(command));
    PreparedQuery query = engine.prepare(command, tables::open);
    send(call, query, query.write().orElse(null), call::isCancelled, out, entry);
  }

  /** Sends the answer that a ticket stands for. */
  void send(CallContext call, Ticket ticket, FlightSink out, CallLog.Entry entry) {
    QueryTickets.Sealed sealed = tickets.open(ticket.bytes());
    entry.subject(subject(sealed.command()));
    requireNotCancelled(sealed);
    BooleanSupplier isGone = () -> call.isCancelled() || cancelled.contains(sealed.id());
    Result.Coming begun = results.held().take(sealed.id()).orElse(null);
    if (begun != null) {
      try (begun) {
        send(call, begun, isGone, out, entry);
      }
    } else {
      PreparedQuery query = engine.prepare(sealed.command(), pinned(sealed));
      SqlWrite write = query.write().map(w -> w.withKey("statement-" + sealed.id())).orElse(null);
      send(call, query, write, isGone, out, entry);
    }
    requireNotCancelled(sealed);
  }

  private void send(
      CallContext call,
      PreparedQuery query,
      @Nullable SqlWrite write,
      BooleanSupplier isGone,
      FlightSink out,
      CallLog.Entry entry) {
    if (write != null) {
      writes.run(query, write, isGone, out, entry);
      return;
    }
    try (Result result = results.open(query)) {
      switch (result) {
        case Result.Kept kept -> send(call, kept.version(), out, entry);
        case Result.Coming coming -> send(call, coming, isGone, out, entry);
      }
    }
  }

  private void send(CallContext call, TableVersion kept, FlightSink out, CallLog.Entry entry) {
    Duration age = age(kept);
    call.responseHeaders(CallHeaders.hit(age));
    new Download(kept, out, entry)
        .withFirst(told(age).asReadOnlyByteBuffer())
        .send(kept.parts(), CallHeaders.skipBatches(call.headers()));
  }

  private static void send(
      CallContext call,
      Result.Coming coming,
      BooleanSupplier isGone,
      FlightSink out,
      CallLog.Entry entry) {
    requireWhole(CallHeaders.skipBatches(call.headers()));
    call.responseHeaders(CallHeaders.miss());
    out.send(FlightData.schema(null, coming.schema()));
    ByteBuffer first = told(null).asReadOnlyByteBuffer();
    long rows = 0;
    long bytes = 0;
    for (BatchSource.Loan loan; (loan = coming.next(isGone)) != null; ) {
      Batch batch = loan.batch();
      rows += batch.rows();
      bytes += batch.bodyBytes();
      entry.size(rows, bytes);
      out.send(message(batch, rows == batch.rows() ? first : null, loan.giveBack()));
    }
    entry.size(rows, bytes);
    if (call.isCancelled()) {
      throw new StatusException(StatusCode.CANCELLED, "the caller has gone");
    }
  }

  private static FlightData message(Batch batch, @Nullable ByteBuffer told, Runnable giveBack) {
    ByteBuffer metadata = batch.metadata();
    if (metadata == null) {
      throw new IllegalStateException("a statement's batch has no metadata");
    }
    return FlightData.batch(metadata, told, List.of(batch.body()), giveBack);
  }

  /** Another run of a statement may have its rows in other batches. */
  private static void requireWhole(long skipped) {
    if (skipped > 0) {
      throw new StatusException(
          StatusCode.FAILED_PRECONDITION,
          "the answer is no longer there, and can't be gone on with; ask for all of it again");
    }
  }

  private SqlTables remembering(Map<TableName, Long> versions) {
    return name -> {
      SqlTable table = tables.open(name, versions.get(name));
      if (table instanceof SqlTable.Stored stored) {
        versions.put(name, stored.version().number());
      }
      return table;
    };
  }

  private static ByteBuffer schema(PreparedQuery query) {
    return query.write().isPresent() ? SqlWrites.schema() : query.schemaMessage();
  }

  private Duration age(TableVersion kept) {
    return Duration.between(kept.created(), clock.instant());
  }

  /** What an answer's metadata tells: whether it was kept, and for how long. */
  private static ByteString told(@Nullable Duration age) {
    return JsonBody.write(
        age == null
            ? Map.of("cache", "miss")
            : Map.of("cache", "hit", "age_ms", Math.max(0, age.toMillis())));
  }

  private static String subject(SqlCommand command) {
    return command.sql().strip().replaceAll("\\s+", " ");
  }
}
