package dev.hangar.store.local;

import dev.hangar.store.Change;
import dev.hangar.store.Durability;
import dev.hangar.store.NoSuchUploadException;
import dev.hangar.store.StorageException;
import dev.hangar.store.StorageException.Remedy;
import dev.hangar.store.TableName;
import dev.hangar.store.TableSummary;
import dev.hangar.store.WriteOptions;
import dev.hangar.store.catalog.Edit;
import dev.hangar.store.catalog.Rows;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The one way in which a store changes: commits, made one after the other under one lock.
 *
 * <p>The catalog has each before {@link Tables} shows it to readers, who never wait for that lock.
 * Also what is to be committed later, uploads, and what was, the keys. Thread-safe.
 */
final class Commits {
  private final Tables tables;
  private final @Nullable Disk disk;
  private final Duration history;
  private final InstantSource clock;
  private final Uploads uploads = new Uploads();
  private final Keys keys = new Keys();
  private final ReentrantLock lock = new ReentrantLock();
  private final AtomicLong lastId = new AtomicLong();

  Commits(Tables tables, @Nullable Disk disk, Duration history, InstantSource clock) {
    this.tables = tables;
    this.disk = disk;
    this.history = history;
    this.clock = clock;
  }

  /** Begins with what a data directory has. */
  void load(Loader.Loaded loaded) {
    tables.load(loaded.tables(), loaded.highestVersion());
    loaded.uploads().forEach(uploads::add);
    loaded.keys().forEach(keys::add);
    lastId.set(loaded.highestId());
  }

  /**
   * Refuses before the first batch is sent what can be refused then, unless it was written before:
   * what its first attempt, which may end just now, has made of the table does not stand against
   * it.
   *
   * @return the version it became, if it was written before
   */
  OptionalLong precheck(TableName name, WriteOptions options, Draft draft) {
    return locked(() -> {
      var repeated = keys.version(options.idempotencyKey(), name);
      if (repeated.isEmpty()) {
        try (var commit = newCommit()) {
          commit.require(name, options, draft);
        }
      }
      return repeated;
    });
  }

  /** Makes a version of a draft. */
  TableSummary put(TableName name, WriteOptions options, Draft draft) {
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

  /** Does all of {@code changes}, or none of them. */
  List<TableSummary> make(List<Change> changes) {
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

  /** Drops tables and tells how many. */
  int drop(Consumer<Commit> drop) {
    return locked(() -> {
      try (var commit = newCommit()) {
        drop.accept(commit);
        publish(commit, List.of());
        return commit.changed().size();
      }
    });
  }

  String startUpload(TableName name, byte[] origin, WriteOptions options, Durability durability) {
    return locked(() -> {
      try (var commit = newCommit()) {
        commit.require(name, options);
      }
      var upload = uploads.start(name, origin, options, durability, clock.instant());
      if (upload.isDurable()) {
        disk().apply(List.of(upload.saved()));
      }
      uploads.add(upload);
      return upload.id();
    });
  }

  /** The upload that a part is for; refuses before its first batch what can be refused then. */
  Upload upload(String id, int number, ByteBuffer schema) {
    return locked(() -> {
      var upload = uploads.find(id, clock.instant());
      upload.requireFitting(number, schema);
      return upload;
    });
  }

  /** The table of an upload, also where that is finished already. */
  TableName uploadTable(String id) {
    return locked(() -> {
      var finished = keys.find(Finished.keyOf(id));
      return finished == null
          ? uploads.find(id, clock.instant()).name()
          : TableName.parse(finished.name());
    });
  }

  /** The parts of all uploads. */
  Set<SharedPart> uploadedParts() {
    return locked(uploads::parts);
  }

  /** Keeps a part for its upload. */
  TableSummary addPart(String id, int number, ByteBuffer schema, SharedPart part) {
    return locked(() -> {
      var upload = upload(id, number, schema);
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

  void abort(String id) {
    locked(() -> {
      end(uploads.find(id, clock.instant()));
      return null;
    });
  }

  /** Drops what has outlived its time: tables, uploads, versions of a history, keys. */
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

  /**
   * Where durable tables are kept.
   *
   * @throws StorageException if there is no such place
   */
  Disk disk() {
    if (disk == null) {
      throw new StorageException(
          "tables are in memory here, and none is kept on disk; start the server with --data DIR",
          Remedy.CONFIGURATION,
          null);
    }
    return disk;
  }

  /** Lets go of everything; files stay where they are. */
  void close() {
    locked(() -> {
      if (disk != null) {
        disk.stop();
      }
      tables.close();
      uploads.close();
      return null;
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

  /** Asks the catalog something while nobody commits, and holds on to the parts it names. */
  <T> Held<T> hold(Supplier<T> question) {
    return locked(() -> {
      var answer = question.get();
      var versions =
          tables.names().stream()
              .map(tables::hold)
              .flatMap(state -> state == null ? Stream.of() : state.versions())
              .toList();
      return new Held<>(answer, versions, uploads.shareParts());
    });
  }

  private Commit newCommit() {
    return new Commit(tables, clock.instant(), history, lastId::incrementAndGet);
  }

  private <T extends @Nullable Object> T locked(Supplier<T> action) {
    lock.lock();
    try {
      return action.get();
    } finally {
      lock.unlock();
    }
  }
}
