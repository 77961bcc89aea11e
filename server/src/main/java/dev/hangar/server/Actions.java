package dev.hangar.server;

import com.google.protobuf.ByteString;
import dev.hangar.store.NoSuchTableException;
import dev.hangar.store.TableName;
import dev.hangar.store.TableStore;
import dev.hangar.wire.Action;
import dev.hangar.wire.ActionType;
import dev.hangar.wire.CallContext;
import dev.hangar.wire.CancelFlightInfoRequest;
import dev.hangar.wire.CancelFlightInfoResult;
import dev.hangar.wire.FlightEndpoint;
import dev.hangar.wire.FlightInfo;
import dev.hangar.wire.RenewFlightEndpointRequest;
import dev.hangar.wire.SessionOptions;
import dev.hangar.wire.StandardActions;
import dev.hangar.wire.grpc.Metadata;
import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The actions of the clients that people have, and Flight's own. Thread-safe. */
final class Actions {
  /** What there is, in the order it is listed. */
  private enum Known {
    DROP_TABLE("drop_table", "Removes the table that the body names."),
    DROP_DATASET("drop_dataset", "Removes the table or file that the body names."),
    CLEAR("clear", "Removes every table."),
    HEALTHCHECK("healthcheck", "Answers ok."),
    SHUTDOWN("shutdown", "Ends the server, when the calls in flight have ended."),
    RENAME(
        "rename",
        "Gives a table another name, which no table may have; if_version only if that is its"
            + " version. Body: {\"from\": \"a/b\", \"to\": \"a/c\", \"if_version\": 3}; answers"
            + " {\"table\", \"version\", \"rows\", \"bytes\"}."),
    DROP_PREFIX(
        "drop_prefix",
        "Removes every table whose name begins with these segments. Body: {\"prefix\": \"a\"};"
            + " answers {\"dropped\": 2, \"tables\": [\"a/b\", \"a/c\"]}."),
    VERSIONS(
        "versions",
        "Tells the versions of a table that can be read, as in a/b@7, the latest first. Body:"
            + " {\"table\": \"a/b\"}; answers {\"table\", \"versions\": [{\"version\", \"rows\","
            + " \"bytes\", \"batches\", \"parts\", \"durability\", \"created\", \"expires\"}]}."),
    COMMIT(
        "commit",
        "Makes all of some changes, or none. Body: {\"changes\": [{\"drop\": \"t\", \"if_version\":"
            + " 3}, {\"drop_prefix\": \"p\"}, {\"rename\": {\"from\": \"a\", \"to\": \"b\"}},"
            + " {\"finish\": \"UPLOAD\"}]}; answers {\"tables\": [{\"table\", \"version\","
            + " \"rows\", \"bytes\"}]}."),
    START_PARALLEL_UPLOAD(
        "StartParallelUpload",
        "Begins an upload in parts, each a DoPut of the command {\"upload\": \"UPLOAD\", \"part\":"
            + " 0}, in any order and at the same time. Body: {\"table\": \"a/b\", \"mode\":"
            + " \"replace\", \"durability\": \"disk\", \"if_version\": 3, \"ttl\": \"7d\","
            + " \"keep_versions\": 2}, all but table as you like; answers {\"upload\": \"UPLOAD\"}."),
    FINISH_PARALLEL_UPLOAD(
        "FinishParallelUpload",
        "Makes the parts of an upload a table, by their numbers. Body: {\"upload\": \"UPLOAD\"};"
            + " answers {\"table\", \"version\", \"rows\", \"bytes\"}."),
    ABORT_PARALLEL_UPLOAD(
        "AbortParallelUpload",
        "Ends an upload and forgets its parts. Body: {\"upload\": \"UPLOAD\"}."),
    MEMORY(
        "memory",
        "Tells what of the memory is used for what, in bytes: {\"limit\", \"used\", \"tables\","
            + " \"results\", \"in_flight\", \"waiting\", \"heap_limit\", \"heap_used\", \"mapped\", \"largest\":"
            + " [{\"table\", \"bytes\"}]}. Used is what tables in memory and kept answers take, what is in flight, and"
            + " what waits for reuse; the heap has the metadata of batches; mapped are files, which"
            + " the limit does not count. Body: none."),
    UPLOAD_LOCATION(
        "upload_location",
        "Answers where to DoPut, as a JSON list of URIs. Body: a serialized FlightDescriptor, or"
            + " a name such as a/b."),
    VERIFY(
        "verify",
        "Reads what is on disk and holds it against what was written. Body: {\"table\": \"a/b\"}, or"
            + " nothing for all; answers a line {\"fault\", \"table\", \"version\", \"file\","
            + " \"offset\", \"what\"} for each fault, and {\"tables\", \"parts\", \"bytes\","
            + " \"faults\"} at the end."),
    BACKUP(
        "backup",
        "Makes a data directory of all that is on disk, where the server keeps backups. Body:"
            + " {\"name\": \"monday\"}; answers {\"backup\", \"tables\", \"parts\", \"bytes\","
            + " \"linked\"} at the end."),
    CANCEL_FLIGHT_INFO(StandardActions.CANCEL_FLIGHT_INFO),
    RENEW_FLIGHT_ENDPOINT(StandardActions.RENEW_FLIGHT_ENDPOINT),
    SET_SESSION_OPTIONS(StandardActions.SET_SESSION_OPTIONS),
    GET_SESSION_OPTIONS(StandardActions.GET_SESSION_OPTIONS),
    CLOSE_SESSION(StandardActions.CLOSE_SESSION);

