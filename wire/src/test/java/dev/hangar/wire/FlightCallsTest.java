package dev.hangar.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import dev.hangar.wire.grpc.ErrorDetail;
import dev.hangar.wire.grpc.Metadata;
import dev.hangar.wire.grpc.RetryAdvice;
import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Our client and our server, over loopback. */
@Timeout(60)
class FlightCallsTest {
  private final KeepingService service = new KeepingService();
  private FlightServer server;
  private FlightClient client;

  @BeforeEach
  void start() throws Exception {
    server = FlightServer.builder(service).start();
    client = FlightClient.of(Location.grpc("127.0.0.1", server.port()));
  }

  @AfterEach
  void stop() throws Exception {
    client.close();
    assertThat(server.close(Duration.ofSeconds(10))).isTrue();
    service.close();
    assertThat(server.bodyBytes()).as("bodies the server still holds").isZero();
    assertThat(client.bodyBytes()).as("bodies the client still holds").isZero();
  }

  @Test
  void whatWasPutComesBack() {
    List<byte[]> bodies =
        List.of(bytes(0, 1), bytes(8, 2), bytes(70_000, 3), bytes(9_000_000, 4), bytes(64, 5));

    assertThat(put("t", bodies)).containsExactly(ByteString.copyFromUtf8("5 batches"));
    assertThat(get("t")).containsExactlyElementsOf(bodies);
  }

  @Test
  void messagesLargerThanTheWindowPass() {
    List<byte[]> bodies = List.of(bytes(Limits.STREAM_WINDOW_BYTES + 12_345, 7), bytes(16, 1));

    put("large", bodies);
    assertThat(get("large")).containsExactlyElementsOf(bodies);
  }

