package dev.hangar.query.sql;

import dev.hangar.query.arrow.BatchEncoder;
import dev.hangar.query.arrow.BatchReader;
import dev.hangar.query.sql.ParsedStatement.Target;
import dev.hangar.query.sql.SqlException.Kind;
import dev.hangar.store.TableName;
import dev.hangar.store.WriteOptions;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.jspecify.annotations.Nullable;

/**
 * Runs statements over the tables of a store and over files, a few at a time. Thread-safe.
 *
 * <p>Its databases are made when the first statement comes: a server that is asked none pays
 * nothing.
 */
public final class SqlEngine implements AutoCloseable {
  private final SqlSettings settings;
  private final SqlMemory memory;
  private final MemoryWatch watch;
  private final PartStatistics.OfParts statistics = new PartStatistics.OfParts();
  private final BufferAllocator allocator = new RootAllocator();
  private final BlockingQueue<Workplace> free;
  private final Semaphore waiting;
  private @Nullable SqlParser parser;
  private @Nullable Planner planner;
  private boolean isClosed;

  /**
   * @param memory what statements take their memory from, each as much as it may use at most
   */
  public SqlEngine(SqlSettings settings, SqlMemory memory) {
    this.settings = settings;
    this.memory = memory;
    this.watch = new MemoryWatch(memory, settings.uncountedBytes());
    this.free = new ArrayBlockingQueue<>(settings.running());
    SpillFolder spill = settings.spill() == null ? null : new SpillFolder(settings.spill());
    for (int i = 0; i < settings.running(); i++) {
      free.add(new Workplace(settings, spill, i));
    }
    this.waiting = new Semaphore(settings.waiting());
  }

  /**
   * Finds out what a statement reads and answers; runs nothing of it.
   *
   * @param tables what its names stand for
   * @return the caller's to close
   * @throws SqlException INVALID: it can't be understood
   * @throws dev.hangar.store.NoSuchTableException it names a table that is not there
   */
  public PreparedQuery prepare(SqlCommand command, SqlTables tables) {
    ParsedStatement statement = parser().parse(command.sql());
    SplicedText text = SplicedText.of(statement.query(), command.parameters());
    var opened = new ArrayList<SqlTable>();
    try {
      for (ParsedQuery.TableReference reference : statement.query().tables()) {
        opened.add(tables.open(name(reference.path())));
      }
      return switch (statement.target()) {
        case Target.Answer _ -> {
          QueryPlan plan = planner().plan(text, opened, null);
          yield new PreparedQuery(command, statement.query(), text, opened, plan, null);
        }
        case Target.Explain explain -> {
          QueryPlan plan = planner().plan(text, opened, null).explained(text, explain);
          yield new PreparedQuery(command, statement.query(), text, opened, plan, null);
        }
        case Target.Create create -> {
          QueryPlan plan = planner().plan(text, opened, null);
          SqlWrite write = created(create, plan);
          yield new PreparedQuery(command, statement.query(), text, opened, plan, write);
        }
        case Target.Insert insert ->
            inserted(command, statement.query(), text, insert, opened, tables);
      };
    } catch (RuntimeException e) {
      opened.forEach(SqlTable::close);
      throw e;
    }
  }

  private static SqlWrite created(Target.Create create, QueryPlan plan) {
    WriteOptions.Mode mode =
        create.mode() == Target.Create.Mode.REPLACE
            ? WriteOptions.Mode.REPLACE
            : WriteOptions.Mode.CREATE;
    return new SqlWrite(
        name(create.path()),
        BatchEncoder.schema(plan.schema()),
        WriteOptions.DEFAULT.withMode(mode),
        create.mode() == Target.Create.Mode.KEEP);
  }

  private PreparedQuery inserted(
      SqlCommand command,
      ParsedQuery query,
      SplicedText text,
      Target.Insert insert,
      List<SqlTable> opened,
      SqlTables tables) {
    TableName name = name(insert.path());
    try (SqlTable into = tables.open(name)) {
      if (!(into instanceof SqlTable.Stored(var version, _))) {
        throw SqlException.invalid(name + " is a file, and rows can be added to tables alone");
      }
      var shape =
          new InsertShape(
              name.toString(),
              planner().columns(BatchReader.schema(version.schema())),
              insert.columns(),
              insert.isByName());
      QueryPlan plan = planner().plan(text, opened, shape);
      WriteOptions options = WriteOptions.DEFAULT.withMode(WriteOptions.Mode.APPEND);
      var write = new SqlWrite(name, version.schema(), options, false);
      return new PreparedQuery(command, query, text, opened, plan, write);
    }
  }

