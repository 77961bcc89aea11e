package dev.hangar.server;

import dev.hangar.query.arrow.BatchEncoder;
import dev.hangar.query.arrow.BodyMemory;
import dev.hangar.query.dataset.Datasets;
import dev.hangar.query.sql.PreparedQuery;
import dev.hangar.query.sql.RecentlyUsed;
import dev.hangar.query.sql.SqlEngine;
import dev.hangar.query.sql.SqlException;
import dev.hangar.query.sql.SqlException.Kind;
import dev.hangar.query.sql.SqlWrite;
import dev.hangar.store.Batch;
import dev.hangar.store.TableName;
import dev.hangar.store.TableStore;
import dev.hangar.store.TableWriter;
import dev.hangar.store.WriteOptions;
import dev.hangar.wire.FlightData;
import dev.hangar.wire.FlightSink;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/** Statements whose rows become a table, part of one, or a file. Thread-safe. */
final class SqlWrites {
  private static final Schema COUNT =
      new Schema(List.of(Field.nullable("Count", new ArrowType.Int(Long.SIZE, true))));
  private static final long LOOK_MILLIS = 50;

  private final SqlEngine engine;
  private final TableStore store;
  private final Datasets datasets;

  /** Rows that went to files, by key: a ticket that is redeemed again is not another write. */
  private final RecentlyUsed<String, Long> writtenFiles = new RecentlyUsed<>(Limits.WRITTEN_FILES);

  private final BodyMemory memory;

  SqlWrites(SqlEngine engine, TableStore store, Datasets datasets, BodyMemory memory) {
    this.engine = engine;
    this.store = store;
    this.datasets = datasets;
    this.memory = memory;
  }

  /** The schema of the answer: how many rows were written. */
  static ByteBuffer schema() {
    return BatchEncoder.schema(COUNT);
  }

  /** Runs a statement, which is closed then, and answers how many rows it wrote. */
  void run(
      PreparedQuery query,
      SqlWrite write,
      BooleanSupplier isGone,
      FlightSink out,
      CallLog.Entry entry) {
    long rows;
    try (query) {
      rows = write(query, write, isGone, entry);
    }
    out.sendWithNext(FlightData.schema(null, schema()));
    try (BufferAllocator allocator = new RootAllocator();
        VectorSchemaRoot root = VectorSchemaRoot.create(COUNT, allocator)) {
      ((BigIntVector) root.getVector(0)).setSafe(0, rows);
      root.setRowCount(1);
      Batch count = new BatchEncoder(root, SqlWrites::small).encode();
      ByteBuffer metadata = count == null ? null : count.metadata();
      if (count == null || metadata == null) {
        throw new IllegalStateException("a count was not encoded");
      }
      out.send(FlightData.batch(metadata, null, List.of(count.body()), count::release));
    }
  }

  private static BodyMemory.Room small(int bytes) {
    ByteBuffer room = ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
    return new BodyMemory.Room(room, () -> {});
  }

  private long write(
      PreparedQuery query, SqlWrite write, BooleanSupplier isGone, CallLog.Entry entry) {
    TableName name = Dialect.plain(write.table());
    entry.table(name);
    OptionalLong written = written(name, write);
    if (written.isPresent()) {
      return written.getAsLong();
    }
    // DuckDB calls block the thread they are made on, which a virtual one must not be
    var done = new CompletableFuture<Long>();
    var run = new Run(query, name, write, entry);
    Thread.ofPlatform().daemon().name("hangar-write").start(() -> run.into(done));
    return await(query, isGone, done, run);
  }

  /** How many rows there are to tell of, where nothing is to be done. */
  private OptionalLong written(TableName name, SqlWrite write) {
    String key = write.options().idempotencyKey();
    Long before = key == null ? null : writtenFiles.get(key);
    if (before != null) {
      return OptionalLong.of(before);
    }
    return write.isKeptWhereThere() && isThere(name) ? OptionalLong.of(0) : OptionalLong.empty();
  }

  private boolean isThere(TableName name) {
    return datasets.isFile(name) ? datasets.find(name).isPresent() : store.contains(name);
  }

  private TableWriter writer(TableName name, SqlWrite write) {
    if (!datasets.isFile(name)) {
      byte[] origin = Dialect.path(name).encode().toByteArray();
      return store.write(name, origin, write.schema(), write.options());
    }
    WriteOptions.Mode mode = write.options().mode();
    if (mode == WriteOptions.Mode.APPEND) { // its ticket is from before the folder was mounted
      throw new SqlException(
          Kind.INVALID, name + " is a file, and rows can be added to tables alone");
    }
    return datasets.write(name, write.schema(), mode == WriteOptions.Mode.CREATE);
  }

  private long await(
      PreparedQuery query, BooleanSupplier isGone, CompletableFuture<Long> done, Run run) {
    long end = System.nanoTime() + engine.timeout(query.command()).toNanos();
    while (true) {
      try {
        return done.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
      } catch (TimeoutException goesOn) {
        if (isGone.getAsBoolean()) {
          run.cancel(new SqlException(Kind.CANCELLED, "the caller has gone"));
        } else if (System.nanoTime() - end > 0) {
          run.cancel(new SqlException(Kind.TIMED_OUT, "the statement ran for all the time it has"));
        }
      } catch (InterruptedException e) {
        run.cancel(new SqlException(Kind.CANCELLED, "the server is closing"));
      } catch (ExecutionException e) {
        if (e.getCause() instanceof RuntimeException failure) {
          throw failure;
        }
        throw new CompletionException(e.getCause());
      }
    }
  }

  /** One statement under way. */
  private final class Run {
    private final PreparedQuery query;
    private final TableName name;
    private final SqlWrite write;
    private final CallLog.Entry entry;
    private volatile SqlEngine.@Nullable Running running;
    private volatile @Nullable SqlException stopped;

    Run(PreparedQuery query, TableName name, SqlWrite write, CallLog.Entry entry) {
      this.query = query;
      this.name = name;
      this.write = write;
      this.entry = entry;
    }

    void cancel(SqlException why) {
      stopped = stopped == null ? why : stopped;
      SqlEngine.Running run = running;
      if (run != null) {
        run.cancel();
      }
    }

    void into(CompletableFuture<Long> done) {
      try (SqlEngine.Running run = engine.run(query)) {
        running = run;
        done.complete(write(run));
      } catch (RuntimeException | Error e) {
        SqlException why = stopped;
        done.completeExceptionally(why == null ? e : why);
      }
    }

    private long write(SqlEngine.Running run) {
      VectorSchemaRoot rows = run.start();
      var encoder = new BatchEncoder(rows, memory);
      try (TableWriter writer = writer(name, write)) {
        while (run.next()) {
          SqlException why = stopped;
          if (why != null) {
            throw why;
          }
          if (rows.getRowCount() > 0) {
            append(encoder, writer);
          }
        }
        writer.commit();
        remember(writer.rows());
        return writer.rows();
      }
    }

    /** The store remembers its own keys, also when the server is started anew. */
    private void remember(long written) {
      String key = write.options().idempotencyKey();
      if (key != null && datasets.isFile(name)) {
        writtenFiles.put(key, written);
      }
    }

    private void append(BatchEncoder encoder, TableWriter writer) {
      Batch batch = encoder.encode();
      if (batch == null) {
        throw new SqlException(Kind.BUSY, "there is no memory for the rows; try again in a moment");
      }
      writer.append(batch);
      entry.size(writer.rows(), writer.bytes());
    }
  }
}