    private final String type;
    private final String description;

    Known(String type, String description) {
      this.type = type;
      this.description = description;
    }

    Known(ActionType type) {
      this(type.type(), type.description());
    }
  }

  /** Who asks, and where what becomes known of it goes. */
  record Caller(CallContext call, String user, CallLog.Entry entry) {
    private Sessions.Caller session() {
      return new Sessions.Caller(call.headers(), call::responseHeaders, user);
    }
  }

  private final TableStore store;
  private final Dialect dialect;
  private final Endpoints endpoints;
  private final Queries queries;
  private final DatasetFlights files;
  private final Sessions sessions;
  private final Runnable shutdown;
  private final MemoryStatus memory;
  private final TableActions tables;
  private final UploadActions uploads;
  private final UpkeepActions upkeep;

  /** Actions on {@code store}; {@code shutdown} must return before the server has ended. */
  Actions(
      TableStore store,
      Dialect dialect,
      Endpoints endpoints,
      Queries queries,
      DatasetFlights files,
      Sessions sessions,
      UpkeepActions upkeep,
      Runnable shutdown,
      MemoryStatus memory) {
    this.store = store;
    this.dialect = dialect;
    this.endpoints = endpoints;
    this.queries = queries;
    this.files = files;
    this.sessions = sessions;
    this.upkeep = upkeep;
    this.shutdown = shutdown;
    this.memory = memory;
    this.tables = new TableActions(store);
    this.uploads = new UploadActions(store, dialect, files);
  }

  List<ActionType> types() {
    return Arrays.stream(Known.values())
        .map(known -> new ActionType(known.type, known.description))
        .toList();
  }

