package dev.hangar.store;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Tables in memory, gone with the process.
 *
 * <p>One lock guards which versions can be opened; it is never held while batches are released.
 * Superseded versions whose time is over are freed by the next call that opens, lists or writes:
 * there is no thread for it.
 */
public final class MemoryStore implements TableStore {
  /** Makes a version once its number and time are known. */
  @FunctionalInterface
  interface Draft {
    MemoryVersion version(long number, Instant created);
  }

  private final InstantSource clock;
  private final TreeMap<TableName, MemoryTable> tables = new TreeMap<>();

  /** No superseded version's time is over before this. */
  private Instant nextEnd = Instant.MAX;

  /** Tables made again after a drop count on from here: an old ticket must not fit a new table. */
  private long highestDropped;

  private boolean isClosed;

  /** An empty store that takes the time from {@code clock}. */
  public MemoryStore(InstantSource clock) {
    this.clock = clock;
  }

  @Override
  public TableVersion open(TableName name) {
    freeEnded();
    var lease = tryOpen(name);
    if (lease == null) {
      throw new NoSuchTableException(name, NearestNames.to(name, names()));
    }
    return lease;
  }

  @Override
  public TableVersion open(TableName name, long version) {
    try (var current = open(name)) {
      var lease = tryOpen(name, version);
      if (lease == null) {
        throw new NoSuchVersionException(name, version, current.number());
      }
      return lease;
    }
  }

  @Override
  public List<TableSummary> list() {
    freeEnded();
    synchronized (this) {
      requireOpen();
      return tables.values().stream().map(table -> table.current().summary()).toList();
    }
  }

  @Override
  public TableWriter write(TableName name, byte[] origin, ByteBuffer schema) {
    freeEnded();
    return new MemoryWriter(this, name, origin, schema);
  }

  @Override
  public boolean drop(TableName name) {
    return dropAll(name::equals) > 0;
  }

  @Override
  public int clear() {
    return dropAll(name -> true);
  }

  @Override
  public long releaseSuperseded() {
    var idle = giveUp(MemoryVersion::isIdle);
    MemoryVersion.letGo(idle);
    return idle.stream().mapToLong(version -> version.summary().bytes()).sum();
  }

  @Override
  public void close() {
    List<List<MemoryVersion>> dropped;
    synchronized (this) {
      isClosed = true;
      dropped = remove(name -> true);
    }
    dropped.forEach(MemoryVersion::letGo);
  }

  /** Numbers a version, dates it, and makes it the current one. */
  TableSummary publish(TableName name, Draft draft) {
    freeEnded();
    MemoryVersion published;
    List<MemoryVersion> replaced;
    synchronized (this) {
      requireOpen();
      var table = tables.get(name);
      long last = table == null ? highestDropped : table.current().number();
      published = draft.version(last + 1, clock.instant());
      replaced = publish(name, table, published);
    }
    MemoryVersion.letGo(replaced);
    return published.summary();
  }

  /** Takes back a keep, and gives the version up where nothing keeps it. */
  void redeemed(MemoryTable table, MemoryVersion version) {
    List<MemoryVersion> free;
    synchronized (this) {
      version.redeemed();
      free = table.giveUp(kept -> kept == version && !kept.isKeptAt(clock.instant()));
    }
    MemoryVersion.letGo(free);
  }

  synchronized void fetched(MemoryVersion version) {
    version.fetched();
  }

  /** Does nothing for a table that was dropped. */
  synchronized void keep(MemoryTable table, MemoryVersion version, Instant end) {
    if (end.isAfter(clock.instant())) {
      table.keep(version, end);
      nextEnd = earlier(nextEnd, end);
    }
  }

  private List<MemoryVersion> publish(
      TableName name, @Nullable MemoryTable table, MemoryVersion published) {
    if (table == null) {
      tables.put(name, new MemoryTable(published));
      return List.of();
    }
    var before = table.current();
    if (before.isKeptAt(clock.instant())) {
      table.supersede(published);
      nextEnd = earlier(nextEnd, before.end());
      return table.giveUp(kept -> kept != before && kept.isFetched());
    }
    table.replace(published);
    return List.of(before);
  }

  private synchronized @Nullable TableVersion tryOpen(TableName name) {
    requireOpen();
    var table = tables.get(name);
    return table == null ? null : lease(table, table.current());
  }

  private synchronized @Nullable TableVersion tryOpen(TableName name, long number) {
    var table = tables.get(name);
    var version = table == null ? null : table.version(number);
    return table == null || version == null ? null : lease(table, version);
  }

  private TableVersion lease(MemoryTable table, MemoryVersion version) {
    version.hold();
    return new MemoryLease(this, table, version);
  }

  private synchronized List<TableName> names() {
    return List.copyOf(tables.keySet());
  }

  private int dropAll(Predicate<TableName> which) {
    List<List<MemoryVersion>> dropped;
    synchronized (this) {
      requireOpen();
      dropped = remove(which);
    }
    dropped.forEach(MemoryVersion::letGo);
    return dropped.size();
  }

  private List<List<MemoryVersion>> remove(Predicate<TableName> which) {
    var names = tables.keySet().stream().filter(which).toList();
    return names.stream().map(tables::remove).map(this::end).toList();
  }

  private List<MemoryVersion> end(MemoryTable table) {
    highestDropped = Math.max(highestDropped, table.current().number());
    return table.drop();
  }

  private void freeEnded() {
    MemoryVersion.letGo(ended());
  }

  private synchronized List<MemoryVersion> ended() {
    requireOpen();
    var now = clock.instant();
    if (now.isBefore(nextEnd)) {
      return List.of();
    }
    var ended = giveUp(version -> !version.isKeptAt(now));
    nextEnd =
        tables.values().stream()
            .map(MemoryTable::nextEnd)
            .reduce(Instant.MAX, MemoryStore::earlier);
    return ended;
  }

  private synchronized List<MemoryVersion> giveUp(Predicate<MemoryVersion> which) {
    return tables.values().stream().flatMap(table -> table.giveUp(which).stream()).toList();
  }

  private void requireOpen() {
    if (isClosed) {
      throw new IllegalStateException("the store is closed");
    }
  }

  private static Instant earlier(Instant a, Instant b) {
    return a.isBefore(b) ? a : b;
  }
}