  /** How long a statement may run. */
  public Duration timeout(SqlCommand command) {
    Duration asked = command.timeout();
    return asked == null || asked.compareTo(settings.timeout()) > 0 ? settings.timeout() : asked;
  }

  /**
   * A run of a query, not begun. Blocks while others run, for as long as the query itself might.
   *
   * @throws SqlException BUSY: too many wait already, or there is no memory; TIMED_OUT: its time
   *     has gone by waiting
   */
  public Running run(PreparedQuery query) {
    Workplace free = this.free.poll();
    Workplace place = free == null ? await(query) : free;
    if (!memory.tryReserve(settings.memoryBytes())) {
      this.free.add(place);
      throw new SqlException(
          Kind.BUSY,
          "a statement may take %d bytes here, and so many are not free; try again in a moment"
                  .formatted(settings.memoryBytes())
              + ", or give the server more with --memory");
    }
    return new Running(place, query);
  }

  private Workplace await(PreparedQuery query) {
    if (!waiting.tryAcquire()) {
      throw new SqlException(
          Kind.BUSY,
          "%d statements run here and %d wait; try again in a moment"
              .formatted(settings.running(), settings.waiting()));
    }
    try {
      Duration time = timeout(query.command());
      Workplace place = free.poll(time.toMillis(), TimeUnit.MILLISECONDS);
      if (place == null) {
        throw new SqlException(
            Kind.TIMED_OUT, "the statement waited for %s and did not run".formatted(time));
      }
      return place;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SqlException(Kind.CANCELLED, "the statement was cancelled while it waited");
    } finally {
      waiting.release();
    }
  }

  /** A query in a place of its own, which is given back when this is closed. */
  public final class Running implements AutoCloseable {
    private final Workplace place;
    private final QueryRun run;

    private Running(Workplace place, PreparedQuery query) {
      this.place = place;
      this.run = new QueryRun(query, place, statistics, allocator);
      watch.begin(run);
    }

    /**
     * Begins; blocks until the first rows are there.
     *
     * @return the vectors that {@link #next} fills
     */
    public VectorSchemaRoot start() {
      return run.start();
    }

    /** Loads the next rows; false behind the last. Blocks. */
    public boolean next() {
      return run.next();
    }

    /** From 0 to 1, where it is known. Any thread. */
    public OptionalDouble progress() {
      return run.progress();
    }

    /** How many batches of its tables were left out, because their values are known. */
    public long batchesSkipped() {
      return run.batchesSkipped();
    }

    /** Has it end soon. Any thread. */
    public void cancel() {
      run.cancel(new SqlException(Kind.CANCELLED, "the statement was cancelled"));
    }

    @Override
    public void close() {
      try {
        run.close();
      } finally {
        watch.end(run);
        memory.release(settings.memoryBytes());
        free.add(place);
      }
    }
  }

  /** The name that a statement writes as {@code a.b}, {@code "a/b"}, or a mixture. */
  static TableName name(List<String> path) {
    return TableName.parse(String.join("/", path));
  }

  private synchronized SqlParser parser() {
    requireOpen();
    SqlParser made = parser;
    try {
      if (made == null) {
        made = new SqlParser();
        parser = made;
      }
      return made;
    } catch (SQLException e) {
      throw new IllegalStateException("DuckDB does not start", e);
    }
  }

  private synchronized Planner planner() {
    requireOpen();
    Planner made = planner;
    try {
      if (made == null) {
        made = new Planner(settings.directoryNames(), allocator);
        planner = made;
      }
      return made;
    } catch (SQLException e) {
      throw new IllegalStateException("DuckDB does not start", e);
    }
  }

  private void requireOpen() {
    if (isClosed) {
      throw new IllegalStateException("the engine is closed");
    }
  }

  /** Ends what it holds; runs have to be closed before. */
  @Override
  public synchronized void close() {
    isClosed = true;
    watch.close();
    try {
      if (parser != null) {
        parser.close();
      }
      if (planner != null) {
        planner.close();
      }
      for (Workplace place; (place = free.poll()) != null; ) {
        place.close();
      }
    } catch (SQLException e) {
      throw new IllegalStateException("DuckDB does not end", e);
    } finally {
      allocator.close();
    }
  }
}
