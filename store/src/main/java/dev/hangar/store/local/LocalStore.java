package dev.hangar.store.local;

import dev.hangar.store.Change;
import dev.hangar.store.Durability;
import dev.hangar.store.MemoryUse;
import dev.hangar.store.NoSuchTableException;
import dev.hangar.store.NoSuchVersionException;
import dev.hangar.store.StorageException;
import dev.hangar.store.TableName;
import dev.hangar.store.TableStore;
import dev.hangar.store.TableSummary;
import dev.hangar.store.TableVersion;
import dev.hangar.store.TableWriter;
import dev.hangar.store.WriteOptions;
import dev.hangar.store.catalog.Catalog;
import dev.hangar.store.check.BatchCheck;
import dev.hangar.store.check.SchemaCheck;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Tables of one process: in memory, and in a data directory if it has one.
 *
 * <p>Readers look into {@link Tables}, writers hand their parts to {@link Commits}. A part is on
 * disk before the commit that names it. A version's file is removed when the catalog has forgotten
 * it and nobody reads it.
 */
public final class LocalStore implements TableStore {
  private final InstantSource clock;
  private final Tables tables;
  private final Commits commits;
  private final @Nullable Disk disk;
  private final Durability durability;
  private final Background background;

  /** Whether tables in memory may go. */
  private final boolean isCache;

  private LocalStore(
      InstantSource clock,
      @Nullable Disk disk,
      Durability durability,
      Duration history,
      boolean isCache) {
    this.isCache = isCache;
    this.clock = clock;
    this.tables = new Tables(clock);
    this.commits = new Commits(tables, disk, history, clock);
    this.disk = disk;
    this.durability = durability;
    this.background = disk == null ? new Background() : disk.background();
  }

  /** An empty store in memory that takes the time from {@code clock}. */
  public static LocalStore inMemory(InstantSource clock) {
    return inMemory(Duration.ZERO, clock);
  }

  /**
   * The same with replaced versions that stay.
   *
   * @param history how long they stay openable
   */
  public static LocalStore inMemory(Duration history, InstantSource clock) {
    var store = new LocalStore(clock, null, Durability.MEMORY, history, false);
    store.background.everySecond(store::sweep);
    return store;
  }

  /**
   * An empty store in memory whose tables are copies of what can be made again: those read longest
   * ago go when memory is short.
   */
  public static LocalStore cache(InstantSource clock) {
    var store = new LocalStore(clock, null, Durability.MEMORY, Duration.ZERO, true);
    store.background.everySecond(store::sweep);
    return store;
  }

  /**
   * The store in a data directory, with all that is there.
   *
   * @param durability of what is written without a word about it
   * @param history how long replaced versions stay openable
   * @throws StorageException if the directory is not one of ours, is of a newer format, is in use,
   *     or can't be written
   */
  public static LocalStore open(
      DataDirectory directory, Durability durability, Duration history, InstantSource clock) {
    return open(directory, durability, history, clock, UnaryOperator.identity());
  }

  /** The same with a catalog in front of the directory's own. */
  static LocalStore open(
      DataDirectory directory,
      Durability durability,
      Duration history,
      InstantSource clock,
      UnaryOperator<Catalog> front) {
    var disk = new Disk(directory, front);
    try {
      var store = new LocalStore(clock, disk, durability, history, true);
      store.commits.load(Loader.load(disk));
      store.background.everySecond(store::sweep);
      return store;
    } catch (RuntimeException | Error failed) {
      disk.close();
      throw failed;
    }
  }

  /** A sentence for each thing in the data directory that was found damaged when it was opened. */
  public List<String> damages() {
    return disk == null ? List.of() : disk.damages();
  }

  /**
   * Verification and backups of what is on disk.
   *
   * @throws StorageException if nothing is
   */
  public Upkeep upkeep() {
    return new Upkeep(commits.disk(), commits);
  }

  @Override
  public TableVersion open(TableName name) {
    var lease = tables.open(name);
    if (lease == null) {
      throw noSuchTable(name);
    }
    return lease;
  }

  @Override
  public TableVersion open(TableName name, long version) {
    try (var current = open(name)) {
      var lease = tables.open(name, version);
      if (lease == null) {
        throw new NoSuchVersionException(name, version, current.number());
      }
      return lease;
    }
  }

