package dev.hangar.query.sql;

import dev.hangar.query.arrow.BatchEncoder;
import dev.hangar.query.arrow.BodyMemory;
import dev.hangar.query.duckdb.Sandbox;
import dev.hangar.store.Batch;
import dev.hangar.store.TableName;
import dev.hangar.store.TableStore;
import dev.hangar.store.TableWriter;
import dev.hangar.store.WriteOptions;
import dev.hangar.store.local.LocalStore;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.duckdb.DuckDBConnection;
import org.duckdb.DuckDBResultSet;
import org.jspecify.annotations.Nullable;

/** A store of tables that SQL makes, and an engine over it. */
public final class SqlTestTables implements AutoCloseable, SqlMemory {
  private static final int BATCH_ROWS = 2048;

  public final TableStore store = LocalStore.inMemory(InstantSource.system());
  public final SqlEngine engine;
  private long skipped;
  private final AtomicInteger bodies = new AtomicInteger();
  private final AtomicLong reserved = new AtomicLong();

  public SqlTestTables() {
    this(new SqlSettings(2, 4, 256L << 20, 2L << 30, Duration.ofMinutes(1), List.of(), null));
  }

  public SqlTestTables(SqlSettings settings) {
    this.engine = new SqlEngine(settings, this);
  }

  /** Makes a table of what DuckDB answers. */
  public void create(String name, String sql) throws Exception {
    write(name, sql, BATCH_ROWS, WriteOptions.DEFAULT);
  }

  /** The same, all of it in one batch. */
  public void createOfOneBatch(String name, String sql) throws Exception {
    write(name, sql, Integer.MAX_VALUE, WriteOptions.DEFAULT);
  }

  /** Adds a part to a table. */
  public void append(String name, String sql) throws Exception {
    write(name, sql, BATCH_ROWS, WriteOptions.DEFAULT.withMode(WriteOptions.Mode.APPEND));
  }

  private void write(String name, String sql, int batchRows, WriteOptions options)
      throws Exception {
    try (BufferAllocator allocator = new RootAllocator();
        DuckDBConnection duckDb = Sandbox.connect(true, List.of());
        var statement = duckDb.createStatement();
        var rows = (DuckDBResultSet) statement.executeQuery(sql);
        ArrowReader reader = (ArrowReader) rows.arrowExportStream(allocator, batchRows)) {
      VectorSchemaRoot root = reader.getVectorSchemaRoot();
      var encoder = new BatchEncoder(root, this::allocate);
      try (TableWriter writer =
          store.write(
              TableName.parse(name), new byte[0], BatchEncoder.schema(root.getSchema()), options)) {
        while (reader.loadNextBatch()) {
          Batch batch = Objects.requireNonNull(encoder.encode());
          writer.append(batch);
        }
        writer.commit();
      }
    }
  }

  /** Memory for bodies, counted. */
  public BodyMemory.Room allocate(int bytes) {
    bodies.incrementAndGet();
    return new BodyMemory.Room(ByteBuffer.allocateDirect(bytes), bodies::decrementAndGet);
  }

  /** What a name stands for. */
  public SqlTable open(TableName name) {
    String last = name.segments().getLast();
    int at = last.indexOf('@');
    if (at < 0) {
      return new SqlTable.Stored(store.open(name), PartSource.STORE);
    }
    var plain = new ArrayList<>(name.segments());
    plain.set(plain.size() - 1, last.substring(0, at));
    return new SqlTable.Stored(
        store.open(new TableName(plain), Long.parseLong(last.substring(at + 1))), PartSource.STORE);
  }

  /** A statement made ready. */
  public PreparedQuery prepare(String sql, @Nullable Object... parameters) {
    return engine.prepare(
        SqlCommand.of(sql).withParameters(java.util.Arrays.asList(parameters)), this::open);
  }

  /** A statement's rows as text, values separated by bars. */
  public List<String> rows(String sql, @Nullable Object... parameters) {
    return rows(prepare(sql, parameters));
  }

  /** The rows of a statement, which is closed then. */
  public List<String> rows(PreparedQuery prepared) {
    var all = new ArrayList<String>();
    try (PreparedQuery query = prepared;
        SqlEngine.Running run = engine.run(query)) {
      VectorSchemaRoot root = run.start();
      while (run.next()) {
        for (int row = 0; row < root.getRowCount(); row++) {
          all.add(text(root, row));
        }
      }
      skipped = run.batchesSkipped();
    }
    return all;
  }

  /** Batches that the last statement left out. */
  public long skipped() {
    return skipped;
  }

  /** A row as text. */
  public static String text(VectorSchemaRoot root, int row) {
    var values = new ArrayList<String>();
    for (FieldVector vector : root.getFieldVectors()) {
      Object value = vector.getObject(row);
      values.add(value instanceof byte[] raw ? HexFormat.of().formatHex(raw) : "" + value);
    }
    return String.join("|", values);
  }

  @Override
  public boolean tryReserve(long bytes) {
    reserved.addAndGet(bytes);
    return true;
  }

  @Override
  public void release(long bytes) {
    reserved.addAndGet(-bytes);
  }

  /** Memory that running statements have. */
  public long reserved() {
    return reserved.get();
  }

  @Override
  public long usedBytes() {
    return reserved.get();
  }

  /** Fails if anything is not given back. */
  @Override
  public void close() {
    engine.close();
    store.close();
    if (bodies.get() != 0 || reserved.get() != 0) {
      throw new AssertionError(bodies + " bodies and " + reserved + " bytes are not given back");
    }
  }
}