  @Test
  void thousandsOfSmallMessagesKeepTheirOrder() {
    List<byte[]> bodies = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      bodies.add(bytes(i % 64 * 8, i));
    }
    put("small", bodies);
    assertThat(get("small")).containsExactlyElementsOf(bodies);
  }

  @Test
  void failuresCarryCodeMessageAndMetadata() {
    StatusException failure = failureOf(() -> get("näme\n%"));

    assertThat(failure.code()).isEqualTo(StatusCode.NOT_FOUND);
    assertThat(failure.description()).isEqualTo("no näme\n% here");
    assertThat(failure.trailers().text("x-hint")).contains("look elsewhere");
    assertThat(failure.trailers().bytes("x-detail-bin")).contains(new byte[] {1, 2, 3});
  }

  @Test
  void failuresSayWhetherToTryAgainAndUnderWhichTrace() {
    String trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    CallOptions traced =
        CallOptions.NONE.header("traceparent", "00-" + trace + "-00f067aa0ba902b7-01");
    StatusException failure =
        failureOf(() -> client.pollFlightInfo(FlightDescriptor.command("x"), traced));
    assertThat(failure.detail())
        .contains(ErrorDetail.of("UNIMPLEMENTED").withRetry(RetryAdvice.NEVER).withTraceId(trace));
  }

  @Test
  void methodsNotOfferedAnswerUnimplemented() {
    assertThat(
            failureOf(() -> client.pollFlightInfo(FlightDescriptor.command("x"), CallOptions.NONE))
                .code())
        .isEqualTo(StatusCode.UNIMPLEMENTED);
  }

  @Test
  void infosActionsAndHandshakesPass() {
    put("t", List.of(bytes(8, 1)));
    FlightDescriptor path = FlightDescriptor.path("a", "t");

    FlightInfo info = client.getFlightInfo(path, CallOptions.NONE);
    assertThat(info.descriptor()).isEqualTo(path);
    assertThat(info.endpoints())
        .containsExactly(FlightEndpoint.of(Ticket.of("t"), Location.grpc("x", 1)));
    assertThat(client.getSchema(path, CallOptions.NONE)).isEqualTo(info.schema());
    try (Answers<FlightInfo> flights = client.listFlights(ByteString.EMPTY, CallOptions.NONE)) {
      assertThat(flights.next()).isNotNull();
      assertThat(flights.next()).isNull();
    }
    assertThat(client.doAction(Action.of("echo", "hello"), CallOptions.NONE))
        .containsExactly(ByteString.copyFromUtf8("hello"), ByteString.copyFromUtf8("hello"));
    assertThat(client.listActions(CallOptions.NONE))
        .containsExactly(new ActionType("echo", "says it twice"));
    assertThat(
            client.handshake(
                List.of(ByteString.copyFromUtf8("a"), ByteString.EMPTY), CallOptions.NONE))
        .containsExactly(ByteString.copyFromUtf8("a"), ByteString.EMPTY);
    assertThat(client.handshake(List.of(), CallOptions.NONE)).isEmpty();
  }

  @Test
  void anExchangeAnswersWhileItIsFed() {
    try (ExchangeCall exchange = client.doExchange(CallOptions.NONE)) {
      exchange.send(FlightData.descriptor(FlightDescriptor.command("echo")));
      for (int i = 0; i < 100; i++) {
        exchange.send(batch(bytes(1_000 * i, i)));
        try (FlightData back = exchange.next()) {
          assertThat(bodyOf(back)).isEqualTo(bytes(1_000 * i, i));
          assertThat(back.appMetadata()).isNull();
        }
      }
      exchange.completed();
      assertThat(exchange.next()).isNull();
    }
  }

  @Test
  void aReaderThatLeavesStopsTheSender() throws Exception {
    put("endless", List.of(bytes(1 << 20, 1)));
    try (FlightSource source = client.doGet(Ticket.of("endless"), CallOptions.NONE)) {
      for (int i = 0; i < 3; i++) {
        source.next().close();
      }
    }
    assertThat(service.stopped.await(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void aReaderThatStallsHoldsBackTheSender() throws Exception {
    put("endless", List.of(bytes(1 << 20, 1)));
    try (FlightSource source = client.doGet(Ticket.of("endless"), CallOptions.NONE)) {
      int before;
      do {
        before = service.sent.get();
        Thread.sleep(300);
      } while (service.sent.get() > before);
      long sentBytes = (long) before << 20;
      assertThat(sentBytes)
          .isLessThan(Limits.STREAM_WINDOW_BYTES + Limits.SEND_QUEUE_BYTES + (32L << 20));
      for (int i = 0; i < 200; i++) {
        source.next().close();
      }
    }
    assertThat(service.stopped.await(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void deadlinesEndCallsOnBothSides() throws Exception {
    put("endless", List.of(bytes(64, 1)));
    long begun = System.nanoTime();
    StatusException failure =
        failureOf(() -> {
          try (FlightSource source =
              client.doGet(
                  Ticket.of("endless"), CallOptions.NONE.timeout(Duration.ofMillis(300)))) {
            while (true) {
              source.next().close();
            }
          }
        });
    assertThat(failure.code()).isEqualTo(StatusCode.DEADLINE_EXCEEDED);
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(5));
    assertThat(service.stopped.await(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void anUploadThatBreaksOffFailsAtTheServer() throws Exception {
    try (PutCall put = client.doPut(CallOptions.NONE)) {
      put.send(
          FlightData.schema(FlightDescriptor.command("broken"), ByteBuffer.wrap(new byte[] {1})));
      put.send(batch(bytes(100_000, 1)));
    }
    assertThat(service.stopped.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(failureOf(() -> get("broken")).code()).isEqualTo(StatusCode.NOT_FOUND);
  }

  @Test
  void aServerThatRefusesEarlyStopsTheUpload() {
    StatusException failure =
        failureOf(() -> {
          try (PutCall put = client.doPut(CallOptions.NONE)) {
            put.send(
                FlightData.schema(
                    FlightDescriptor.command("refuse"), ByteBuffer.wrap(new byte[] {1})));
            for (int i = 0; i < 1_000; i++) {
              put.send(batch(bytes(1 << 20, i)));
            }
            put.completed();
            while (put.result() != null) {}
          }
        });
    assertThat(failure.code()).isIn(StatusCode.ALREADY_EXISTS, StatusCode.CANCELLED);
  }

  @Test
  void callsOfManyThreadsShareAConnection() throws Exception {
    var failures = new ArrayList<Throwable>();
    var threads = new ArrayList<Thread>();
    for (int t = 0; t < 32; t++) {
      String name = "t" + t;
      List<byte[]> bodies = List.of(bytes(100_000 + t, t), bytes(3_000_000, t + 1));
      threads.add(
          Thread.ofVirtual()
              .start(() -> {
                try {
                  put(name, bodies);
                  assertThat(get(name)).containsExactlyElementsOf(bodies);
                } catch (Throwable e) {
                  synchronized (failures) {
                    failures.add(e);
                  }
                }
              }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(failures).isEmpty();
  }

  @Test
  void closingTheServerLetsCallsEnd() throws Exception {
    put("slow", List.of(bytes(1 << 20, 1)));
    try (FlightSource source = client.doGet(Ticket.of("slow"), CallOptions.NONE)) {
      source.next().close();
      Thread closing = Thread.ofVirtual().start(() -> server.close(Duration.ofSeconds(20)));
      int more = 0;
      for (FlightData data; (data = source.next()) != null; more++) {
        data.close();
      }
      assertThat(more).isEqualTo(9);
      closing.join();
    }
    assertThat(failureOf(() -> get("slow")).code()).isEqualTo(StatusCode.UNAVAILABLE);
  }

  @Test
  void aServerThatIsNotThereIsNamed() {
    try (FlightClient nobody = FlightClient.of(Location.grpc("127.0.0.1", 1))) {
      assertThat(failureOf(() -> nobody.listActions(CallOptions.NONE)))
          .hasMessageContaining("cannot reach grpc://127.0.0.1:1: connection refused");
    }
  }

  private List<ByteString> put(String name, List<byte[]> bodies) {
    var results = new ArrayList<ByteString>();
    try (PutCall put = client.doPut(CallOptions.NONE)) {
      put.send(FlightData.schema(FlightDescriptor.command(name), ByteBuffer.wrap(new byte[] {1})));
      for (byte[] body : bodies) {
        put.send(batch(body));
      }
      put.completed();
      for (@Nullable ByteString result; (result = put.result()) != null; ) {
        results.add(result);
      }
    }
    return results;
  }

  private List<byte[]> get(String name) {
    var bodies = new ArrayList<byte[]>();
    try (FlightSource source = client.doGet(Ticket.of(name), CallOptions.NONE)) {
      for (FlightData data; (data = source.next()) != null; ) {
        bodies.add(bodyOf(data));
        data.close();
      }
    }
    return bodies;
  }

  private static FlightData batch(byte[] body) {
    return FlightData.batch(
        ByteBuffer.wrap(new byte[] {2, 3}), null, List.of(ByteBuffer.wrap(body)), () -> {});
  }

  private static byte[] bodyOf(FlightData data) {
    ByteBuffer body =
        data.body().isEmpty() ? ByteBuffer.allocate(0) : data.body().get(0).duplicate();
    byte[] bytes = new byte[body.remaining()];
    body.get(bytes);
    return bytes;
  }

  private static byte[] bytes(int length, int seed) {
    byte[] bytes = new byte[length];
    new java.util.Random(seed).nextBytes(bytes);
    return bytes;
  }

  private static StatusException failureOf(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    StatusException failure = catchThrowableOfType(StatusException.class, call);
    assertThat(failure).isNotNull();
    return failure;
  }

  /** Keeps what is put, by reference. */
  private static final class KeepingService implements FlightService, AutoCloseable {
    private final java.util.Map<String, List<FlightData>> tables =
        new java.util.concurrent.ConcurrentHashMap<>();
    final CountDownLatch stopped = new CountDownLatch(1);
    final AtomicInteger sent = new AtomicInteger();

    @Override
    public void doPut(CallContext call, FlightSource in, Acknowledgements out) {
      var batches = new ArrayList<FlightData>();
      String name;
      try {
        name = ((FlightDescriptor.Command) in.next().descriptor()).bytes().toStringUtf8();
        if (name.equals("refuse")) {
          throw new StatusException(StatusCode.ALREADY_EXISTS, "there is one");
        }
        for (FlightData data; (data = in.next()) != null; ) {
          batches.add(data);
        }
      } catch (StatusException brokenOff) {
        batches.forEach(FlightData::close);
        stopped.countDown();
        throw brokenOff;
      }
      tables.put(name, batches);
      out.send(ByteString.copyFromUtf8(batches.size() + " batches"));
    }

    @Override
    public void doGet(CallContext call, Ticket ticket, FlightSink out) {
      String name = ticket.bytes().toStringUtf8();
      List<FlightData> batches = tables.get(name);
      if (batches == null) {
        throw new StatusException(
            StatusCode.NOT_FOUND,
            "no " + name + " here",
            Metadata.of("x-hint", "look elsewhere").with("x-detail-bin", new byte[] {1, 2, 3}),
            null);
      }
      int rounds = name.equals("endless") ? Integer.MAX_VALUE : name.equals("slow") ? 10 : 1;
      try {
        for (int i = 0; i < rounds; i++) {
          pause(name.equals("slow") ? 50 : 0);
          for (FlightData data : batches) {
            out.send(FlightData.batch(data.header(), null, data.body(), () -> {}));
            sent.incrementAndGet();
          }
        }
      } finally {
        stopped.countDown();
      }
    }

    private static void pause(int millis) {
      try {
        Thread.sleep(millis);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void doExchange(CallContext call, FlightSource in, FlightSink out) {
      in.next().close();
      for (FlightData data; (data = in.next()) != null; ) {
        out.send(FlightData.batch(data.header(), data.appMetadata(), data.body(), data::close));
      }
    }

    @Override
    public void listFlights(CallContext call, ByteString criteria, Consumer<FlightInfo> out) {
      out.accept(getFlightInfo(call, FlightDescriptor.command("t")));
    }

    @Override
    public FlightInfo getFlightInfo(CallContext call, FlightDescriptor descriptor) {
      return new FlightInfo(
          getSchema(call, descriptor),
          descriptor,
          List.of(FlightEndpoint.of(Ticket.of("t"), Location.grpc("x", 1))),
          1,
          2,
          true,
          ByteString.EMPTY);
    }

    @Override
    public ByteString getSchema(CallContext call, FlightDescriptor descriptor) {
      return IpcMessages.encapsulate(ByteBuffer.wrap(new byte[] {1}));
    }

    @Override
    public void doAction(CallContext call, Action action, Consumer<ByteString> out) {
      out.accept(action.body());
      out.accept(action.body());
    }

    @Override
    public List<ActionType> listActions(CallContext call) {
      return List.of(new ActionType("echo", "says it twice"));
    }

    @Override
    public void handshake(CallContext call, HandshakeSource in, Consumer<ByteString> out) {
      for (ByteString payload; (payload = in.next()) != null; ) {
        out.accept(payload);
      }
    }

    @Override
    public void close() {
      tables.values().forEach(batches -> batches.forEach(FlightData::close));
    }
  }
}
