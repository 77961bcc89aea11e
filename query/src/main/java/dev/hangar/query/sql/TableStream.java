package dev.hangar.query.sql;

import dev.hangar.query.arrow.BatchReader;
import dev.hangar.query.arrow.BatchSource.Loan;
import dev.hangar.query.arrow.HeldValues;
import dev.hangar.query.arrow.HeldValues.Holder;
import dev.hangar.query.cdata.BatchArrays;
import dev.hangar.query.cdata.BatchStream;
import dev.hangar.query.cdata.ColumnBounds;
import dev.hangar.query.cdata.ExportedArray;
import dev.hangar.query.dataset.Threads;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.FutureTask;
import org.apache.arrow.c.ArrowArray;
import org.apache.arrow.c.ArrowSchema;
import org.apache.arrow.c.Data;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A table's batches on their way to DuckDB: as they lie where all is known of them that has to be,
 * else as vectors, of which the source learns that, and which no value comes through that DuckDB
 * would take for another one. DuckDB takes one after the other; where each takes long to prepare,
 * other threads prepare those behind it. One thread at a time; closed before its source.
 */
final class TableStream implements BatchStream.Producer, AutoCloseable {
  /** How many batches are under way at a time. */
  private static final int AHEAD = 2 * Runtime.getRuntime().availableProcessors();

  /** What takes longer is worth another thread's being woken up. */
  private static final long LONG_NANOS = 20_000;

  private final TableSource source;
  private final List<Integer> columns;
  private final List<String> names;
  private final BatchArrays arrays;
  private final BatchReader reader;
  private final BufferAllocator allocator;
  private final Deque<FutureTask<Prepared>> ahead = new ArrayDeque<>();
  private volatile long lastNanos;
  private @Nullable Loan toRead;

  /** A message, and its rows where they can be handed over as they lie. */
  private record Prepared(TableBatch batch, Loan loan, @Nullable ExportedArray array) {
    void close() {
      if (array == null) {
        loan.giveBack().run();
      } else {
        array.close();
      }
    }
  }

  /**
   * @param schema of the table's messages
   * @param columns the numbers of those that are read, which ascend
   * @param names of all columns, for messages
   * @param bounds of rows that count
   */
  TableStream(
      Schema schema,
      List<Integer> columns,
      List<String> names,
      List<ColumnBounds> bounds,
      TableSource source,
      BufferAllocator allocator) {
    this.source = source;
    this.columns = columns;
    this.names = names;
    this.allocator = allocator;
    this.arrays = new BatchArrays(schema.getFields(), columns, bounds, allocator);
    this.reader = new BatchReader(schema, columns, this::takeToRead, allocator);
  }

  private @Nullable Loan takeToRead() {
    Loan loan = toRead;
    toRead = null;
    return loan;
  }

  @Override
  public void schema(long address) throws IOException {
    Schema schema = reader.getVectorSchemaRoot().getSchema();
    Data.exportSchema(allocator, schema, reader, ArrowSchema.wrap(address));
  }

  @Override
  public void next(long address) throws IOException {
    try {
      for (Prepared next; (next = nextPrepared()) != null; ) {
        source.given(next.loan().batch().rows());
        if (next.array() == null ? read(next, address) : move(next.array(), address)) {
          return;
        }
      }
    } catch (RuntimeException | Error e) {
      source.failed(e instanceof RuntimeException failure ? failure : new IllegalStateException(e));
      throw e;
    }
  }

  private static boolean move(ExportedArray array, long address) {
    if (array.isEmpty()) {
      return false;
    }
    array.moveTo(address);
    return true;
  }

  /** Whether there were rows. */
  private boolean read(Prepared next, long address) throws IOException {
    toRead = next.loan();
    if (!reader.loadNextBatch()) {
      return false;
    }
    VectorSchemaRoot rows = reader.getVectorSchemaRoot();
    requireHeld(next.batch(), rows.getFieldVectors());
    next.batch().learn(rows.getFieldVectors(), columns);
    Data.exportVectorSchemaRoot(allocator, rows, reader, ArrowArray.wrap(address));
    return true;
  }

  /** Refuses rows if DuckDB would take one of their values for another. */
  private void requireHeld(TableBatch batch, List<FieldVector> vectors) {
    for (int i = 0; i < vectors.size(); i++) {
      int column = columns.get(i);
      if (!batch.isHeld(column)) {
        String problem = HeldValues.problem(Holder.SQL, names.get(column), vectors.get(i), reader);
        if (problem != null) {
          throw SqlException.invalid(problem);
        }
        batch.held(column);
      }
    }
  }

  private @Nullable Prepared nextPrepared() {
    goAhead();
    FutureTask<Prepared> next = ahead.poll();
    if (next == null) {
      return null;
    }
    next.run();
    for (FutureTask<Prepared> behind : ahead) {
      if (next.isDone()) {
        break;
      }
      behind.run(); // rather than to wait for the other thread
    }
    return Threads.await(next);
  }

  private void goAhead() {
    int wanted = lastNanos > LONG_NANOS ? AHEAD : 1;
    for (TableBatch batch; ahead.size() < wanted && (batch = source.next()) != null; ) {
      TableBatch of = batch;
      var task = new FutureTask<>(() -> prepared(of));
      ahead.add(task);
      if (ahead.size() > 1) {
        ForkJoinPool.commonPool().execute(task);
      }
    }
  }

  private Prepared prepared(TableBatch batch) {
    long begin = System.nanoTime();
    Loan loan = batch.take();
    ExportedArray array = batch.isKnown(columns) ? arrays.export(loan) : null;
    lastNanos = System.nanoTime() - begin;
    return new Prepared(batch, loan, array);
  }

  @Override
  public void close() throws IOException {
    for (FutureTask<Prepared> task : ahead) {
      try {
        task.run();
        Threads.await(task).close();
      } catch (RuntimeException | Error nobodyReadsIt) {
        // a message that is damaged, say
      }
    }
    reader.close();
  }
}
