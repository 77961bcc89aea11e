package dev.hangar.interop;

import com.google.protobuf.ByteString;
import dev.hangar.wire.Action;
import dev.hangar.wire.CallOptions;
import dev.hangar.wire.FlightClient;
import dev.hangar.wire.FlightData;
import dev.hangar.wire.FlightDescriptor;
import dev.hangar.wire.FlightSource;
import dev.hangar.wire.Location;
import dev.hangar.wire.Ticket;
import dev.hangar.wire.grpc.Metadata;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A client of a Hangar that writes and reads {@linkplain Piece pieces}, on one connection, and
 * repeats nothing by itself. Thread-safe.
 */
public final class PieceClient implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(120);
  private static final int WINDOW_BYTES = 1 << 20;
  private static final Pattern UPLOAD = Pattern.compile("\"upload\"\\s*:\\s*\"([^\"]+)\"");

  private final FlightClient client;
  private final CallOptions options = CallOptions.NONE.timeout(PATIENCE).windowBytes(WINDOW_BYTES);

  public PieceClient(int port) {
    client =
        FlightClient.builder(Location.grpc("127.0.0.1", port)).windowBytes(WINDOW_BYTES).build();
  }

  FlightClient flight() {
    return client;
  }

  /** Puts a table; tells the version it became. */
  public long put(String name, Metadata headers, Piece... pieces) {
    return put(FlightDescriptor.path(name.split("/", -1)), headers, pieces)
        .text("hangar-version")
        .map(Long::parseLong)
        .orElseThrow();
  }

  /** A put to a name that is a file's, which has no versions. */
  public void putFile(String name, Piece... pieces) {
    put(FlightDescriptor.path(name), Metadata.EMPTY, pieces);
  }

  /** Puts a part of an upload. */
  public void part(String upload, int number, Piece piece) {
    var command = "{\"upload\": \"%s\", \"part\": %d}".formatted(upload, number);
    put(FlightDescriptor.command(command), Metadata.EMPTY, piece);
  }

  /** Begins an upload; {@code more} is JSON behind the table's name. */
  public String start(String table, String more) {
    var body = "{\"table\": \"%s\"%s}".formatted(table, more);
    var answer = UPLOAD.matcher(perform("StartParallelUpload", body));
    if (!answer.find()) {
      throw new AssertionError("StartParallelUpload names no upload");
    }
    return answer.group(1);
  }

  public void finish(String upload) {
    perform("FinishParallelUpload", "{\"upload\": \"%s\"}".formatted(upload));
  }

  public void abort(String upload) {
    perform("AbortParallelUpload", "{\"upload\": \"%s\"}".formatted(upload));
  }

  /** What an action answers; empty if it does not. */
  public String perform(String action, String body) {
    var results = client.doAction(Action.of(action, body), options);
    return results.isEmpty() ? "" : results.get(0).toStringUtf8();
  }

  /** The pieces of a table, each whole, in their order. */
  public List<Long> read(String name) {
    var reading = new Piece.Reading(name);
    read(Ticket.of(name), reading);
    return reading.end();
  }

  /** How many messages there are under a name, whatever they hold. */
  public int count(String name) {
    int messages = 0;
    try (FlightSource source = client.doGet(new Ticket(ByteString.copyFromUtf8(name)), options)) {
      for (FlightData data; (data = source.next()) != null; messages++) {
        data.close();
      }
    }
    return messages;
  }

  /** The same by the table's flight, for names that as tickets would be something else. */
  List<Long> readFlight(String name) {
    var path = FlightDescriptor.path(name.split("/", -1));
    var reading = new Piece.Reading(name);
    client.getFlightInfo(path, options).endpoints().forEach(each -> read(each.ticket(), reading));
    return reading.end();
  }

  private void read(Ticket ticket, Piece.Reading reading) {
    try (FlightSource source = client.doGet(ticket, options)) {
      for (FlightData data; (data = source.next()) != null; ) {
        try (var message = data) {
          message.body().forEach(reading::add);
        }
      }
    }
  }

  /** The names of all tables. */
  public List<String> names() {
    try (var flights = client.listFlights(ByteString.EMPTY, options)) {
      return Stream.generate(flights::next)
          .takeWhile(flight -> flight != null)
          .map(flight -> ((FlightDescriptor.Path) flight.descriptor()).segments())
          .map(segments -> String.join("/", segments))
          .toList();
    }
  }

  @Override
  public void close() {
    client.close();
  }

  private Metadata put(FlightDescriptor descriptor, Metadata headers, Piece... pieces) {
    try (var put = client.doPut(options.headers(headers))) {
      put.ignoreResults();
      put.send(FlightData.schema(descriptor, Piece.schema()));
      Stream.of(pieces).flatMap(Piece::batches).forEach(put::send);
      put.completed();
      while (put.result() != null) {}
      return put.trailers();
    }
  }
}
