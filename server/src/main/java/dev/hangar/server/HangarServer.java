package dev.hangar.server;

import dev.hangar.query.dataset.Datasets;
import dev.hangar.query.dataset.Mount;
import dev.hangar.store.TableStore;
import dev.hangar.store.TableSummary;
import dev.hangar.store.local.DataDirectory;
import dev.hangar.store.local.LocalStore;
import dev.hangar.wire.FlightServer;
import dev.hangar.wire.Location;
import dev.hangar.wire.memory.BodyPool;
import dev.hangar.wire.memory.MemoryBudget;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** A running Hangar: a Flight server over tables, in memory or a directory. Thread-safe. */
public final class HangarServer implements AutoCloseable {
  /** How long calls in flight may take to end when the server closes. */
  private static final Duration GRACE = Duration.ofSeconds(30);

  /** How long statements have to end that are told to: DuckDB looks at that between vectors. */
  private static final Duration STATEMENTS_GRACE = Duration.ofSeconds(10);

  /** Batch metadata may take one part in this many of the Java heap. */
  private static final int HEAP_SHARE = 2;

  private final FlightServer flight;
  private final TableStore store;
  private final Statements statements;
  private final Datasets datasets;
  private final ServerConfig config;
  private final Console console;
  private final AtomicBoolean closing = new AtomicBoolean();
  private final CountDownLatch closed = new CountDownLatch(1);

  private HangarServer(
      FlightServer flight,
      TableStore store,
      Statements statements,
      Datasets datasets,
      ServerConfig config,
      Console console) {
    this.flight = flight;
    this.store = store;
    this.statements = statements;
    this.datasets = datasets;
    this.config = config;
    this.console = console;
  }

  /**
   * Starts a server.
   *
   * @param lines takes the console's lines, one for each call, from one thread
   * @throws IOException an address can't be listened on, or a file that TLS needs is no good;
   *     nothing is left running
   */
  public static HangarServer start(ServerConfig config, Consumer<String> lines) throws IOException {
    return start(config, lines, Clock.system(ZoneId.systemDefault()));
  }

  /** The same by another clock. */
  static HangarServer start(ServerConfig config, Consumer<String> lines, Clock clock)
      throws IOException {
    var budget = new MemoryBudget(config.memoryBytes());
    var random = new SecureRandom();
    var bodies = new BodyPool(budget);
    var files = new FileCharges(bodies);
    var datasets = datasets(config, files);
    var store = store(config.storage(), clock, datasets);
    var results = LocalStore.cache(clock);
    LongConsumer reclaim =
        missing -> {
          long freed = results.reclaim(missing);
          if (freed < missing) {
            store.reclaim(missing - freed);
          }
        };
    budget.reclaimer(reclaim);
    var heap = new MemoryBudget(Runtime.getRuntime().maxMemory() / HEAP_SHARE);
    heap.reclaimer(reclaim);
    var statements = Statements.open(config, store, datasets, results, bodies);
    var memory = new MemoryStatus(store, results, files, budget, heap);
    var console = new Console(lines);
    var shutdown = new Shutdown();
    try {
      var tickets = tickets(config.storage(), random);
      var dialect = new Dialect(tickets);
      var endpoints = new Endpoints(store, results, tickets, clock);
      var queries = statements.queries(endpoints, tickets.queries(), clock);
      var sessions = new Sessions(random, clock);
      var flights =
          new DatasetFlights(
              datasets,
              statements.files(),
              store,
              tickets.datasets(),
              endpoints,
              clock,
              console::line);
      var upkeep = new UpkeepActions(store, config.storage().backups());
      var service =
          new TableService(
              store,
              endpoints,
              flights,
              dialect,
              queries,
              new Actions(
                  store, dialect, endpoints, queries, flights, sessions, upkeep, shutdown, memory),
              new Access(config.authenticator(), new Tokens(random, clock)),
              new CallLog(console, clock),
              heap);
      var builder =
          FlightServer.builder(service)
              .bodies(bodies)
              .statuses(Statuses::of)
              .reports(console::line);
      config.locations().forEach(builder::listen);
      if (config.tls() != null) {
        builder.tls(config.tls());
      }
      var server = new HangarServer(builder.start(), store, statements, datasets, config, console);
      memory.waiting(server.flight::waitingBytes);
      shutdown.server = server;
      removeStaleFiles(datasets);
      store.damages().forEach(damage -> console.line("Damaged: " + damage));
      return server;
    } catch (IOException | RuntimeException failed) {
      statements.close();
      store.close();
      datasets.close();
      console.close();
      throw failed;
    }
  }