  void perform(Action action, Caller caller, Consumer<ByteString> out) {
    ByteString body = action.body();
    switch (known(action.type())) {
      case DROP_TABLE -> drop(named(action, caller.entry()));
      case DROP_DATASET -> dropDataset(named(action, caller.entry()));
      case CLEAR -> store.clear();
      case HEALTHCHECK -> out.accept(ByteString.copyFromUtf8("ok"));
      case SHUTDOWN -> {
        out.accept(ByteString.copyFromUtf8("shutting down"));
        shutdown.run();
      }
      case RENAME -> out.accept(tables.rename(body, caller.entry()));
      case DROP_PREFIX -> out.accept(tables.dropPrefix(body, caller.entry()));
      case VERSIONS -> out.accept(tables.versions(body, caller.entry()));
      case COMMIT -> out.accept(tables.commit(body, caller.entry()));
      case START_PARALLEL_UPLOAD -> out.accept(uploads.start(body, caller.entry()));
      case FINISH_PARALLEL_UPLOAD -> out.accept(uploads.finish(body, caller.entry()));
      case ABORT_PARALLEL_UPLOAD -> uploads.abort(body, caller.entry());
      case MEMORY -> out.accept(memory.told());
      case UPLOAD_LOCATION -> out.accept(location(body, caller));
      case VERIFY -> upkeep.verify(body, caller.entry(), out);
      case BACKUP -> upkeep.backup(body, caller.entry(), out);
      case CANCEL_FLIGHT_INFO -> out.accept(cancel(body, caller).encode());
      case RENEW_FLIGHT_ENDPOINT -> out.accept(renew(body, caller).encode());
      case SET_SESSION_OPTIONS -> {
        SessionOptions options = decoded(SessionOptions::decode, body);
        out.accept(sessions.set(caller.session(), options).encode());
      }
      case GET_SESSION_OPTIONS -> out.accept(sessions.get(caller.session()).encode());
      case CLOSE_SESSION -> out.accept(sessions.close(caller.session()).encode());
    }
  }

  private ByteString location(ByteString body, Caller caller) {
    try {
      return uploads.location(body, caller.call(), caller.entry());
    } catch (IllegalArgumentException e) {
      throw undecoded(e);
    }
  }

  private CancelFlightInfoResult cancel(ByteString body, Caller caller) {
    FlightInfo info = decoded(CancelFlightInfoRequest::decode, body).info();
    List<ByteString> tickets = info.endpoints().stream().map(e -> e.ticket().bytes()).toList();
    boolean isStatement = tickets.size() == 1 && QueryTickets.isOurs(tickets.getFirst());
    return new CancelFlightInfoResult(
        isStatement
            ? queries.cancel(tickets.getFirst(), caller.entry())
            : endpoints.cancel(info, caller.entry()));
  }

  private FlightEndpoint renew(ByteString body, Caller caller) {
    FlightEndpoint endpoint = decoded(RenewFlightEndpointRequest::decode, body).endpoint();
    return endpoints.renew(endpoint, caller.entry());
  }

  private static <T> T decoded(Function<ByteString, T> decoder, ByteString body) {
    try {
      return decoder.apply(body);
    } catch (IllegalArgumentException e) {
      throw undecoded(e);
    }
  }

  private static StatusException undecoded(IllegalArgumentException e) {
    return new StatusException(
        StatusCode.INVALID_ARGUMENT, "an action body of " + e.getMessage(), Metadata.EMPTY, e);
  }

  private TableName named(Action action, CallLog.Entry entry) {
    TableName name = dialect.named(action.body());
    entry.table(name);
    entry.subject(action.type() + " " + name);
    return name;
  }

  /** What a get of the name would give: a file, or else a table. */
  private void dropDataset(TableName name) {
    if (files.isFile(name) || !store.drop(name)) {
      if (!files.drop(name)) {
        drop(name);
      }
    }
  }

  /**
   * Where there is none to drop, opening it says which names are near; one that came meanwhile is
   * dropped.
   */
  private void drop(TableName name) {
    while (!store.drop(name)) {
      try {
        store.open(name).close();
      } catch (NoSuchTableException none) {
        throw files.missing(none);
      }
    }
  }

  private static Known known(String type) {
    return Arrays.stream(Known.values())
        .filter(known -> known.type.equals(type))
        .findFirst()
        .orElseThrow(() ->
            new StatusException(
                StatusCode.UNIMPLEMENTED,
                "no action '"
                    + type
                    + "'; there are "
                    + Arrays.stream(Known.values())
                        .map(known -> known.type)
                        .collect(Collectors.joining(", "))));
  }
}
