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
import java.util.concurrent.Callable;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.arrow.c.ArrowArray;
import org.apache.arrow.c.ArrowSchema;
import org.apache.arrow.c.Data;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BaseFixedWidthVector;
import org.apache.arrow.vector.BaseLargeVariableWidthVector;
import org.apache.arrow.vector.BaseVariableWidthVector;
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
  private final Deque<Piece> pieces = new ArrayDeque<>();
  private final Deque<FutureTask<Prepared>> ahead = new ArrayDeque<>();
  private volatile long lastNanos;
  private @Nullable Loan toRead;

  /**
   * Of the rows that the reader holds, how many are still to be handed over: none of refused ones.
   */
  private int rowsToExport;

  /** Some rows of a batch that was taken already. */
  private record Piece(TableBatch batch, Loan loan, long from, long count) {}

  /** A message, and its rows where they can be handed over as they lie. */
  private record Prepared(TableBatch batch, Loan loan, long rows, @Nullable ExportedArray array) {
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
      if (export(address)) {
        return;
      }
      for (Prepared next; (next = nextPrepared()) != null; ) {
        source.given(next.rows());
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
    rowsToExport = rows.getRowCount();
    return export(address);
  }

  /** Hands over some of the rows that the reader holds; false if there are none to be. */
  private boolean export(long address) throws IOException {
    if (rowsToExport == 0) {
      return false;
    }
    VectorSchemaRoot rows = reader.getVectorSchemaRoot();
    ArrowArray array = ArrowArray.wrap(address);
    if (rows.getRowCount() <= Limits.PIECE_ROWS || !canSlice(rows)) {
      rowsToExport = 0;
      Data.exportVectorSchemaRoot(allocator, rows, reader, array);
      return true;
    }
    int from = rows.getRowCount() - rowsToExport;
    int count = Math.min(rowsToExport, Limits.PIECE_ROWS);
    rowsToExport -= count;
    try (VectorSchemaRoot piece = rows.slice(from, count)) {
      Data.exportVectorSchemaRoot(allocator, piece, reader, array);
    }
    return true;
  }

  /** Whether a slice takes no copy of values: not within nested ones. */
  private static boolean canSlice(VectorSchemaRoot rows) {
    return rows.getFieldVectors().stream()
        .allMatch(vector ->
            vector instanceof BaseFixedWidthVector
                || vector instanceof BaseVariableWidthVector
                || vector instanceof BaseLargeVariableWidthVector);
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
    for (Callable<Prepared> next; ahead.size() < wanted && (next = nextToPrepare()) != null; ) {
      var task = new FutureTask<>(next);
      ahead.add(task);
      if (ahead.size() > 1) {
        ForkJoinPool.commonPool().execute(task);
      }
    }
  }

  private @Nullable Callable<Prepared> nextToPrepare() {
    while (pieces.isEmpty()) {
      TableBatch batch = source.next();
      if (batch == null) {
        return null;
      }
      if (!batch.isLarge() || !batch.isKnown(columns)) {
        return () -> prepared(batch);
      }
      Loan loan = batch.take();
      if (!arrays.canSlice(loan.batch())) {
        return () -> prepared(batch, loan);
      }
      cut(batch, loan);
    }
    Piece piece = pieces.remove();
    return () -> prepared(piece);
  }

  /** Has DuckDB's threads share a batch's rows, and those left out that cannot count. */
  private void cut(TableBatch batch, Loan loan) {
    long rows = loan.batch().rows();
    int count = Math.toIntExact((rows + Limits.PIECE_ROWS - 1) / Limits.PIECE_ROWS);
    int[] wanted = IntStream.range(0, count).filter(batch::mayHold).toArray();
    var left = new AtomicInteger(wanted.length);
    Runnable giveBack =
        () -> {
          if (left.decrementAndGet() == 0) {
            loan.giveBack().run();
          }
        };
    for (int piece : wanted) {
      long from = (long) piece * Limits.PIECE_ROWS;
      var share = new Loan(loan.batch(), giveBack);
      pieces.add(new Piece(batch, share, from, Math.min(Limits.PIECE_ROWS, rows - from)));
    }
    if (wanted.length == 0) {
      loan.giveBack().run();
    }
  }

  private Prepared prepared(TableBatch batch) {
    long begin = System.nanoTime();
    Prepared prepared = prepared(batch, batch.take());
    lastNanos = System.nanoTime() - begin;
    return prepared;
  }

  private Prepared prepared(TableBatch batch, Loan loan) {
    ExportedArray array = batch.isKnown(columns) ? arrays.export(loan) : null;
    return new Prepared(batch, loan, loan.batch().rows(), array);
  }

  private Prepared prepared(Piece piece) {
    long begin = System.nanoTime();
    ExportedArray array = arrays.export(piece.loan(), piece.from(), piece.count());
    lastNanos = System.nanoTime() - begin;
    return new Prepared(piece.batch(), piece.loan(), piece.count(), array);
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
    pieces.forEach(piece -> piece.loan().giveBack().run());
    reader.close();
  }
}
