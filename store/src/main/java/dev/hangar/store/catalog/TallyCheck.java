package dev.hangar.store.catalog;

import dev.hangar.store.Quoted;
import dev.hangar.store.catalog.RowKinds.Tally;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The rows that were read, held against the tallies that were kept as they were written. */
final class TallyCheck {
  private static final class Found {
    long rows;
    long sum;
    @Nullable String label;
  }

  private final Map<String, Found> owners = new HashMap<>();
  private final Set<Long> damagedTables = new HashSet<>();

  /** A row that is whole. */
  void count(String owner, long checksum) {
    Found found = found(owner);
    found.rows++;
    found.sum += checksum;
  }

  /** An owner whose own row is whole. */
  void expect(String owner, String label) {
    found(owner).label = label;
  }

  void expectTable(long id, String label) {
    expect(Tallies.table(id), label);
  }

  /** A sentence for each owner whose rows are not all there, or not those last written. */
  List<String> check(List<Tally> tallies) {
    List<String> damages = new ArrayList<>();
    Map<String, Tally> kept = new HashMap<>();
    for (Tally tally : tallies) {
      kept.put(tally.owner(), tally);
      found(tally.owner());
    }
    owners.keySet().stream().sorted().forEach(owner -> check(owner, kept.get(owner), damages));
    return damages;
  }

  /** The ids of tables with rows missing. */
  Set<Long> damagedTables() {
    return Set.copyOf(damagedTables);
  }

  private void check(String owner, @Nullable Tally kept, List<String> damages) {
    Found found = found(owner);
    String label = found.label == null ? Quoted.of(owner) : found.label;
    String damage = damage(label, found, kept);
    if (damage != null) {
      damages.add(damage);
      Tallies.tableOf(owner).ifPresent(damagedTables::add);
    }
  }

  private static @Nullable String damage(String label, Found found, @Nullable Tally kept) {
    if (kept == null) {
      return label + ": the catalog does not know how many rows it should have";
    } else if (found.label == null) {
      return label + ": its own row is missing from the catalog";
    } else if (found.rows != kept.rows()) {
      return "%s: the catalog should have %d rows of it, and has %d"
          .formatted(label, kept.rows(), found.rows);
    } else if (found.sum != kept.sum()) {
      return label + ": the catalog's rows of it are not those last written";
    }
    return null;
  }

  private Found found(String owner) {
    return owners.computeIfAbsent(owner, name -> new Found());
  }
}
