package dev.hangar.store.local;

import dev.hangar.store.InvalidDataException;
import dev.hangar.store.Limits;
import dev.hangar.store.NoSuchTableException;
import dev.hangar.store.Quoted;
import dev.hangar.store.TableExistsException;
import dev.hangar.store.TableName;
import dev.hangar.store.TableSummary;
import dev.hangar.store.VersionConflictException;
import dev.hangar.store.WriteOptions;
import dev.hangar.store.catalog.Edit;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One commit while it is made out: what its changes, in their order, would make of the tables they
 * are about. Nothing is visible, and nothing in the catalog, before {@link LocalStore} says so.
 *
 * <p>For the thread that holds the lock for commits. Holds every version it builds on until it is
 * closed.
 */
final class Commit implements AutoCloseable {
  private final Tables tables;
  private final Instant now;
  private final Duration history;
  private final LongSupplier nextId;
  private final Map<TableName, @Nullable TableState> before = new LinkedHashMap<>();
  private final Map<TableName, @Nullable TableState> after = new LinkedHashMap<>();

  /** Versions that nobody can read. */
  private final List<Version> made = new ArrayList<>();

  private final List<TableSummary> changed = new ArrayList<>();

  /**
   * A commit that changes nothing yet.
   *
   * @param history how long replaced versions stay
   * @param nextId numbers new tables
   */
  Commit(Tables tables, Instant now, Duration history, LongSupplier nextId) {
    this.tables = tables;
    this.now = now;
    this.history = history;
    this.nextId = nextId;
  }

  /** The tables that have changed so far, as they would be. */
  List<TableSummary> changed() {
    return changed;
  }

  /** A new version of a table. */
  TableSummary put(TableName name, WriteOptions options, Draft draft) {
    var old = require(name, options, draft);
    var base = base(old, options);
    long number = old == null ? unusedNumber(name) : old.current().number() + 1;
    var summary = draft.summary(name, number, now, expires(options, base), base);
    var version = version(summary, draft, base, options.keepVersions());
    after.put(
        name,
        old == null
            ? new TableState(id(name), version, List.of())
            : old.with(version, history, now));
    changed.add(version.summary());
    return version.summary();
  }

  /**
   * What a table is that may be written so; null if there is none.
   *
   * @throws dev.hangar.store.StoreException if it may not
   */
  @Nullable TableState require(TableName name, WriteOptions options) {
    var old = state(name);
    require(name, old, options.ifVersion());
    if (old != null && options.mode() == WriteOptions.Mode.CREATE) {
      throw new TableExistsException(name, old.current().number());
    }
    return old;
  }

  /** The same, also of what a draft has to be to be put so. */
  @Nullable TableState require(TableName name, WriteOptions options, Draft draft) {
    var old = require(name, options);
    var base = base(old, options);
    if (base != null) {
      draft.requireFitting(base.summary());
    }
    return old;
  }

  /** Removes a table. */
  void drop(TableName name, OptionalLong ifVersion) {
    var old = required(name, ifVersion);
    after.put(name, null);
    changed.add(old.current().summary());
  }

  /** Removes every table below a name. */
  void dropPrefix(TableName prefix) {
    Stream.concat(tables.names().stream(), after.keySet().stream())
        .distinct()
        .filter(name -> name.startsWith(prefix))
        .toList()
        .forEach(this::tryDrop);
  }

  /** Removes a table, if it is there. */
  void tryDrop(TableName name) {
    if (state(name) != null) {
      drop(name, OptionalLong.empty());
    }
  }

  /** Removes every table. */
  void dropAll() {
    tables.names().forEach(this::tryDrop);
  }

  /** Removes a table whose time is over, and of others the versions that are kept no longer. */
  void prune(TableName name) {
    var old = state(name);
    after.put(name, old == null ? null : old.pruned(history, now));
  }

  /** A change that was made before. */
  void repeat(TableSummary summary) {
    changed.add(summary);
  }

  /**
   * Gives a table another name, under which it begins anew: with a number that no version there
   * had, so that no old ticket fits, and without those before.
   */
  void rename(TableName from, TableName to, OptionalLong ifVersion) {
    var old = required(from, ifVersion);
    var there = state(to);
    if (there != null) {
      throw new TableExistsException(to, there.current().number());
    }
    var renamed = old.current().renamed(to, Math.max(old.current().number() + 1, unusedNumber(to)));
    made.add(renamed);
    after.put(from, null);
    after.put(to, new TableState(old.id(), renamed, List.of()));
    changed.add(renamed.summary());
  }

