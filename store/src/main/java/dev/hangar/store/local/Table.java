package dev.hangar.store.local;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The versions of one name that can be opened, each held once: those of its state, and those that
 * only tickets keep.
 *
 * <p>Guarded by {@link Tables}. Versions it gives up are returned still held: whoever called lets
 * go of them when that lock is free.
 */
final class Table {
  private TableState state;
  private final TreeMap<Long, Version> superseded = new TreeMap<>();
  private boolean isDropped;

  Table(TableState first) {
    this.state = first;
  }

  TableState state() {
    return state;
  }

  Version current() {
    return state.current();
  }

  /** Every version that can be opened, the latest first. */
  Stream<Version> versions() {
    return Stream.concat(state.versions(), superseded.values().stream())
        .sorted(Comparator.comparingLong(Version::number).reversed());
  }

  /** The version of that number, or null if it cannot be opened. */
  @Nullable Version version(long number) {
    return state
        .versions()
        .filter(version -> version.number() == number)
        .findFirst()
        .orElse(superseded.get(number));
  }

  /**
   * Puts {@code next} in place of the state; what is in it no more and no ticket keeps is given up.
   */
  List<Version> replace(TableState next, Instant now) {
    var stay = next.versions().toList();
    var gone = state.versions().filter(version -> !stay.contains(version)).toList();
    var before = state.current();
    state = next;
    var kept = gone.stream().filter(version -> version.isKeptAt(now)).toList();
    kept.forEach(version -> superseded.put(version.number(), version));
    var fetched =
        next.current() == before
            ? List.<Version>of()
            : giveUp(version -> version != before && version.isFetched());
    return Stream.of(gone.stream().filter(version -> !kept.contains(version)), fetched.stream())
        .flatMap(versions -> versions)
        .toList();
  }

  /** Keeps a leased version, also one given up between the lease and this call. */
  void keep(Version version, Instant end) {
    version.keepUntil(end);
    if (!isDropped && version(version.number()) == null) {
      version.hold();
      superseded.put(version.number(), version);
    }
  }

  /** Gives up superseded versions. */
  List<Version> giveUp(Predicate<Version> which) {
    var givenUp = superseded.values().stream().filter(which).toList();
    superseded.values().removeAll(givenUp);
    return givenUp;
  }

  /** When the first of the superseded versions may go. */
  Instant nextEnd() {
    return superseded.values().stream()
        .map(Version::end)
        .min(Comparator.naturalOrder())
        .orElse(Instant.MAX);
  }

  /** Whether nobody but the table holds any of its versions. */
  boolean isIdle() {
    return versions().allMatch(Version::isIdle);
  }

  /** Gives up everything. */
  List<Version> drop() {
    isDropped = true;
    return Stream.concat(giveUp(version -> true).stream(), state.versions()).toList();
  }
}
