package dev.hangar.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetector.Level;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A call that is given up, or runs out of time, at any moment stops its handler soon. */
@Timeout(300)
class CancelTest {
  private static final int AT_ONCE = 16;
  private static final int LAST_MOMENT_MILLIS = 60;

  /** Off the heap, as bodies of servers are: garbage to collect would be what is timed. */
  private static final ByteBuffer BODY = ByteBuffer.allocateDirect(50_000);

  /** The bar is a second; twice that on a machine that does much else beside this. */
  private static final Duration STOP_MAX = Duration.ofSeconds(2);

  private final Map<String, CountDownLatch> running = new ConcurrentHashMap<>();
  private final Map<String, Long> stoppedNanos = new ConcurrentHashMap<>();

  @Test
  void handlersStopSoon() throws Exception {
    Level leakDetection = ResourceLeakDetector.getLevel();
    ResourceLeakDetector.setLevel(Level.DISABLED); // its records would be most of the time
    try {
      var trials = new Trials("H-8 cancelled calls and deadlines");
      Duration last = giveUp(trials, Trials.count(100, 1_000));
      assertThat(last).as(trials.replay()).isLessThan(STOP_MAX);
    } finally {
      ResourceLeakDetector.setLevel(leakDetection);
    }
  }

  @Test
  void handlersThatStopLeaveNothing() throws Exception {
    giveUp(new Trials("R-6 buffers of cancelled calls"), 100);
  }

  /** Makes so many calls and ends them; the longest time from an end to that of its handler. */
  private Duration giveUp(Trials trials, int count) throws Exception {
    var failures = new ConcurrentLinkedQueue<Throwable>();
    var late = new ConcurrentLinkedQueue<Long>();
    FlightServer server = FlightServer.builder(new Endless()).start();
    FlightClient client = FlightClient.of(Location.grpc("127.0.0.1", server.port()));
    try {
      var turns = new Semaphore(AT_ONCE);
      try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        for (int i = 0; i < count; i++) {
          var random = new Random(trials.random().nextLong() + i);
          String id = "call-" + i;
          turns.acquire();
          threads.execute(() -> {
            try {
              late.add(giveUp(client, id, random));
            } catch (Throwable e) {
              failures.add(new AssertionError(trials.replay() + " " + id, e));
            } finally {
              turns.release();
            }
          });
        }
      }
    } finally {
      client.close();
      assertThat(server.close(Duration.ofSeconds(10))).isTrue();
    }
    assertThat(server.bodyBytes()).isZero();
    assertThat(client.bodyBytes()).isZero();
    long most = late.stream().mapToLong(nanos -> nanos).max().orElse(0);
    trials.report(
        count - failures.size(),
        failures.size(),
        "the last stopped after " + most / 1_000_000 + " ms");
    assertThat(failures).isEmpty();
    return Duration.ofNanos(most);
  }

  /** Makes a call, ends it; the time from the end to that of its handler. */
  private long giveUp(FlightClient client, String id, Random random) throws Exception {
    var stopped = new CountDownLatch(1);
    running.put(id, stopped);
    boolean deadline = random.nextBoolean();
    Duration moment = Duration.ofMillis(random.nextInt(LAST_MOMENT_MILLIS));
    CallOptions options = CallOptions.NONE.header("x-id", id);
    var over = new AtomicLong(System.nanoTime() + moment.toNanos());
    Thread caller =
        Thread.startVirtualThread(() -> {
          CallOptions timed = deadline ? options.timeout(moment) : options;
          try {
            AutoCloseable open = open(client, timed, random.nextInt(4));
            if (deadline) {
              stopped.await();
            } else {
              LockSupport.parkNanos(moment.toNanos());
              over.set(System.nanoTime());
            }
            open.close();
          } catch (Exception passed) {
            // the deadline, while something was sent or read
          }
        });
    // a deadline may pass before the handler was begun: then there is nothing to stop
    boolean ended = stopped.await(deadline ? 2 : 20, TimeUnit.SECONDS);
    assertThat(ended || deadline).as("the handler has stopped").isTrue();
    stopped.countDown();
    caller.join();
    Long at = stoppedNanos.get(id);
    return at == null ? 0 : Math.max(0, at - over.get());
  }

  private static AutoCloseable open(FlightClient client, CallOptions options, int kind)
      throws Exception {
    switch (kind) {
      case 0 -> {
        FlightSource source = client.doGet(Ticket.of("endless"), options);
        source.next().close();
        return source;
      }
      case 1 -> {
        PutCall put = client.doPut(options);
        for (int i = 0; i < 5; i++) {
          put.send(batch());
        }
        return put;
      }
      case 2 -> {
        ExchangeCall exchange = client.doExchange(options);
        exchange.send(batch());
        exchange.next().close();
        return exchange;
      }
      default -> {
        ExchangeCall exchange = client.doExchange(options.header("x-busy", "yes"));
        exchange.send(batch());
        return exchange;
      }
    }
  }

  private static FlightData batch() {
    return FlightData.batch(
        ByteBuffer.wrap(new byte[] {1}), null, List.of(BODY.duplicate()), () -> {});
  }

  private final class Endless implements FlightService {
    @Override
    public void doGet(CallContext call, Ticket ticket, FlightSink out) {
      run(call, () -> out.send(batch()));
    }

    @Override
    public void doPut(CallContext call, FlightSource in, Acknowledgements out) {
      run(call, () -> read(in));
    }

    @Override
    public void doExchange(CallContext call, FlightSource in, FlightSink out) {
      boolean busy = call.headers().text("x-busy").isPresent();
      run(
          call,
          () -> {
            if (busy) {
              LockSupport.parkNanos(1_000_000);
              stopIf(call.isCancelled());
            } else {
              read(in);
              out.send(batch());
            }
          });
    }

    private void read(FlightSource in) {
      FlightData data = in.next();
      stopIf(data == null);
      data.close();
    }

    private void stopIf(boolean over) {
      if (over) {
        throw new StatusException(StatusCode.CANCELLED, "stopped");
      }
    }

    private void run(CallContext call, Runnable step) {
      String id = call.headers().text("x-id").orElseThrow();
      try {
        while (true) {
          step.run();
        }
      } finally {
        stoppedNanos.put(id, System.nanoTime());
        running.get(id).countDown();
      }
    }
  }
}
