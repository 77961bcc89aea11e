package dev.hangar.client;

import com.google.protobuf.ByteString;
import dev.hangar.wire.Acknowledgements;
import dev.hangar.wire.Action;
import dev.hangar.wire.ActionType;
import dev.hangar.wire.CallContext;
import dev.hangar.wire.CancelFlightInfoResult;
import dev.hangar.wire.CancelStatus;
import dev.hangar.wire.FlightData;
import dev.hangar.wire.FlightDescriptor;
import dev.hangar.wire.FlightEndpoint;
import dev.hangar.wire.FlightInfo;
import dev.hangar.wire.FlightService;
import dev.hangar.wire.FlightSink;
import dev.hangar.wire.FlightSource;
import dev.hangar.wire.IpcMessages;
import dev.hangar.wire.Location;
import dev.hangar.wire.PollInfo;
import dev.hangar.wire.StandardActions;
import dev.hangar.wire.Ticket;
import dev.hangar.wire.grpc.Metadata;
import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A service that keeps copies of what is put and gives them back, one endpoint a table. */
final class Shelf implements FlightService {
  /** A message as it came. */
  record Message(ByteBuffer header, @Nullable ByteBuffer appMetadata, ByteBuffer body) {}

  final Map<String, List<Message>> tables = new ConcurrentSkipListMap<>();
  final Map<String, List<FlightEndpoint>> endpoints = new ConcurrentHashMap<>();

  /** What is done before each message of a get. */
  interface Before {
    /** Waits, or throws; messages are counted from 0. */
    void message(int number, CallContext call);
  }

  /** By ticket. */
  final Map<String, Before> beforeMessage = new ConcurrentHashMap<>();

  /** What is done before a call other than a get: waits, or throws. */
  volatile Consumer<CallContext> beforeCall = call -> {};

  /** Whether endpoints are to be read in their order. */
  volatile boolean isOrdered = true;

  /** Said with every call; with a version the shelf does as a Hangar, and skips batches. */
  volatile Metadata sign = Metadata.EMPTY;

  /** The headers of the gets and puts there were. */
  final List<Metadata> asked = new CopyOnWriteArrayList<>();

  /** What is done when an upload has been stored, before that is said. */
  volatile Runnable beforeAnswer = () -> {};

  /** Messages after which an upload is refused. */
  volatile int refusedAfter = Integer.MAX_VALUE;

  /** How far polled flights are, of each as they are asked for; none: polls are not understood. */
  final Deque<OptionalDouble> polls = new ConcurrentLinkedDeque<>();

  /** How many flights were cancelled. */
  final AtomicInteger cancels = new AtomicInteger();

  @Override
  public PollInfo pollFlightInfo(CallContext call, FlightDescriptor descriptor) {
    beforeCall.accept(call);
    var progress = polls.poll();
    if (progress == null) {
      throw new StatusException(StatusCode.UNIMPLEMENTED, "no polls here");
    }
    return new PollInfo(
        info(name(descriptor), descriptor), polls.isEmpty() ? null : descriptor, progress, null);
  }

  @Override
  public void listFlights(CallContext call, ByteString criteria, Consumer<FlightInfo> out) {
    beforeCall.accept(call);
    for (var name : tables.keySet()) {
      boolean isCommand = name.startsWith("cmd:");
      out.accept(
          info(name, isCommand ? FlightDescriptor.command(name) : FlightDescriptor.path(name)));
    }
  }

  @Override
  public FlightInfo getFlightInfo(CallContext call, FlightDescriptor descriptor) {
    beforeCall.accept(call);
    return info(name(descriptor), descriptor);
  }

  @Override
  public void doGet(CallContext call, Ticket ticket, FlightSink out) {
    var before = beforeMessage.getOrDefault(ticket.bytes().toStringUtf8(), (number, ignored) -> {});
    asked.add(call.headers());
    call.responseHeaders(sign);
    int next = 0;
    int skipped = call.headers().text("hangar-skip-batches").map(Integer::parseInt).orElse(0);
    for (var message : table(ticket.bytes().toStringUtf8())) {
      before.message(next++, call);
      if (next > 1 && next <= 1 + skipped) {
        continue;
      }
      var body = message.body.hasRemaining() ? List.of(message.body) : List.<ByteBuffer>of();
      out.send(new FlightData(null, message.header, message.appMetadata, body, () -> {}));
    }
  }

  @Override
  public void doPut(CallContext call, FlightSource in, Acknowledgements out) {
    beforeCall.accept(call);
    asked.add(call.headers());
    var messages = new ArrayList<Message>();
    String name = null;
    for (FlightData data; (data = in.next()) != null; ) {
      try (var received = data) {
        name = name == null ? name(received.descriptor()) : name;
        messages.add(copy(received));
        out.send(ByteString.copyFromUtf8("message " + messages.size()));
      }
      if (messages.size() > refusedAfter) {
        throw new StatusException(StatusCode.ALREADY_EXISTS, "no room for " + name);
      }
    }
    tables.put(name, messages);
    beforeAnswer.run();
    call.trailers(sign);
  }

  @Override
  public void doAction(CallContext call, Action action, Consumer<ByteString> out) {
    if (action.type().equals(StandardActions.CANCEL_FLIGHT_INFO.type())) {
      cancels.incrementAndGet();
      out.accept(new CancelFlightInfoResult(CancelStatus.CANCELLED).encode());
      return;
    }
    beforeCall.accept(call);
    var name = action.body().toStringUtf8();
    table(name);
    tables.remove(name);
  }

  @Override
  public List<ActionType> listActions(CallContext call) {
    call.responseHeaders(sign);
    return List.of();
  }

  private FlightInfo info(String name, FlightDescriptor descriptor) {
    var schema = IpcMessages.encapsulate(table(name).get(0).header);
    var here = List.of(FlightEndpoint.of(Ticket.of(name)));
    return new FlightInfo(
        schema, descriptor, endpoints.getOrDefault(name, here), 7, 77, isOrdered, ByteString.EMPTY);
  }

  private List<Message> table(String name) {
    var table = tables.get(name);
    if (table == null) {
      throw new StatusException(StatusCode.NOT_FOUND, "no table " + name);
    }
    return table;
  }

  private static String name(FlightDescriptor descriptor) {
    return descriptor instanceof FlightDescriptor.Path path
        ? String.join("/", path.segments())
        : ((FlightDescriptor.Command) descriptor).bytes().toStringUtf8();
  }

  private static Message copy(FlightData data) {
    var body = data.body().isEmpty() ? ByteBuffer.allocate(0) : data.body().get(0);
    return new Message(copy(data.header()), data.appMetadata(), copy(body));
  }

  private static ByteBuffer copy(ByteBuffer bytes) {
    return ByteBuffer.allocateDirect(bytes.remaining()).put(bytes.duplicate()).flip();
  }

  /** Where a server listens. */
  static Location at(int port) {
    return Location.grpc("127.0.0.1", port);
  }
}
