package dev.hangar.server;

import com.google.protobuf.ByteString;
import dev.hangar.query.result.Results;
import dev.hangar.store.NoSuchTableException;
import dev.hangar.store.NoSuchVersionException;
import dev.hangar.store.TableStore;
import dev.hangar.store.TableSummary;
import dev.hangar.store.TableVersion;
import dev.hangar.wire.CallContext;
import dev.hangar.wire.CancelStatus;
import dev.hangar.wire.FlightDescriptor;
import dev.hangar.wire.FlightEndpoint;
import dev.hangar.wire.FlightInfo;
import dev.hangar.wire.IpcMessages;
import dev.hangar.wire.Ticket;
import dev.hangar.wire.grpc.ErrorDetail;
import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where tables can be fetched, and for how long: tickets are made, renewed, cancelled and redeemed
 * here. Thread-safe.
 *
 * <p>A ticket stands for one version, which is kept until its endpoint expires and may be fetched
 * any number of times. Only when memory runs short may a replaced version go before.
 */
final class Endpoints {
  private final TableStore store;
  private final TableStore results;
  private final Tickets tickets;
  private final InstantSource clock;
  private final CancelledTickets cancelled = new CancelledTickets();

  /**
   * @param results where the answers to statements are kept, under {@link Results#FOLDER}
   */
  Endpoints(TableStore store, TableStore results, Tickets tickets, InstantSource clock) {
    this.store = store;
    this.results = results;
    this.tickets = tickets;
    this.clock = clock;
  }

  /**
   * How to fetch a version as it is now, for lists: its ticket keeps nothing, and is one for all
   * parts, whose sizes nobody reads for that.
   */
  FlightInfo info(CallContext call, TableSummary table, FlightDescriptor descriptor) {
    return info(
        table, descriptor, List.of(endpoint(call, table, PartRange.all(table.parts()), null)));
  }

  /** How to fetch a version, which is kept for a while; once for each of its endpoints. */
  FlightInfo keptInfo(CallContext call, TableVersion version, FlightDescriptor descriptor) {
    TableSummary table = version.summary();
    return info(
        table,
        descriptor,
        PartRange.of(version.parts()).stream()
            .map(parts -> endpoint(call, table, parts, kept(version)))
            .toList());
  }

  /** A version that a ticket stands for. */
  TableVersion open(Request request) {
    return switch (request) {
      case Request.Latest latest -> store.open(latest.table());
      case Request.Numbered numbered -> store.open(numbered.table(), numbered.version());
      case Request.Pinned pinned -> {
        if (cancelled.contains(pinned.ticket())) {
          throw cancelled(pinned);
        }
        yield store(pinned).open(pinned.table(), pinned.version());
      }
      case Request.FileRange file -> throw new IllegalArgumentException("a file is no version");
    };
  }

  /**
   * The endpoint with a later expiration.
   *
   * @throws StatusException INVALID_ARGUMENT: its ticket is none that expires; CANCELLED: it was
   *     cancelled
   */
  FlightEndpoint renew(FlightEndpoint endpoint, CallLog.Entry entry) {
    if (DatasetTickets.isOurs(endpoint.ticket().bytes())) {
      entry.table(tickets.datasets().open(endpoint.ticket().bytes()).table());
      return new FlightEndpoint(
          endpoint.ticket(), endpoint.locations(), ticketEnd(), endpoint.appMetadata());
    }
    if (!Tickets.isOurs(endpoint.ticket().bytes())) {
      throw new StatusException(
          StatusCode.INVALID_ARGUMENT,
          "this endpoint's ticket is a name, which does not expire; there is nothing to renew");
    }
    Request.Pinned pinned = tickets.open(endpoint.ticket().bytes());
    entry.table(pinned.table());
    try (TableVersion version = open(pinned)) {
      Instant end = kept(version);
      if (pinned.kept()) {
        version.redeemed(); // it keeps the version once, not twice
      }
      Ticket ticket =
          pinned.kept()
              ? endpoint.ticket()
              : tickets.seal(version.name(), version.number(), true, pinned.parts());
      return new FlightEndpoint(ticket, endpoint.locations(), end, endpoint.appMetadata());
    }
  }

  /** Makes a flight's tickets worthless, and lets go of what they keep. */
  CancelStatus cancel(FlightInfo info, CallLog.Entry entry) {
    List<ByteString> all =
        info.endpoints().stream().map(FlightEndpoint::ticket).map(Ticket::bytes).toList();
    if (all.isEmpty() || !all.stream().allMatch(Tickets::isOurs)) {
      return CancelStatus.NOT_CANCELLABLE;
    }
    for (Request.Pinned pinned : all.stream().map(tickets::open).toList()) {
      entry.table(pinned.table());
      if (cancelled.add(pinned.ticket()) && pinned.kept()) {
        letGo(pinned);
      }
    }
    return CancelStatus.CANCELLED;
  }

  private TableStore store(Request.Pinned pinned) {
    boolean isResult = pinned.table().segments().getFirst().equals(Results.FOLDER);
    return isResult ? results : store;
  }

  private void letGo(Request.Pinned pinned) {
    try (TableVersion version = store(pinned).open(pinned.table(), pinned.version())) {
      version.redeemed();
    } catch (NoSuchTableException | NoSuchVersionException gone) {
      // nothing is kept any more
    }
  }

  private static StatusException cancelled(Request.Pinned pinned) {
    return new StatusException(
            StatusCode.CANCELLED,
            "this flight of " + pinned.table() + " was cancelled; ask GetFlightInfo for a new one")
        .withDetail(
            ErrorDetail.of("FLIGHT_CANCELLED")
                .withTable(pinned.table().toString())
                .withVersion(pinned.version())
                .withHint("ask GetFlightInfo for a new one"));
  }

  private Instant kept(TableVersion version) {
    Instant end = ticketEnd();
    version.keepUntil(end);
    return end;
  }

  /** When a ticket of now need not be good any more. */
  Instant ticketEnd() {
    return clock.instant().plus(Limits.TICKET_TIME);
  }

  private FlightEndpoint endpoint(
      CallContext call, TableSummary table, PartRange parts, @Nullable Instant expiration) {
    Ticket ticket = tickets.seal(table.name(), table.version(), expiration != null, parts);
    return new FlightEndpoint(ticket, call.locations(), expiration, ByteString.EMPTY);
  }

  private static FlightInfo info(
      TableSummary table, FlightDescriptor descriptor, List<FlightEndpoint> endpoints) {
    return new FlightInfo(
        IpcMessages.encapsulate(table.schema()),
        descriptor,
        endpoints,
        table.rows(),
        table.bytes(),
        true,
        ByteString.EMPTY);
  }
}
