package dev.hangar.query.result;

import dev.hangar.query.arrow.BatchSource;
import dev.hangar.query.sql.PreparedQuery;
import dev.hangar.store.TableVersion;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.OptionalDouble;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** An answer to be read once. */
public sealed interface Result extends AutoCloseable {
  @Override
  void close();

  /** One that was kept: a version of a hidden table, leased. */
  record Kept(TableVersion version) implements Result {
    @Override
    public void close() {
      version.close();
    }
  }

  /** One that is being computed. For one thread. */
  final class Coming implements Result {
    private final RunningResult run;
    private final Spool.Cursor rows;
    private final Runnable left;
    private boolean isClosed;

    /**
     * @param left told when nobody reads this any more
     */
    Coming(RunningResult run, Spool.Cursor rows, Runnable left) {
      this.run = run;
      this.rows = rows;
      this.left = left;
    }

    /** The bare IPC message of its schema. */
    public ByteBuffer schema() {
      return run.query().schemaMessage();
    }

    /** The statement; its tables may be closed already. */
    public PreparedQuery query() {
      return run.query();
    }

    /** How far it is, from 0 to 1, where that is known. Any thread. */
    public OptionalDouble progress() {
      return run.progress();
    }

    /**
     * Waits, for a while, until all rows are there, or as many as may wait to be read.
     *
     * @return whether it is so
     * @throws dev.hangar.query.sql.SqlException the statement failed
     */
    public boolean awaitReady(Duration time) throws InterruptedException {
      run.spool().awaitReady(time.toMillis());
      RuntimeException failure = run.spool().failure();
      if (failure != null) {
        throw failure;
      }
      return run.spool().isReady();
    }

    /** Rows it has in all; -1 where they are not yet known. Any thread. */
    public long rows() {
      return run.spool().isComplete() ? run.spool().rows() : -1;
    }

    /**
     * The next batch, on loan; null behind the last. Blocks.
     *
     * @param isGone whether nobody wants it any more; then it is null too
     * @throws dev.hangar.query.sql.SqlException the statement failed
     */
    public BatchSource.@Nullable Loan next(BooleanSupplier isGone) {
      return rows.next(isGone);
    }

    @Override
    public void close() {
      if (!isClosed) {
        isClosed = true;
        rows.close();
        left.run();
      }
    }
  }
}
