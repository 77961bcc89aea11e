package dev.hangar.store.local;

import dev.hangar.store.Limits;
import dev.hangar.store.TableName;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** The names most like one that does not exist: what its writer may have meant. */
public final class NearestNames {
  private static final int SHOWN = 3;

  /** Typing errors forgiven at most; keeps the comparison of two long names cheap. */
  private static final int MAX_EDITS = 6;

  /** Longer names are alike only if they begin or end alike. */
  private static final int MAX_COMPARED_CHARS = 200;

  private record Candidate(TableName name, int distance) {}

  private final String wanted;
  private final int maxEdits;

  private NearestNames(String wanted) {
    this.wanted = wanted;
    this.maxEdits =
        Math.min(MAX_EDITS, Math.max(wanted.length() > SHOWN ? 2 : 1, wanted.length() / 3));
  }

  /** At most three of {@code names}, the most alike first. */
  public static List<TableName> to(TableName wanted, Collection<TableName> names) {
    var nearest = new NearestNames(folded(wanted));
    return names.stream()
        .limit(Limits.NEAREST_CANDIDATES)
        .map(name -> new Candidate(name, nearest.distance(folded(name))))
        .filter(candidate -> candidate.distance <= nearest.maxEdits)
        .sorted(Comparator.comparingInt(Candidate::distance).thenComparing(Candidate::name))
        .limit(SHOWN)
        .map(Candidate::name)
        .toList();
  }

  /** A folder too many or too few counts as one error, a name cut short as the most forgiven. */
  private int distance(String name) {
    if (name.endsWith("/" + wanted) || wanted.endsWith("/" + name)) {
      return 1;
    }
    int edits = edits(name);
    boolean cutShort = wanted.length() >= SHOWN && name.startsWith(wanted);
    return cutShort ? Math.min(edits, maxEdits) : edits;
  }

  /**
   * Insertions, deletions and replacements that turn {@code wanted} into {@code name}; one more
   * than forgiven if there are too many. Of each row only the cells that can still come to less are
   * computed, so the cost grows with the length and not with its square.
   */
  private int edits(String name) {
    int difference = Math.abs(name.length() - wanted.length());
    if (difference > maxEdits || wanted.length() > MAX_COMPARED_CHARS) {
      return maxEdits + 1;
    }
    int[] above = new int[name.length() + 1];
    int[] row = new int[name.length() + 1];
    Arrays.setAll(above, column -> Math.min(column, maxEdits + 1));
    for (int i = 1; i <= wanted.length(); i++) {
      if (fill(row, above, i, name) > maxEdits) {
        return maxEdits + 1;
      }
      var filled = row;
      row = above;
      above = filled;
    }
    return above[name.length()];
  }

  /** Fills row {@code i} and tells its least cell. */
  private int fill(int[] row, int[] above, int i, String name) {
    int from = Math.max(1, i - maxEdits);
    int to = Math.min(name.length(), i + maxEdits);
    row[from - 1] = from == 1 ? Math.min(i, maxEdits + 1) : maxEdits + 1;
    int least = row[from - 1];
    for (int column = from; column <= to; column++) {
      int replaced = wanted.charAt(i - 1) == name.charAt(column - 1) ? 0 : 1;
      int shortest = Math.min(above[column], row[column - 1]) + 1;
      row[column] = Math.min(Math.min(shortest, above[column - 1] + replaced), maxEdits + 1);
      least = Math.min(least, row[column]);
    }
    if (to < name.length()) {
      row[to + 1] = maxEdits + 1;
    }
    return least;
  }

  private static String folded(TableName name) {
    return name.toString().toLowerCase(Locale.ROOT);
  }
}
