package dev.hangar.store.local;

import dev.hangar.store.Change;
import dev.hangar.store.Durability;
import dev.hangar.store.NoSuchTableException;
import dev.hangar.store.NoSuchUploadException;
import dev.hangar.store.NoSuchVersionException;
import dev.hangar.store.StorageException;
import dev.hangar.store.StorageException.Remedy;
import dev.hangar.store.TableName;
import dev.hangar.store.TableStore;
import dev.hangar.store.TableSummary;
import dev.hangar.store.TableVersion;
import dev.hangar.store.TableWriter;
import dev.hangar.store.WriteOptions;
import dev.hangar.store.catalog.Catalog;
import dev.hangar.store.catalog.Edit;
import dev.hangar.store.catalog.Rows;
import dev.hangar.store.check.BatchCheck;
import dev.hangar.store.check.SchemaCheck;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Tables of one process: in memory, and in a data directory if it has one.
 *
 * <p>Commits are made one after the other, under one lock; the catalog has each before {@link
 * Tables} shows it to readers, who never wait for that lock. A part is on disk before the commit
 * that names it. A version's file is removed when the catalog has forgotten it and nobody reads it.
 */
public final class LocalStore implements TableStore {
  private final InstantSource clock;
  private final Tables tables;
  private final Uploads uploads = new Uploads();
  private final Keys keys = new Keys();
  private final ReentrantLock commits = new ReentrantLock();
  private final AtomicLong lastId = new AtomicLong();
  private final @Nullable Disk disk;
  private final Durability durability;
  private final Duration history;
  private final Background background;

  private LocalStore(
      InstantSource clock, @Nullable Disk disk, Durability durability, Duration history) {
    this.clock = clock;
    this.tables = new Tables(clock);
    this.disk = disk;
    this.durability = durability;
    this.history = history;
    this.background = disk == null ? new Background() : disk.background();
  }

  /** An empty store in memory that takes the time from {@code clock}. */
  public static LocalStore inMemory(InstantSource clock) {
    var store = new LocalStore(clock, null, Durability.MEMORY, Duration.ZERO);
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
      var store = new LocalStore(clock, disk, durability, history);
      store.load(disk);
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
    var repeated = keys.version(options.idempotencyKey(), name);
    if (repeated.isPresent()) {
      return repeated(name, check, origin, own, repeated.getAsLong());
    }
    var kind = precheck(name, origin, own, options);
    var sink = sink(kind, name, own);
    return new VersionWriter(
        name,
        check,
        sink,
        part -> {
          var draft = new Draft(origin.clone(), own, kind, List.of(part));
          return put(name, options, draft);
        });
  }

  @Override
  public String startUpload(TableName name, byte[] origin, WriteOptions options) {
    var kind = durability(name, options);
    return locked(() -> {
      var upload = uploads.start(name, origin, options, kind, clock.instant());
      if (kind == Durability.DISK) {
        disk().apply(List.of(upload.saved()));
      }
      uploads.add(upload);
      return upload.id();
    });
  }

  @Override
  public TableWriter writePart(String upload, int number, ByteBuffer schema) {
    var own = copy(schema);
    var check = new BatchCheck(SchemaCheck.layout(own));
    var target = locked(() -> uploads.find(upload, clock.instant()));
    target.requireFitting(number, own);
    var sink = sink(target.durability(), target.name(), own);
    return new VersionWriter(
        target.name(), check, sink, part -> addPart(upload, number, own, part));
  }

  @Override
  public void abortUpload(String upload) {
    locked(() -> {
      end(uploads.find(upload, clock.instant()));
      return null;
    });
  }

  @Override
  public TableName uploadTable(String upload) {
    return locked(() -> uploads.find(upload, clock.instant()).name());
  }

  @Override
  public List<TableSummary> commit(List<Change> changes) {
    return locked(() -> {
      try (var commit = newCommit()) {
        var finished = new ArrayList<Finished>();
        changes.forEach(change -> change(commit, change, finished));
        publish(commit, finished.stream().flatMap(Finished::edits).toList());
        finished.forEach(done -> uploads.remove(done.upload()));
        finished.forEach(done -> keys.add(done.key()));
        return List.copyOf(commit.changed());
      }
    });
  }

  @Override
  public boolean drop(TableName name) {
    return dropAll(commit -> commit.tryDrop(name)) > 0;
  }

  @Override
  public int clear() {
    return dropAll(Commit::dropAll);
  }

  @Override
  public long reclaim(long bytes) {
    long freed = tables.giveUpSuperseded();
    return disk == null || freed >= bytes ? freed : freed + tables.evict(bytes - freed);
  }

  @Override
  public void close() {
    background.stop();
    commits.lock();
    try {
      if (disk != null) {
        disk.stop();
      }
      tables.close();
      uploads.close();
      if (disk != null) {
        disk.close();
      }
    } finally {
      commits.unlock();
    }
    background.close();
  }

  /**
   * Drops what has outlived its time: tables, uploads, versions of a history, keys. Done every
   * second, and by who wants it now.
   */
  void sweep() {
    var now = clock.instant();
    var due =
        tables.names(state -> state.current().isExpiredAt(now) || state.hasOutlived(history, now));
    locked(() -> {
      if (!due.isEmpty()) {
        try (var commit = newCommit()) {
          due.forEach(commit::prune);
          publish(commit, List.of());
        }
      }
      uploads.expired(now).forEach(this::end);
      if (keys.forgetBefore(now) && disk != null) {
        disk.apply(List.of(keys.forgotten(now)));
      }
      return null;
    });
  }

