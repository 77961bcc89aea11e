package dev.hangar.query.dataset;

import dev.hangar.query.arrow.BatchSource;
import dev.hangar.query.arrow.RelabelledReader;
import dev.hangar.query.arrow.SharedMemory;
import dev.hangar.query.dataset.Charges.Share;
import dev.hangar.query.dataset.DatasetMetadata.Query;
import dev.hangar.query.duckdb.DuckDb;
import dev.hangar.query.duckdb.FolderDuckDb;
import dev.hangar.query.file.DataFile;
import dev.hangar.query.file.FileFailures;
import dev.hangar.query.file.FileFormat;
import dev.hangar.query.file.FileReader;
import dev.hangar.store.TableName;
import dev.hangar.store.TableWriter;
import dev.hangar.store.check.SchemaCheck;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * What datasets are read with: databases, memory, threads, and turns, which those who read share.
 * Thread-safe.
 */
final class DatasetReader implements AutoCloseable {
  /** Who looks at a file keeps a core busy, and rows are to flow meanwhile. */
  private static final int LOOKS = 2;

  private final FolderDuckDb databases;
  private final MetadataLook look;
  private final MetadataCache known = new MetadataCache(Limits.KNOWN_FILES);
  private final long bytes;
  private final long aheadBytes;
  private final Charges charges;
  private @Nullable RootAllocator allocator;
  private final Turns reading;
  private final Turns looking;
  private final int writers;
  private final Turns writing;
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          Thread.ofPlatform().daemon().name("hangar-files-", 0).factory());

  /**
   * A reader of files below {@code folders}.
   *
   * @param memoryBytes what all who read take together, in DuckDB, and as much again on its way out
   * @param memory what each of them is charged for its part
   */
  DatasetReader(List<Path> folders, long memoryBytes, SharedMemory memory) {
    this.bytes = Math.max(memoryBytes, Limits.READERS_BYTES);
    this.writers = (int) Math.min(bytes / Limits.WRITER_BYTES, Limits.WRITERS);
    int readers = (int) Math.min(bytes / Limits.READER_BYTES, Limits.READERS);
    int cores = Runtime.getRuntime().availableProcessors();
    this.databases = new FolderDuckDb(folders, bytes, Math.min(cores, 2 * readers), readers);
    this.look = new MetadataLook(databases);
    this.charges = new Charges(memory, bytes);
    long mostBytes = memoryBytes / Limits.CHARGE_SHARE;
    var read =
        new Share(
            Math.min(mostBytes, bytes / readers), Math.min(mostBytes, Limits.READER_OUT_BYTES));
    var written = new Share(Math.min(mostBytes, bytes / writers), Limits.WRITER_OUT_BYTES);
    this.aheadBytes = Math.clamp(read.outgoingBytes() / 4, 1, Limits.AHEAD_BYTES);
    this.writing = turns(writers, charges.room(written));
    this.reading = turns(readers, charges.room(read));
    this.looking = turns(LOOKS, Turns.Room.NONE);
  }

  private static Turns turns(int most, Turns.Room room) {
    return new Turns(most, Limits.WAITING_READERS, Limits.READER_WAIT, room);
  }

  /** Made when it is first needed, since that takes a while. */
  private synchronized RootAllocator allocator() {
    if (allocator == null) {
      allocator = new RootAllocator(charges, Long.MAX_VALUE);
    }
    return allocator;
  }

  /** What a dataset's files say of themselves. */
  DatasetMetadata metadata(Dataset dataset) {
    return known
        .get(dataset)
        .orElseGet(() -> {
          Runnable endTurn = looking.take(dataset.name(), Turns.KEEPING);
          try {
            return looked(dataset);
          } finally {
            endTurn.run();
          }
        });
  }

  private DatasetMetadata looked(Dataset dataset) {
    try {
      DatasetMetadata metadata =
          Threads.await(threads.submit(() -> look.look(dataset, allocator())));
      if (!dataset.isCurrent()) {
        throw DatasetFailures.changed(dataset.name(), "while it was looked at", null);
      }
      known.put(dataset, metadata);
      return metadata;
    } catch (RuntimeException e) {
      DatasetException failed = DatasetFailures.reading(dataset, format(dataset), "", e);
      if (failed.kind() == DatasetException.Kind.UNREADABLE) {
        known.put(dataset, failed);
      }
      throw failed;
    }
  }

  /** What its name says, for messages about a file that says nothing else. */
  private static FileFormat format(Dataset dataset) {
    return FileFormat.ofEnding(dataset.files().getFirst()).orElse(FileFormat.PARQUET);
  }

  /** A dataset's rows as vectors. */
  ArrowReader open(Dataset dataset, BufferAllocator theirs) {
    DatasetMetadata metadata = metadata(dataset);
    try {
      return metadata.query().isPresent()
          ? query(dataset, metadata, metadata.query().get(), DatasetRange.ALL, theirs)
          : DataFile.open(dataset.files().getFirst(), theirs).reader();
    } catch (IOException | SQLException | RuntimeException e) {
      throw DatasetFailures.reading(dataset, metadata.format(), "", e);
    }
  }

  /** The messages of a part of a dataset. */
  DatasetMessages read(Dataset dataset, DatasetRange range) {
    DatasetMetadata metadata = metadata(dataset);
    return metadata
        .query()
        .<DatasetMessages>map(query -> messages(dataset, metadata, query, range))
        .orElseGet(() -> new ArrowMessages(dataset, metadata, allocator(), charges));
  }

  private DatasetMessages messages(
      Dataset dataset, DatasetMetadata metadata, Query query, DatasetRange range) {
    return new YieldingMessages(
        metadata.message(),
        range,
        query.isInRows(),
        holder -> reading.take(dataset.name(), holder),
        part ->
            new QueryMessages(
                dataset,
                metadata,
                part,
                rows -> query(dataset, metadata, query, rows, allocator()),
                threads,
                aheadBytes,
                charges));
  }

  /** Closing the reader ends the query. */
  private ArrowReader query(
      Dataset dataset,
      DatasetMetadata metadata,
      Query query,
      DatasetRange range,
      BufferAllocator memory)
      throws IOException, SQLException {
    Deque<AutoCloseable> sources = new ArrayDeque<>();
    var failures = new FileFailures(Path.of(dataset.name().toString()), metadata.format());
    try {
      DuckDb db = databases.on(dataset.files(), query.isWide());
      sources.push(db);
      ArrowReader batches = db.stream(query.of(range), query.batchRows(), memory);
      sources.push(batches);
      Schema read = batches.getVectorSchemaRoot().getSchema();
      ArrowReader rows = batches;
      if (!metadata.schema().equals(read)) {
        rows = new RelabelledReader(batches, metadata.schema(), memory);
        sources.push(rows);
      }
      return new FileReader(rows, memory, failures, sources);
    } catch (IOException | SQLException | RuntimeException e) {
      failures.closeAll(sources);
      throw e;
    }
  }

  /** Begins to write a file, when it is its turn. */
  TableWriter write(Root root, TableName name, ByteBuffer schema, boolean mustBeNew) {
    SchemaCheck.layout(schema); // fails before anything is made
    Runnable endTurn = writing.take(name, Turns.KEEPING);
    try {
      ParquetPlace place = ParquetPlace.take(root, name, mustBeNew);
      return new DatasetWriter(
          name,
          schema,
          batches -> place.write(schema, bounded(batches), allocator(), bytes / writers),
          threads,
          endTurn);
    } catch (RuntimeException e) {
      endTurn.run();
      throw e;
    }
  }

  /** What the batches before have taken beside their own memory is looked at with each. */
  private BatchSource bounded(BatchSource batches) {
    return () -> {
      charges.requireRoom();
      return batches.next();
    };
  }

  /** Ends what is still read. */
  @Override
  public void close() throws SQLException {
    threads.shutdownNow();
    databases.close();
    synchronized (this) {
      if (allocator != null) {
        allocator.close();
      }
    }
  }
}