  @Override
  public boolean contains(TableName name) {
    try (var lease = tables.open(name)) {
      return lease != null;
    }
  }

  @Override
  public List<TableSummary> list() {
    return tables.list();
  }

  @Override
  public List<TableSummary> versions(TableName name) {
    var versions = tables.versions(name);
    if (versions.isEmpty()) {
      throw noSuchTable(name);
    }
    return versions;
  }

  @Override
  public TableWriter write(TableName name, byte[] origin, ByteBuffer schema, WriteOptions options) {
    var own = copy(schema);
    var check = new BatchCheck(SchemaCheck.layout(own));
    var kind = durability(name, options);
    var repeated = commits.precheck(name, options, new Draft(origin, own, kind, List.of()));
    if (repeated.isPresent()) {
      return repeated(name, check, origin, own, repeated.getAsLong());
    }
    return new VersionWriter(
        name,
        check,
        sink(kind, name, own),
        part -> commits.put(name, options, new Draft(origin.clone(), own, kind, List.of(part))));
  }

  @Override
  public String startUpload(TableName name, byte[] origin, WriteOptions options) {
    return commits.startUpload(name, origin, options, durability(name, options));
  }

  @Override
  public TableWriter writePart(String upload, int number, ByteBuffer schema) {
    var own = copy(schema);
    var check = new BatchCheck(SchemaCheck.layout(own));
    var target = commits.upload(upload, number, own);
    var sink = sink(target.durability(), target.name(), own);
    return new VersionWriter(
        target.name(), check, sink, part -> commits.addPart(upload, number, own, part));
  }

  @Override
  public void abortUpload(String upload) {
    commits.abort(upload);
  }

  @Override
  public TableName uploadTable(String upload) {
    return commits.uploadTable(upload);
  }

  @Override
  public List<TableSummary> commit(List<Change> changes) {
    return commits.make(changes);
  }

  @Override
  public boolean drop(TableName name) {
    return commits.drop(commit -> commit.tryDrop(name)) > 0;
  }

  @Override
  public int clear() {
    return commits.drop(Commit::dropAll);
  }

  @Override
  public long reclaim(long bytes) {
    long freed = tables.giveUpSuperseded();
    return !isCache || freed >= bytes ? freed : freed + tables.evict(bytes - freed);
  }

  /** Drops what has outlived its time. Done every second, and by who wants it now. */
  void sweep() {
    commits.sweep();
  }

  @Override
  public MemoryUse memory() {
    var parts = tables.parts();
    parts.addAll(commits.uploadedParts());
    long tableBytes =
        parts.stream()
            .filter(part -> part.file() == null)
            .mapToLong(part -> part.part().bytes())
            .sum();
    return new MemoryUse(tableBytes, disk == null ? 0 : disk.mappedBytes());
  }

  @Override
  public void close() {
    background.stop();
    commits.close();
    if (disk != null) {
      disk.close();
    }
    background.close();
  }

  private Durability durability(TableName name, WriteOptions options) {
    var asked = options.durability();
    if (asked == null && options.mode() == WriteOptions.Mode.APPEND) {
      try (var lease = tables.open(name)) {
        return lease == null ? durability : lease.summary().durability();
      }
    }
    return asked == null ? durability : asked;
  }

  private PartSink sink(Durability kind, TableName name, ByteBuffer schema) {
    return kind == Durability.MEMORY ? new MemorySink() : commits.disk().sink(name, schema);
  }

  /** A writer for what has been written before: it checks, and keeps nothing. */
  private TableWriter repeated(
      TableName name, BatchCheck check, byte[] origin, ByteBuffer schema, long version) {
    Function<SharedPart, TableSummary> known =
        part ->
            new Draft(origin, schema, Durability.MEMORY, List.of(part))
                .summary(name, version, clock.instant(), null, null);
    return new VersionWriter(name, check, new DroppingSink(), known);
  }

  private NoSuchTableException noSuchTable(TableName name) {
    return new NoSuchTableException(name, NearestNames.to(name, tables.names()));
  }

  private static ByteBuffer copy(ByteBuffer buffer) {
    return ByteBuffer.allocate(buffer.remaining()).put(buffer.duplicate()).flip();
  }
}
