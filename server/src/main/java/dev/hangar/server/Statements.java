package dev.hangar.server;

import dev.hangar.query.arrow.BodyMemory;
import dev.hangar.query.dataset.Datasets;
import dev.hangar.query.result.KeptFiles;
import dev.hangar.query.result.KeptParts;
import dev.hangar.query.result.Results;
import dev.hangar.query.sql.SqlEngine;
import dev.hangar.query.sql.SqlMemory;
import dev.hangar.query.sql.SqlSettings;
import dev.hangar.store.TableStore;
import dev.hangar.wire.memory.Body;
import dev.hangar.wire.memory.BodyPool;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** All that runs statements in one server. Thread-safe. */
final class Statements implements AutoCloseable {
  private final SqlEngine engine;
  private final Results results;
  private final KeptFiles files;
  private final KeptParts parts;
  private final NamedTables tables;
  private final TableStore store;
  private final Datasets datasets;
  private final TableStore kept;
  private final BodyMemory memory;

  private Statements(
      SqlEngine engine,
      Results results,
      KeptFiles files,
      KeptParts parts,
      NamedTables tables,
      TableStore store,
      Datasets datasets,
      TableStore kept,
      BodyMemory memory) {
    this.tables = tables;
    this.engine = engine;
    this.results = results;
    this.files = files;
    this.parts = parts;
    this.store = store;
    this.datasets = datasets;
    this.kept = kept;
    this.memory = memory;
  }

  /**
   * Statements over {@code store} and {@code datasets}.
   *
   * @param kept where their answers are kept; closed with this
   * @param bodies where the memory for answers comes from, and its budget that for running
   */
  static Statements open(
      ServerConfig config, TableStore store, Datasets datasets, TableStore kept, BodyPool bodies) {
    long memoryBytes =
        Math.max(Limits.STATEMENT_BYTES, config.memoryBytes() / Limits.STATEMENT_MEMORY_SHARE);
    var settings =
        new SqlSettings(
            Limits.STATEMENTS,
            Limits.WAITING_STATEMENTS,
            memoryBytes,
            Limits.UNCOUNTED_BYTES + 2 * config.memoryBytes() / Limits.DATASET_MEMORY_SHARE,
            Limits.STATEMENT_TIME,
            datasets.roots(),
            config.storage().spill());
    var engine = new SqlEngine(settings, reserving(bodies));
    BodyMemory memory = bytes -> room(bodies, bytes);
    var results = new Results(engine, kept, memory, config.memoryBytes());
    var files = new KeptFiles(kept, memory, config.memoryBytes());
    var parts = new KeptParts(kept, memory, config.memoryBytes());
    var tables = new NamedTables(store, datasets, parts);
    return new Statements(engine, results, files, parts, tables, store, datasets, kept, memory);
  }

  /** Statements as flights. */
  Queries queries(Endpoints endpoints, QueryTickets tickets, InstantSource clock) {
    var writes = new SqlWrites(engine, store, datasets, memory);
    return new Queries(engine, results, tables, endpoints, tickets, writes, clock);
  }

  /** Rows of files that are kept beside their answers. */
  KeptFiles files() {
    return files;
  }

  private static SqlMemory reserving(BodyPool bodies) {
    return new SqlMemory() {
      @Override
      public boolean tryReserve(long bytes) {
        return bodies.tryReserve(bytes);
      }

      @Override
      public void release(long bytes) {
        bodies.budget().release(bytes);
      }

      @Override
      public long usedBytes() {
        return bodies.budget().usedBytes();
      }
    };
  }

  private static BodyMemory.@Nullable Room room(BodyPool bodies, int bytes) {
    Body body = bodies.allocate(bytes);
    return body == null ? null : new BodyMemory.Room(body.bytes(bytes), body::close);
  }

  /** Stops what runs, and gives up what was kept. */
  @Override
  public void close() {
    results.close();
    engine.close();
    parts.close();
    kept.close();
  }
}
