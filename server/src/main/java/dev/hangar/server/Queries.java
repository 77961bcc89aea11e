package dev.hangar.server;

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
import dev.hangar.wire.FlightData;
import dev.hangar.wire.FlightDescriptor;
import dev.hangar.wire.FlightEndpoint;
import dev.hangar.wire.FlightInfo;
import dev.hangar.wire.FlightSink;
import dev.hangar.wire.IpcMessages;
import dev.hangar.wire.Ticket;
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
import org.jspecify.annotations.Nullable;

/** Statements as flights. Thread-safe. */
final class Queries {
  /** Says in answers whether they were kept, and for how long. */
  private static final String CACHE = "hangar-cache";

  private static final long UNKNOWN = -1;

  private final SqlEngine engine;
  private final Results results;
  private final NamedTables tables;
  private final Endpoints endpoints;
  private final QueryTickets tickets;
  private final SqlWrites writes;
  private final InstantSource clock;
  private final SecureRandom random = new SecureRandom();

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
          return endpoints.keptInfo(call, kept, descriptor).withAppMetadata(told(age(kept)));
        }
      }
      Instant end = endpoints.ticketEnd();
      query.versions().forEach(version -> version.keepUntil(end));
      Ticket ticket = tickets.seal(random.nextLong(), command, versions);
      return new FlightInfo(
          IpcMessages.encapsulate(schema(query)),
          descriptor,
          List.of(new FlightEndpoint(ticket, call.locations(), end, ByteString.EMPTY)),
          UNKNOWN,
          UNKNOWN,
          true,
          told(null));
    }
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
    send(call, command, tables::open, null, out, entry);
  }

  /** Sends the answer that a ticket stands for. */
  void send(CallContext call, Ticket ticket, FlightSink out, CallLog.Entry entry) {
    QueryTickets.Sealed sealed = tickets.open(ticket.bytes());
    SqlTables pinned = name -> tables.open(name, sealed.versions().get(name));
    send(call, sealed.command(), pinned, "statement-" + sealed.id(), out, entry);
  }

  private void send(
      CallContext call,
      SqlCommand command,
      SqlTables tables,
      @Nullable String idempotencyKey,
      FlightSink out,
      CallLog.Entry entry) {
    entry.subject(subject(command));
    long skipped = CallHeaders.skipBatches(call.headers());
    PreparedQuery query = engine.prepare(command, tables);
    if (query.write().isPresent()) {
      SqlWrite write = query.write().get();
      writes.run(
          call, query, idempotencyKey == null ? write : write.withKey(idempotencyKey), out, entry);
      return;
    }
    try (Result result = results.open(query)) {
      switch (result) {
        case Result.Kept kept -> {
          Duration age = age(kept.version());
          call.responseHeaders(CallHeaders.SIGN.with(CACHE, "hit; age=" + age.toSeconds()));
          new Download(kept.version(), out, entry)
              .withFirst(told(age).asReadOnlyByteBuffer())
              .send(kept.version().parts(), skipped);
        }
        case Result.Coming coming -> {
          requireWhole(skipped);
          call.responseHeaders(CallHeaders.SIGN.with(CACHE, "miss"));
          send(call, coming, out, entry);
        }
      }
    }
  }

  private static void send(
      CallContext call, Result.Coming coming, FlightSink out, CallLog.Entry entry) {
    out.send(FlightData.schema(null, coming.schema()));
    ByteBuffer first = told(null).asReadOnlyByteBuffer();
    long rows = 0;
    long bytes = 0;
    for (BatchSource.Loan loan; (loan = coming.next(call::isCancelled)) != null; ) {
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
