package dev.hangar.store.local;

import dev.hangar.store.Durability;
import dev.hangar.store.TableName;
import dev.hangar.store.TableSummary;
import dev.hangar.store.TableVersion;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What can be opened at this moment: readers look here and nowhere else.
 *
 * <p>Its lock is held for a few steps at a time, never while a disk is asked or batches are
 * released. Versions no ticket keeps any longer are freed by the next call that opens or lists.
 * Thread-safe.
 */
final class Tables {
  private final InstantSource clock;
  private final TreeMap<TableName, Table> tables = new TreeMap<>();

  /** No superseded version's time is over before this. */
  private Instant nextEnd = Instant.MAX;

  /** Tables made again after a drop count on from here: an old ticket must not fit a new table. */
  private long highestVersion;

  private long openings;
  private boolean isClosed;

  Tables(InstantSource clock) {
    this.clock = clock;
  }

  /** A lease on a table's current version; null if there is none. */
  @Nullable TableVersion open(TableName name) {
    freeEnded();
    return tryOpen(name);
  }

  /** A lease on a version; null if there is none. */
  @Nullable TableVersion open(TableName name, long version) {
    freeEnded();
    return tryOpen(name, version);
  }

  List<TableSummary> list() {
    freeEnded();
    synchronized (this) {
      requireOpen();
      return live().map(table -> table.current().summary()).toList();
    }
  }

  /** Every version of a table, the latest first; none if there is no table. */
  synchronized List<TableSummary> versions(TableName name) {
    requireOpen();
    var table = live(name);
    return table == null ? List.of() : table.versions().map(Version::summary).toList();
  }

  synchronized List<TableName> names() {
    return List.copyOf(tables.keySet());
  }

  /** The names of tables that {@code which} holds for, those whose time is over included. */
  synchronized List<TableName> names(Predicate<TableState> which) {
    return tables.entrySet().stream()
        .filter(entry -> which.test(entry.getValue().state()))
        .map(Map.Entry::getKey)
        .toList();
  }

  synchronized long highestVersion() {
    return highestVersion;
  }

  /** What a table is, each version held once more for the caller; null if there is none. */
  synchronized @Nullable TableState hold(TableName name) {
    requireOpen();
    var table = tables.get(name);
    if (table == null) {
      return null;
    }
    table.state().versions().forEach(Version::hold);
    return table.state();
  }

  /** Fills a store that nobody reads yet. */
  synchronized void load(Map<TableName, TableState> states, long highestVersion) {
    states.forEach((name, state) -> tables.put(name, new Table(state)));
    this.highestVersion = highestVersion;
  }

  /** Makes all of {@code states} what is read, at once; null: the table is gone. */
  void publish(Map<TableName, @Nullable TableState> states) {
    var givenUp = new ArrayList<Version>();
    synchronized (this) {
      requireOpen();
      var now = clock.instant();
      states.forEach((name, state) -> givenUp.addAll(publish(name, state, now)));
    }
    givenUp.forEach(Version::letGo);
  }

  /** Takes back a keep, and gives the version up where nothing keeps it. */
  void redeemed(Table table, Version version) {
    List<Version> free;
    synchronized (this) {
      version.redeemed();
      free = table.giveUp(kept -> kept == version && !kept.isKeptAt(clock.instant()));
    }
    free.forEach(Version::letGo);
  }

  synchronized void fetched(Version version) {
    version.fetched();
  }

  /** Does nothing for a table that was dropped. */
  synchronized void keep(Table table, Version version, Instant end) {
    if (end.isAfter(clock.instant())) {
      table.keep(version, end);
      nextEnd = earlier(nextEnd, end);
    }
  }

  /** The parts of all that can be opened, each once. */
  synchronized Set<SharedPart> parts() {
    return tables.values().stream()
        .flatMap(Table::versions)
        .flatMap(version -> version.parts().stream())
        .collect(Collectors.toCollection(HashSet::new));
  }

