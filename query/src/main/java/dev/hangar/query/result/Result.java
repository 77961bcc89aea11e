package dev.hangar.query.result;

import dev.hangar.query.arrow.BatchSource;
import dev.hangar.store.TableVersion;
import java.nio.ByteBuffer;
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
    private final ByteBuffer schema;
    private final Spool.Cursor rows;
    private final Runnable left;
    private boolean isClosed;

    /**
     * @param left told when nobody reads this any more
     */
    Coming(ByteBuffer schema, Spool.Cursor rows, Runnable left) {
      this.schema = schema;
      this.rows = rows;
      this.left = left;
    }

    /** The bare IPC message of its schema. */
    public ByteBuffer schema() {
      return schema.duplicate();
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