  /** What the catalog has to be told. */
  List<Edit> edits() {
    var edits = new ArrayList<Edit>();
    var ids = new LinkedHashMap<Long, @Nullable TableState>();
    before
        .values()
        .forEach(state -> {
          if (state != null) {
            ids.put(state.id(), null);
          }
        });
    after
        .values()
        .forEach(state -> {
          if (state != null) {
            ids.put(state.id(), state);
          }
        });
    // what leaves a name goes before what takes it
    ids.forEach((id, state) -> {
      if (state == null) {
        edits.addAll(Edits.between(old(id), null));
      }
    });
    ids.forEach((id, state) -> {
      if (state != null) {
        edits.addAll(Edits.between(old(id), state));
      }
    });
    if (edits.stream().anyMatch(Edit.RemoveTable.class::isInstance)) {
      edits.add(new Edit.SaveHighestVersion(highestNumber()));
    }
    return edits;
  }

  /** Makes it visible. */
  void publish() {
    tables.publish(after);
    for (TableState state : after.values()) {
      if (state != null) {
        made.removeAll(state.versions().toList());
      }
    }
  }

  @Override
  public void close() {
    made.forEach(Version::letGo);
    before
        .values()
        .forEach(state -> {
          if (state != null) {
            state.versions().forEach(Version::letGo);
          }
        });
  }

  /** The version that a write is appended to; null: to none. */
  private static @Nullable Version base(@Nullable TableState old, WriteOptions options) {
    return options.mode() == WriteOptions.Mode.APPEND && old != null ? old.current() : null;
  }

  private @Nullable TableState old(long id) {
    return before.values().stream()
        .filter(state -> state != null && state.id() == id)
        .findFirst()
        .orElse(null);
  }

  private long highestNumber() {
    long highest = tables.highestVersion();
    for (var states : List.of(before, after)) {
      for (TableState state : states.values()) {
        highest = Math.max(highest, state == null ? 0 : state.current().number());
      }
    }
    return highest;
  }

  private Version version(
      TableSummary summary, Draft draft, @Nullable Version base, int keepVersions) {
    var parts = new ArrayList<SharedPart>();
    if (base != null) {
      base.parts().forEach(part -> parts.add(part.share()));
    }
    draft.parts().forEach(part -> parts.add(part.share()));
    var version = new Version(summary, parts, keepVersions);
    made.add(version);
    if (parts.size() > Limits.VERSION_PARTS) {
      throw new InvalidDataException(
          "table %s has %d parts already, and more are not kept; write larger ones, or write it anew"
              .formatted(Quoted.of(summary.name().toString()), parts.size() - 1));
    }
    return version;
  }

  private @Nullable Instant expires(WriteOptions options, @Nullable Version base) {
    if (options.timeToLive() != null) {
      return now.plus(options.timeToLive());
    }
    return base == null ? null : base.summary().expires();
  }

  /** A number that no version under a name had. */
  private long unusedNumber(TableName name) {
    var old = before.get(name);
    return Math.max(tables.highestVersion(), old == null ? 0 : old.current().number()) + 1;
  }

  /** A table made anew under a name that a memory of it still has is another table. */
  private long id(TableName name) {
    var old = before.get(name);
    return old == null || after.get(name) == null ? nextId.getAsLong() : old.id();
  }

  private TableState required(TableName name, OptionalLong ifVersion) {
    var state = state(name);
    require(name, state, ifVersion);
    if (state == null) {
      throw new NoSuchTableException(name, NearestNames.to(name, tables.names()));
    }
    return state;
  }

  private static void require(TableName name, @Nullable TableState state, OptionalLong wanted) {
    long number = state == null ? 0 : state.current().number();
    if (wanted.isPresent() && wanted.getAsLong() != number) {
      throw new VersionConflictException(name, wanted.getAsLong(), number);
    }
  }

  /** A table as it would be; null: there is none, or its time is over. */
  private @Nullable TableState state(TableName name) {
    raw(name);
    var state = after.get(name);
    return state == null || state.current().isExpiredAt(now) ? null : state;
  }

  private void raw(TableName name) {
    if (!before.containsKey(name)) {
      var state = tables.hold(name);
      before.put(name, state);
      after.put(name, state);
    }
  }
}
