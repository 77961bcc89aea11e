package dev.hangar.client;

import dev.hangar.wire.FlightData;
import dev.hangar.wire.FlightEndpoint;
import dev.hangar.wire.GetCall;
import dev.hangar.wire.Location;
import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The stream of one endpoint, from the first of its places that gives it. For one thread.
 *
 * <p>Until the first batch has been handed out a failure leads to the next place; when all have
 * failed, those that were not there, and have not begun to answer, are tried again. From the first
 * batch on a failure is final, but where the connection to a Hangar was lost: that is asked for the
 * rest, of the version it had named, or the state of a file. Dictionaries come again then, which
 * does no harm.
 *
 * <pre>
 *   place 1 → place 2 → … → place n → pause → place 1 → …      until a batch, or out of attempts
 *   place k → lost behind m batches → pause → place k without the first m → …      out of attempts
 * </pre>
 */
final class EndpointStream implements AutoCloseable {
  private static final String SKIP_BATCHES = "hangar-skip-batches";
  private static final String SKIP_ROWS = "hangar-skip-rows";

  /** An endpoint's among those of its flight, from 0. */
  record Place(int number, int count) {
    @Override
    public String toString() {
      return "endpoint " + (number + 1) + " of " + count;
    }
  }

  private final Place name;
  private final FlightEndpoint endpoint;
  private final Connections connections;
  private final Operation operation;
  private final int windowBytes;
  private final Runnable onReady;
  private final Consumer<String> waiting;
  private Attempts attempts;
  private final Map<Location, String> reasons = new LinkedHashMap<>();
  private List<Location> places;
  private List<Location> nextPlaces = new ArrayList<>();
  private int place;
  private @Nullable StatusException failure;
  private @Nullable StatusException last;
  private @Nullable GetCall call;
  private boolean isAnswered;
  private boolean isEnded;
  private long rows = -1;
  private String brokeOff = "";
  private long batches;
  private long batchesBefore;
  private long version;
  private String file = "";

  /**
   * A stream that is not open yet.
   *
   * @param name the endpoint's, in messages; its number chooses the connection
   * @param onReady run, on an event loop, when something has come
   * @param waiting told when it broke off and waits to go on, and why
   */
  EndpointStream(
      Place name,
      FlightEndpoint endpoint,
      Connections connections,
      Operation operation,
      int windowBytes,
      Runnable onReady,
      Consumer<String> waiting) {
    this.name = name;
    this.endpoint = endpoint;
    this.connections = connections;
    this.operation = operation;
    this.windowBytes = windowBytes;
    this.onReady = onReady;
    this.waiting = waiting;
    this.attempts = new Attempts(operation);
    this.places = connections.places(endpoint);
  }

  /** Opens the stream at the next place that can be reached; false if none of the rest can. */
  boolean tryOpen() {
    while (call == null && place < places.size()) {
      var location = places.get(place++);
      isAnswered = false;
      try {
        var options = operation.call().windowBytes(windowBytes);
        if (batches > 0) {
          options = options.header(SKIP_BATCHES, Long.toString(batches));
        }
        if (batches > 0 && !file.isEmpty()) { // whose batches may end at other rows then
          options = options.header(SKIP_ROWS, Long.toString(rows)).header(ServerSign.FILE, file);
        }
        call = connections.at(location, name.number()).doGet(endpoint.ticket(), options);
        call.onReady(onReady);
      } catch (StatusException e) {
        note(location, e, Attempts.mayRead(e));
      } catch (IllegalArgumentException e) { // a scheme that nobody here speaks
        note(location, new StatusException(StatusCode.UNAVAILABLE, message(e)), false);
      }
    }
    return call != null;
  }

  /**
   * Opens the stream, pausing between attempts.
   *
   * @throws StatusException if it can be had nowhere
   */
  void open() {
    if (last != null) {
      throw last;
    }
    while (!tryOpen()) {
      var whole = whole();
      boolean mayRepeat = !nextPlaces.isEmpty();
      places = nextPlaces;
      nextPlaces = new ArrayList<>();
      place = 0;
      attempts.failed(whole, mayRepeat);
    }
  }

  /** The next message, owned by the caller; null behind the last. Blocks. */
  @Nullable FlightData next() {
    while (!isEnded) {
      open();
      var data = poll();
      if (data != null) {
        return data;
      }
    }
    return null;
  }