  /** In the background: a large folder takes long to look through. */
  private static void removeStaleFiles(Datasets datasets) {
    Instant begun = Instant.now(); // as files have it
    if (!datasets.roots().isEmpty()) {
      Thread.ofPlatform()
          .daemon()
          .name("hangar-stale-files")
          .start(() -> datasets.removeStaleFiles(begun));
    }
  }

  /** The store in a directory, if one is given; else one in memory. */
  private static LocalStore store(StorageConfig storage, Clock clock, Datasets datasets) {
    Path data = storage.data();
    if (data == null) {
      return LocalStore.inMemory(storage.history(), clock);
    }
    try {
      requireApart(data, datasets);
      return LocalStore.open(
          DataDirectory.open(data), storage.durability(), storage.history(), clock);
    } catch (RuntimeException refused) {
      datasets.close();
      throw refused;
    }
  }

  /** What the store keeps is not for anybody to read, or to write, as files. */
  private static void requireApart(Path data, Datasets datasets) {
    Path directory = reached(data.toAbsolutePath().normalize());
    for (Path root : datasets.roots()) {
      if (directory.startsWith(root) || root.startsWith(directory)) {
        throw new IllegalArgumentException(
            "the data directory "
                + data
                + " and the folder of datasets "
                + root
                + " lie in one another; choose folders apart");
      }
    }
  }

  /** Where a path leads, links followed as far as it is there. */
  private static Path reached(Path path) {
    Path parent = path.getParent();
    try {
      return path.toRealPath();
    } catch (IOException notThere) {
      return parent == null ? path : reached(parent).resolve(path.getFileName());
    }
  }

  private static Datasets datasets(ServerConfig config, FileCharges charges) {
    List<Mount> mounts = config.storage().datasets();
    return mounts.isEmpty()
        ? Datasets.none()
        : Datasets.of(mounts, config.memoryBytes() / Limits.DATASET_MEMORY_SHARE, charges);
  }

  /** Tickets that outlive this server where its tables do. */
  private static Tickets tickets(StorageConfig storage, SecureRandom random) {
    Path data = storage.data();
    return data == null ? new Tickets(random) : new Tickets(TicketKey.in(data, random), random);
  }

  /** A line that says where tables are kept, and how many are there. */
  public String tables() {
    if (config.storage().data() == null) {
      return "tables in memory, gone when this ends; --data DIR keeps them";
    }
    List<TableSummary> tables = store.list();
    long bytes = tables.stream().mapToLong(TableSummary::bytes).sum();
    return String.format(
        Locale.ROOT,
        "tables in %s (%,d table%s, %s)",
        config.storage().data(),
        tables.size(),
        tables.size() == 1 ? "" : "s",
        ByteSize.text(bytes));
  }

  /** The port it listens on, where it does on one. */
  public int port() {
    return flight.port();
  }

  /** Where clients find it: the first place, where there are several. */
  public String url() {
    return urls().get(0);
  }

  /** Every place where clients find it. */
  public List<String> urls() {
    return flight.locations().stream().map(Location::uri).toList();
  }

  /** Bytes that tables and transfers hold; 0 once the server is closed. */
  public long bodyBytes() {
    return flight.bodyBytes();
  }

  /** Waits until the server is closed. */
  public void awaitTermination() throws InterruptedException {
    closed.await();
  }

  /**
   * Lets the calls in flight end for up to half a minute, then closes. Again waits for the first to
   * end.
   */
  @Override
  public void close() {
    if (closing.compareAndSet(false, true)) {
      flight.close(GRACE);
      endStatements();
      store.close();
      datasets.close();
      console.close();
      closed.countDown();
    }
    try {
      closed.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** What DuckDB does not stop has no call any more, and ends with the process. */
  private void endStatements() {
    var ending = new FutureTask<@Nullable Void>(statements::close, null);
    Thread.ofPlatform().daemon().name("hangar-statements-end").start(ending);
    try {
      ending.get(STATEMENTS_GRACE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      console.line("A statement does not stop; it ends with the process.");
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Closes the server from within one of its calls. */
  private static final class Shutdown implements Runnable {
    private volatile @Nullable HangarServer server;

    @Override
    public void run() {
      HangarServer running = server;
      if (running != null) {
        Thread.ofPlatform().name("hangar-shutdown").start(running::close);
      }
    }
  }
}
