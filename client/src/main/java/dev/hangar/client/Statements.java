package dev.hangar.client;

import dev.hangar.wire.CallOptions;
import dev.hangar.wire.FlightDescriptor;
import dev.hangar.wire.FlightInfo;
import dev.hangar.wire.PollInfo;
import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import java.time.Duration;
import java.util.function.Supplier;
import org.apache.arrow.memory.BufferAllocator;
import org.jspecify.annotations.Nullable;

/**
 * Statements asked of a server.
 *
 * <pre>
 *   GetFlightInfo → ticket → DoGet                            rows as they come
 *   PollFlightInfo → … → PollFlightInfo → ticket → DoGet      watched while it runs
 * </pre>
 *
 * <p>What asks for a statement the first time is repeated only where the server has certainly not
 * begun it, for it may write; its ticket stands for one run, however often it is redeemed.
 * Thread-safe.
 */
final class Statements {
  private final Connections connections;
  private final HangarOptions options;
  private final BufferAllocator allocator;
  private final Supplier<Operation> operations;

  /**
   * Statements.
   *
   * @param operations begins one for each statement, and one for what ends it
   */
  Statements(
      Connections connections,
      HangarOptions options,
      BufferAllocator allocator,
      Supplier<Operation> operations) {
    this.connections = connections;
    this.options = options;
    this.allocator = allocator;
    this.operations = operations;
  }

  /** The answer, as it comes. */
  QueryReader run(Query query) {
    var operation = operations.get();
    var info = info(operation, query.descriptor());
    return reader(info, operation, (rows, bytes) -> {}, () -> {});
  }

  /** The answer, when the server has it; {@code progress} is told how far that is. */
  QueryReader run(Query query, Progress progress) {
    var operation = operations.get();
    var polled = polled(operation, query.descriptor(), progress);
    try {
      return reader(polled, operation, progress, () -> cancel(polled));
    } catch (StatusException e) {
      if (mayRunOn(e)) {
        cancel(polled);
      }
      throw e;
    }
  }

  private QueryReader reader(
      FlightInfo info, Operation operation, Progress progress, Runnable stop) {
    if (info.endpoints().isEmpty()) {
      throw new StatusException(
          StatusCode.INTERNAL, "the server answered a statement with no place to fetch rows from");
    }
    var source = new EndpointSource(info, connections, operation, options, progress::waiting);
    return new QueryReader(source, allocator, progress, info.appMetadata().toByteArray(), stop);
  }

  private FlightInfo info(Operation operation, FlightDescriptor descriptor) {
    return operation.write(call -> connections.home().getFlightInfo(descriptor, call));
  }

  private FlightInfo polled(Operation operation, FlightDescriptor descriptor, Progress progress) {
    PollInfo poll;
    try {
      poll = operation.write(call -> connections.home().pollFlightInfo(descriptor, call));
    } catch (StatusException e) {
      if (e.code() == StatusCode.UNIMPLEMENTED) {
        return info(operation, descriptor); // older servers don't follow statements
      }
      throw e;
    }
    return complete(operation, poll, progress);
  }

  private FlightInfo complete(Operation operation, PollInfo first, Progress progress) {
    var poll = first;
    try {
      for (FlightDescriptor next; (next = poll.next()) != null; ) {
        progress.running(poll.progress());
        poll = again(operation, next);
      }
    } catch (StatusException e) {
      if (poll.info() != null && mayRunOn(e)) {
        cancel(poll.info());
      }
      throw e;
    }
    return whole(poll.info());
  }

  /** Servers should answer when there is news; of those that do at once not too much is asked. */
  private PollInfo again(Operation operation, FlightDescriptor next) {
    long begin = operation.time().nanos();
    var poll = operation.read(call -> connections.home().pollFlightInfo(next, call));
    var left = Limits.POLL_TIME.minusNanos(operation.time().nanos() - begin);
    if (poll.next() != null && !left.isNegative()) {
      pause(operation, left);
    }
    return poll;
  }

  private static void pause(Operation operation, Duration pause) {
    try {
      operation.time().sleep(pause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StatusException(
          StatusCode.CANCELLED, "interrupted while waiting for a statement to run");
    }
  }

  private static FlightInfo whole(@Nullable FlightInfo info) {
    if (info == null) {
      throw new StatusException(
          StatusCode.INTERNAL, "the server says that a statement is done, but not where it is");
    }
    return info;
  }

  /** Whether it was this side that gave up. */
  private static boolean mayRunOn(StatusException failure) {
    return failure.code() == StatusCode.CANCELLED || failure.code() == StatusCode.DEADLINE_EXCEEDED;
  }

  /** Ends what the server does for nobody any more; if it can't be told, it will find out. */
  private void cancel(FlightInfo info) {
    boolean isInterrupted = Thread.interrupted(); // which would end this call too
    try {
      var call = new CallOptions(options.headers(), Limits.CANCEL_TIME, Limits.WINDOW_BYTES_MIN);
      connections.home().cancelFlightInfo(info, call);
    } catch (StatusException e) {
      // it had ended, or the server isn't there: nothing that the caller could do
    } finally {
      if (isInterrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
