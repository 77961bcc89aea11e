package dev.hangar.query.result;

import dev.hangar.query.arrow.BodyMemory;
import dev.hangar.query.sql.PreparedQuery;
import dev.hangar.query.sql.SqlEngine;
import dev.hangar.store.Batch;
import dev.hangar.store.TableStore;
import dev.hangar.store.TableVersion;
import dev.hangar.store.TableWriter;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The answers to statements. Whoever asks what is being computed for somebody else reads along;
 * what was answered is kept, as a table of a store that nobody writes to otherwise, and answered
 * from there while the tables it was made of are the same. Thread-safe.
 *
 * <p>Keys hold the versions of all tables a statement reads, so that a write makes an answer
 * unreachable by itself.
 */
public final class Results implements AutoCloseable {
  /** The first segment of the names that answers are kept under. */
  public static final String FOLDER = ".results";

  private final SqlEngine engine;
  private final KeptRows kept;
  private final BodyMemory memory;
  private final Map<String, RunningResult> shared = new HashMap<>();
  private final Map<RunningResult, Integer> wanted = new HashMap<>();
  private final HeldResults held = new HeldResults();
  private final ScheduledExecutorService clock;
  private final ExecutorService statements =
      Executors.newCachedThreadPool(
          Thread.ofPlatform().daemon().name("hangar-statement-", 0).factory());
  private final AtomicLong runs = new AtomicLong();
  private boolean isClosed;

  /**
   * @param kept where answers are kept; gives up those read longest ago when memory is short
   * @param memory for the rows of answers
   * @param memoryBytes what all of them may take
   */
  public Results(SqlEngine engine, TableStore kept, BodyMemory memory, long memoryBytes) {
    this.engine = engine;
    this.kept = new KeptRows(kept, memoryBytes);
    this.memory = memory;
    this.clock =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("hangar-timeouts").factory());
    clock.scheduleWithFixedDelay(
        held::giveUpForgotten, Limits.SWEEP_SECONDS, Limits.SWEEP_SECONDS, TimeUnit.SECONDS);
  }

  /** An answer that is there already; empty if none is, or none would do. */
  public Optional<TableVersion> kept(PreparedQuery query) {
    return isShared(query) ? kept.open(query.key()) : Optional.empty();
  }

  /**
   * The answer to a statement: kept, computed for somebody else, or computed now.
   *
   * @param query taken over, also when this throws
   */
  public Result open(PreparedQuery query) {
    Optional<TableVersion> there = kept(query);
    if (there.isPresent()) {
      query.close();
      return new Result.Kept(there.get());
    }
    return read(query);
  }

  /** Answers that nobody reads yet. */
  public HeldResults held() {
    return held;
  }

  /** How many statements have been run. */
  public long runs() {
    return runs.get();
  }

  private synchronized Result read(PreparedQuery query) {
    if (isClosed) {
      query.close();
      throw new IllegalStateException("the server is closing");
    }
    RunningResult running = isShared(query) ? shared.get(query.key()) : null;
    Spool.Cursor rows = running == null ? null : running.spool().read();
    if (running != null && rows != null) {
      query.close();
      return coming(running, rows);
    }
    Optional<TableVersion> there = kept(query); // by a run that ended just now
    if (there.isPresent()) {
      query.close();
      return new Result.Kept(there.get());
    }
    var spool = new Spool(isShared(query) ? kept.bytesMax() : 0, Limits.WINDOW_BYTES);
    var run = new RunningResult(query, engine, memory, spool);
    if (isShared(query)) {
      shared.put(query.key(), run);
    }
    Result.Coming coming = coming(run, Objects.requireNonNull(spool.read()));
    runs.incrementAndGet();
    statements.execute(() -> compute(run));
    return coming;
  }

  private Result.Coming coming(RunningResult run, Spool.Cursor rows) {
    wanted.merge(run, 1, Integer::sum);
    return new Result.Coming(run, rows, () -> leave(run));
  }

  private void compute(RunningResult run) {
    run.compute(clock);
    try (PreparedQuery query = run.query()) {
      keep(run, query);
    } finally {
      synchronized (this) {
        shared.remove(run.query().key(), run);
        run.end();
      }
      leaveIfUnwanted(run);
    }
  }

  /**
   * Keeps an answer, if it is whole; where there is no memory, or it is refused, it is not kept.
   */
  private void keep(RunningResult run, PreparedQuery query) {
    List<Batch> whole = isShared(query) ? run.spool().whole() : null;
    if (whole == null) {
      return;
    }
    var left = new ArrayDeque<>(whole);
    try (TableWriter writer = kept.write(query.key(), query.schemaMessage())) {
      while (!left.isEmpty()) {
        writer.append(left.remove());
      }
      writer.commit();
    } finally {
      Batch.releaseAll(left);
    }
  }

  private void leave(RunningResult run) {
    boolean isLast;
    synchronized (this) {
      int left = wanted.merge(run, -1, Integer::sum);
      isLast = left == 0;
    }
    if (isLast) {
      leaveIfUnwanted(run);
    }
  }

  /** Ends a run that nobody wants, and gives its rows up. */
  private void leaveIfUnwanted(RunningResult run) {
    synchronized (this) {
      Integer left = wanted.get(run);
      if (left == null || left > 0 || run.isBeingKept()) {
        return;
      }
      shared.remove(run.query().key(), run);
      if (run.hasEnded()) {
        wanted.remove(run);
      }
    }
    run.cancel();
  }

  private static boolean isShared(PreparedQuery query) {
    return query.command().cache() && query.isRepeatable() && query.write().isEmpty();
  }

  /** Stops what runs, and waits until it has ended. */
  @Override
  public void close() {
    List<RunningResult> all;
    synchronized (this) {
      isClosed = true;
      all = List.copyOf(wanted.keySet());
    }
    held.close();
    all.forEach(RunningResult::cancel);
    statements.close();
    clock.shutdownNow();
  }
}
