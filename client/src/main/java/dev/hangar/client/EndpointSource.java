package dev.hangar.client;

import dev.hangar.wire.FlightData;
import dev.hangar.wire.FlightEndpoint;
import dev.hangar.wire.FlightInfo;
import dev.hangar.wire.FlightSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The streams of a flight's endpoints as one. For one thread, and with none of its own: streams are
 * opened ahead, and fill their windows, which together are what may wait for the reader.
 *
 * <p>An ordered flight comes endpoint after endpoint; of another, batches come as they arrive,
 * unless there are dictionaries, which belong to the batches behind them in the same stream.
 */
final class EndpointSource implements FlightSource {
  private final List<FlightEndpoint> endpoints;
  private final Connections connections;
  private final Operation operation;
  private final Consumer<String> waiting;
  private final int parallelism;
  private final int windowBytes;
  private final Arrivals arrivals = new Arrivals();
  private final Deque<EndpointStream> open = new ArrayDeque<>();
  private boolean isOrdered;
  private boolean isMixing;
  private int next;
  private @Nullable EndpointStream demanded;

  /**
   * Opens the first endpoint, so that a refusal is known at once, and some more.
   *
   * @param waiting told when a stream that broke off waits to go on, and why
   */
  EndpointSource(
      FlightInfo flight,
      Connections connections,
      Operation operation,
      HangarOptions options,
      Consumer<String> waiting) {
    this.endpoints = flight.endpoints();
    this.connections = connections;
    this.operation = operation;
    this.waiting = waiting;
    this.parallelism = options.streams(endpoints.size());
    this.windowBytes = options.windowBytes(parallelism);
    this.isOrdered = flight.ordered() || endpoints.size() == 1;
    try {
      fill();
      open.element().open();
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  @Override
  public @Nullable FlightData next() {
    return isMixing ? nextOfAny() : nextOfFirst();
  }

  @Override
  public void close() {
    next = endpoints.size();
    for (EndpointStream stream; (stream = open.poll()) != null; ) {
      stream.close();
    }
  }

  private @Nullable FlightData nextOfFirst() {
    for (EndpointStream stream; (stream = open.peek()) != null; ) {
      var data = stream.next();
      if (data != null) {
        decide(data);
        return data;
      }
      end(open.remove());
    }
    return null;
  }

  /** With the first schema it is known whether the endpoints' batches may be mixed. */
  private void decide(FlightData data) {
    if (!isOrdered && StreamMessage.isSchema(data)) {
      isOrdered = StreamMessage.hasDictionaries(data);
      isMixing = !isOrdered;
    }
  }

  private @Nullable FlightData nextOfAny() {
    while (!open.isEmpty()) {
      for (int left = open.size(); left > 0; left--) {
        var stream = open.remove();
        var data = poll(stream);
        if (data != null) {
          return data;
        }
      }
      awaitAny();
    }
    return null;
  }

  /** What has come from {@code stream}, which is put back in its turn unless it has ended. */
  private @Nullable FlightData poll(EndpointStream stream) {
    open.add(stream);
    if (!stream.isReady()) {
      return null;
    }
    if (stream == demanded) {
      demanded = null;
    }
    var data = stream.poll();
    if (stream.isEnded()) {
      open.remove(stream);
      end(stream);
    }
    return data;
  }

  /**
   * Waits until there may be something. A message larger than its window is let in when no other
   * stream has anything, and one at a time, so that the windows stay the bound.
   */
  private void awaitAny() {
    for (var stream : open) {
      if (stream.isReady()) {
        return; // opened just now, or elsewhere
      }
      if (stream.isLost()) {
        stream.open();
        return;
      }
    }
    for (var stream : open) {
      if (demanded == null && stream.demand()) {
        demanded = stream;
      }
    }
    if (!open.isEmpty()) {
      arrivals.await();
    }
  }

  private void end(EndpointStream stream) {
    stream.close();
    fill();
  }

  private void fill() {
    while (open.size() < parallelism && next < endpoints.size()) {
      Runnable onReady = parallelism == 1 ? () -> {} : arrivals::ring;
      var stream =
          new EndpointStream(
              new EndpointStream.Place(next, endpoints.size()),
              endpoints.get(next++),
              connections,
              operation,
              windowBytes,
              onReady,
              waiting);
      open.add(stream);
      stream.tryOpen();
    }
  }
}