  /** Gives up the versions only tickets keep and nobody reads; the bytes of those in memory. */
  long giveUpSuperseded() {
    List<Version> idle;
    synchronized (this) {
      idle = giveUp(Version::isIdle);
    }
    idle.forEach(Version::letGo);
    return memoryBytes(idle.stream());
  }

  /** Gives up the tables in memory that were opened longest ago, until {@code bytes} are free. */
  long evict(long bytes) {
    var evicted = new ArrayList<Version>();
    long freed = 0;
    synchronized (this) {
      for (TableName name : leastRecentInMemory()) {
        if (freed >= bytes) {
          break;
        }
        var versions = remove(name);
        freed += memoryBytes(versions.stream());
        evicted.addAll(versions);
      }
    }
    evicted.forEach(Version::letGo);
    return freed;
  }

  /** Gives everything up; leases stay valid. */
  void close() {
    var all = new ArrayList<Version>();
    synchronized (this) {
      isClosed = true;
      List.copyOf(tables.keySet()).forEach(name -> all.addAll(remove(name)));
    }
    all.forEach(Version::letGo);
  }

  private List<Version> publish(TableName name, @Nullable TableState state, Instant now) {
    var table = tables.get(name);
    if (state == null) {
      return table == null ? List.of() : remove(name);
    }
    if (table == null || table.current() != state.current()) {
      state.current().opened(++openings); // who has just written it will want it
    }
    if (table == null) {
      tables.put(name, new Table(state));
      return List.of();
    }
    var givenUp = table.replace(state, now);
    nextEnd = earlier(nextEnd, table.nextEnd());
    return givenUp;
  }

  private List<Version> remove(TableName name) {
    var table = tables.remove(name);
    if (table == null) {
      return List.of();
    }
    highestVersion = Math.max(highestVersion, table.current().number());
    return table.drop();
  }

  private List<TableName> leastRecentInMemory() {
    return tables.entrySet().stream()
        .filter(
            entry -> entry.getValue().state().current().summary().durability() == Durability.MEMORY)
        .filter(entry -> entry.getValue().isIdle())
        .sorted(Comparator.comparingLong(entry -> entry.getValue().current().lastOpened()))
        .map(Map.Entry::getKey)
        .toList();
  }

  private synchronized @Nullable TableVersion tryOpen(TableName name) {
    requireOpen();
    var table = live(name);
    return table == null ? null : lease(table, table.current());
  }

  private synchronized @Nullable TableVersion tryOpen(TableName name, long number) {
    requireOpen();
    var table = live(name);
    var version = table == null ? null : table.version(number);
    return table == null || version == null ? null : lease(table, version);
  }

  private @Nullable Table live(TableName name) {
    var table = tables.get(name);
    return table == null || table.current().isExpiredAt(clock.instant()) ? null : table;
  }

  private Stream<Table> live() {
    var now = clock.instant();
    return tables.values().stream().filter(table -> !table.current().isExpiredAt(now));
  }

  private TableVersion lease(Table table, Version version) {
    version.hold();
    version.opened(++openings);
    return new Lease(this, table, version);
  }

  private void freeEnded() {
    ended().forEach(Version::letGo);
  }

  private synchronized List<Version> ended() {
    requireOpen();
    var now = clock.instant();
    if (now.isBefore(nextEnd)) {
      return List.of();
    }
    var ended = giveUp(version -> !version.isKeptAt(now));
    nextEnd = tables.values().stream().map(Table::nextEnd).reduce(Instant.MAX, Tables::earlier);
    return ended;
  }

  private List<Version> giveUp(Predicate<Version> which) {
    return tables.values().stream().flatMap(table -> table.giveUp(which).stream()).toList();
  }

  private void requireOpen() {
    if (isClosed) {
      throw new IllegalStateException("the store is closed");
    }
  }

  private static long memoryBytes(Stream<Version> versions) {
    return versions
        .map(Version::summary)
        .filter(summary -> summary.durability() == Durability.MEMORY)
        .mapToLong(TableSummary::bytes)
        .sum();
  }

  private static Instant earlier(Instant a, Instant b) {
    return a.isBefore(b) ? a : b;
  }
}
