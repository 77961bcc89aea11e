package dev.hangar.query.result;

import dev.hangar.query.arrow.BatchEncoder;
import dev.hangar.query.arrow.BodyMemory;
import dev.hangar.query.sql.PreparedQuery;
import dev.hangar.query.sql.SqlEngine;
import dev.hangar.query.sql.SqlException;
import dev.hangar.query.sql.SqlException.Kind;
import dev.hangar.store.Batch;
import java.time.Duration;
import java.util.OptionalDouble;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.jspecify.annotations.Nullable;

/** A statement that runs, on a thread of its own, for whoever reads its answer. Thread-safe. */
final class RunningResult {
  private final PreparedQuery query;
  private final SqlEngine engine;
  private final BodyMemory memory;
  private final Spool spool;
  private volatile SqlEngine.@Nullable Running running;
  private volatile @Nullable SqlException stopped;
  private volatile boolean hasEnded;

  /** A run that is not begun. Takes ownership of {@code query}. */
  RunningResult(PreparedQuery query, SqlEngine engine, BodyMemory memory, Spool spool) {
    this.query = query;
    this.engine = engine;
    this.memory = memory;
    this.spool = spool;
  }

  Spool spool() {
    return spool;
  }

  PreparedQuery query() {
    return query;
  }

  /** Its rows have been computed, and kept where they were to be. */
  void end() {
    hasEnded = true;
  }

  boolean hasEnded() {
    return hasEnded;
  }

  /** Whether its rows are all there, and may be on their way to where they are kept. */
  boolean isBeingKept() {
    return spool.isComplete() && !hasEnded;
  }

  /** How far it is, from 0 to 1, where that is known. */
  OptionalDouble progress() {
    SqlEngine.Running run = running;
    if (spool.isComplete()) {
      return OptionalDouble.of(1);
    }
    return run == null ? OptionalDouble.empty() : run.progress();
  }

  /** Computes the answer, and closes the query. Blocks; never throws. */
  void compute(ScheduledExecutorService clock) {
    Duration timeout = engine.timeout(query.command());
    ScheduledFuture<?> alarm =
        clock.schedule(() -> stop(timedOut(timeout)), timeout.toMillis(), TimeUnit.MILLISECONDS);
    RuntimeException failure = null;
    try (SqlEngine.Running run = engine.run(query)) {
      running = run;
      if (stopped == null) {
        fill(run);
      }
    } catch (InterruptedException unwanted) {
      failure = new SqlException(Kind.CANCELLED, "the statement was cancelled");
    } catch (RuntimeException e) {
      failure = e;
    } finally {
      running = null;
      alarm.cancel(false);
    }
    SqlException why = stopped;
    spool.complete(why == null ? failure : why);
  }

  private static SqlException timedOut(Duration timeout) {
    return new SqlException(
        Kind.TIMED_OUT,
        "the statement ran for "
            + timeout.toMillis()
            + " ms, which is all it may, and was stopped");
  }

  /** Has it end soon, whoever still reads. */
  void cancel() {
    stop(new SqlException(Kind.CANCELLED, "the statement was cancelled"));
    spool.abandon();
  }

  private void stop(SqlException why) {
    if (stopped == null) {
      stopped = why;
    }
    SqlEngine.Running run = running;
    if (run != null) {
      run.cancel();
    }
    spool.stop();
    spool.complete(why); // what DuckDB does now it may not leave soon; nobody is to wait for that
  }

  private void fill(SqlEngine.Running run) throws InterruptedException {
    VectorSchemaRoot rows = run.start();
    var encoder = new BatchEncoder(rows, memory);
    while (run.next()) {
      if (rows.getRowCount() > 0) {
        spool.add(new SharedBatch(encoded(encoder)));
      }
      requireWanted();
    }
  }

  private Batch encoded(BatchEncoder encoder) throws InterruptedException {
    for (Batch batch; ; requireWanted()) {
      batch = encoder.encode();
      if (batch != null) {
        return batch;
      }
      if (!spool.makeRoom()) {
        throw new SqlException(
            Kind.BUSY, "there is no memory for the rows of the answer; try again in a moment");
      }
    }
  }

  private void requireWanted() {
    SqlException why = stopped;
    if (why != null) {
      throw why;
    }
  }
}