  /**
   * The next message of the open stream; null where it has ended or goes on elsewhere. Blocks,
   * unless {@link #isReady}.
   */
  @Nullable FlightData poll() {
    var current = call;
    if (current == null) {
      return null;
    }
    try {
      var data = current.next();
      if (!isAnswered) {
        requireSame(current, data);
      }
      isEnded = data == null;
      isAnswered = true;
      return data == null ? null : counted(data);
    } catch (StatusException e) {
      current.close();
      call = null;
      onFailure(e);
      return null;
    }
  }

  /** Whether {@link #poll} would not wait. */
  boolean isReady() {
    return call != null && call.isReady();
  }

  /** Whether it is at none of its places: {@link #next} would make another attempt. */
  boolean isLost() {
    return call == null;
  }

  boolean isEnded() {
    return isEnded;
  }

  /** Has a message come that is larger than the window; false if there is none. */
  boolean demand() {
    if (call == null || !call.isStarved()) {
      return false;
    }
    call.demand();
    return true;
  }

  /** Cancels what is under way, and gives back what has come. */
  @Override
  public void close() {
    isEnded = true;
    var current = call;
    call = null;
    if (current != null) {
      current.close();
    }
  }

  private FlightData counted(FlightData data) {
    long more = StreamMessage.rows(data);
    if (more >= 0) {
      rows = Math.max(rows, 0) + more;
      batches++;
    }
    return data;
  }

  /** A stream that is asked for again goes on with the version, or file, it began with. */
  private void requireSame(GetCall current, @Nullable FlightData data) {
    boolean isHangar = ServerSign.isHangar(current.headers());
    long now = isHangar ? ServerSign.version(current.headers()) : 0;
    String nowFile = isHangar ? ServerSign.file(current.headers()) : "";
    if (isNamed() && (now != version || !nowFile.equals(file))) {
      if (data != null) {
        data.close();
      }
      throw new StatusException(
          StatusCode.ABORTED,
          (file.isEmpty()
                  ? "it was version " + version + " and cannot go on with " + now
                  : "it was a file that is another one now")
              + "; get it again");
    }
    version = now;
    file = nowFile;
  }

  /** Whether the server has said what exactly the stream is of. */
  private boolean isNamed() {
    return version > 0 || !file.isEmpty();
  }

  private void onFailure(StatusException e) {
    var location = places.get(place - 1);
    if (rows < 0) {
      // a Hangar has the same schema and dictionaries for the same version
      note(location, e, Attempts.mayRead(e) && (!isAnswered || isNamed()));
      tryOpen();
      return;
    }
    brokeOff = name + " at " + location.uri() + " broke off after " + rows + " rows: ";
    if (!isNamed() || batches == 0 || !Attempts.mayRead(e)) {
      throw last(e.withDescription(brokeOff + e.description()));
    }
    if (batches > batchesBefore) {
      batchesBefore = batches;
      attempts = Attempts.resuming(operation, waiting);
    }
    place = places.size(); // other places have to begin anew, and this one is asked again
    reasons.clear();
    failure = null;
    note(location, e, true);
  }

  /** A failure that is the stream's end: whoever reads on is told the same. */
  private StatusException last(StatusException e) {
    last = e;
    return e;
  }

  private void note(Location location, StatusException e, boolean mayRepeat) {
    if (e.code() == StatusCode.CANCELLED || e.code() == StatusCode.DEADLINE_EXCEEDED) {
      throw last(
          e); // the application's will, or the end of its time: no place is better than another
    }
    if (mayRepeat) {
      nextPlaces.add(location);
    }
    boolean isNamed = e.description().contains(location.uri());
    reasons.put(location, (isNamed ? "" : location.uri() + ": ") + e.description());
    boolean isBetter = failure == null || failure.code() == StatusCode.UNAVAILABLE;
    failure = isBetter ? e : failure;
  }

  /** One failure that tells of all. */
  private StatusException whole() {
    var first = failure;
    var expired = expired();
    if (first == null) {
      return new StatusException(
          StatusCode.UNAVAILABLE, brokeOff + name + " can be had nowhere" + expired);
    }
    if (reasons.size() == 1 && expired.isEmpty()) {
      return brokeOff.isEmpty() ? first : first.withDescription(brokeOff + first.description());
    }
    return first.withDescription(
        brokeOff
            + name
            + " can be had nowhere"
            + expired
            + ": "
            + String.join("; ", reasons.values()));
  }

  private String expired() {
    var end = endpoint.expiration();
    var now = operation.time().now();
    return end == null || now.isBefore(end)
        ? ""
        : ", for it expired at " + end + " and it is " + now + " now: ask for the table again";
  }

  private static String message(Exception e) {
    return String.valueOf(e.getMessage());
  }
}