  private void load(Disk from) {
    var loaded = Loader.load(from);
    tables.load(loaded.tables(), loaded.highestVersion());
    loaded.uploads().forEach(uploads::add);
    loaded.keys().forEach(keys::add);
    lastId.set(loaded.highestId());
  }

  private TableSummary put(TableName name, WriteOptions options, Draft draft) {
    return locked(() -> {
      var repeated = keys.version(options.idempotencyKey(), name);
      if (repeated.isPresent()) {
        return draft.summary(name, repeated.getAsLong(), clock.instant(), null, null);
      }
      try (var commit = newCommit()) {
        var summary = commit.put(name, options, draft);
        var key = Keys.row(options.idempotencyKey(), summary);
        publish(
            commit,
            key != null && draft.durability() == Durability.DISK
                ? List.of(new Edit.SaveKey(key))
                : List.of());
        if (key != null) {
          keys.add(key);
        }
        return summary;
      }
    });
  }

  private TableSummary addPart(String id, int number, ByteBuffer schema, SharedPart part) {
    return locked(() -> {
      var upload = uploads.find(id, clock.instant());
      upload.requireFitting(number, schema);
      var next = upload.until(clock.instant());
      if (upload.isDurable()) {
        disk().apply(List.of(next.saved(), next.saved(number, schema, part)));
      }
      uploads.add(next);
      next.add(number, schema, part);
      return new Draft(upload.origin(), schema, upload.durability(), List.of(part))
          .summary(upload.name(), 0, clock.instant(), null, null);
    });
  }

  private void change(Commit commit, Change change, List<Finished> finished) {
    switch (change) {
      case Change.Drop drop -> commit.drop(drop.name(), drop.ifVersion());
      case Change.DropPrefix drop -> commit.dropPrefix(drop.prefix());
      case Change.Rename rename -> commit.rename(rename.from(), rename.to(), rename.ifVersion());
      case Change.Finish finish -> finish(commit, finish.upload(), finished);
    }
  }

  /** One whose answer was lost is finished again by what it came to. */
  private void finish(Commit commit, String id, List<Finished> finished) {
    var known = keys.find(Finished.keyOf(id));
    if (known != null) {
      tables.versions(TableName.parse(known.name())).stream()
          .filter(version -> version.version() == known.version())
          .findFirst()
          .ifPresentOrElse(
              commit::repeat,
              () -> {
                throw new NoSuchUploadException(id);
              });
      return;
    }
    var upload = uploads.find(id, clock.instant());
    var summary = commit.put(upload.name(), upload.options(), upload.draft());
    finished.add(new Finished(upload, summary));
  }

  /** An upload that a commit ends, and what it came to. */
  private record Finished(Upload upload, TableSummary summary) {
    private static String keyOf(String upload) {
      return "finish " + upload;
    }

    private Rows.Key key() {
      return new Rows.Key(
          keyOf(upload.id()), upload.name().toString(), summary.version(), summary.created());
    }

    private Stream<Edit> edits() {
      return upload.isDurable()
          ? Stream.of(upload.removed(), new Edit.SaveKey(key()))
          : Stream.empty();
    }
  }

  /** Catalog first, readers then. */
  private void publish(Commit commit, List<Edit> more) {
    var edits = new ArrayList<>(commit.edits());
    edits.addAll(more);
    if (!edits.isEmpty()) {
      disk().apply(edits);
    }
    commit.publish();
  }

  private void end(Upload upload) {
    if (upload.isDurable()) {
      disk().apply(List.of(upload.removed()));
    }
    uploads.remove(upload);
  }

  private int dropAll(Consumer<Commit> drop) {
    return locked(() -> {
      try (var commit = newCommit()) {
        drop.accept(commit);
        publish(commit, List.of());
        return commit.changed().size();
      }
    });
  }

  private Commit newCommit() {
    return new Commit(tables, clock.instant(), history, lastId::incrementAndGet);
  }

  /** What can be refused before the first batch is sent is. */
  private Durability precheck(
      TableName name, byte[] origin, ByteBuffer schema, WriteOptions options) {
    var kind = durability(name, options);
    locked(() -> {
      try (var commit = newCommit()) {
        commit.put(name, options, new Draft(origin, schema, kind, List.of()));
      }
      return null;
    });
    return kind;
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
    return kind == Durability.MEMORY ? new MemorySink() : disk().sink(name, schema);
  }

  private Disk disk() {
    if (disk == null) {
      throw new StorageException(
          "tables are in memory here, and none is kept on disk; start the server with --data DIR",
          Remedy.CONFIGURATION,
          null);
    }
    return disk;
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

  private <T extends @Nullable Object> T locked(Supplier<T> action) {
    commits.lock();
    try {
      return action.get();
    } finally {
      commits.unlock();
    }
  }

  private static ByteBuffer copy(ByteBuffer buffer) {
    return ByteBuffer.allocate(buffer.remaining()).put(buffer.duplicate()).flip();
  }
}
