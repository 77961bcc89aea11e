package dev.hangar.store.local;

import dev.hangar.store.StorageException;
import dev.hangar.store.catalog.Contents;
import dev.hangar.store.catalog.SqliteCatalog;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A data directory read from end to end and held against what was written: the catalog's database,
 * rows and tallies, each part's file with every checksum in it, and files that are of no table.
 * Nothing is repaired or removed.
 */
public final class Verification {
  /** Is told what is found, as it is found. */
  public interface Listener {
    /** Called once, before the first part is read. */
    default void begins(long rows, long bytes) {}

    /** How much has been read. */
    default void progress(long rows, long bytes) {}

    void fault(Fault fault);
  }

  /**
   * What was looked at, and how much was wrong.
   *
   * @param bytes of the parts' files
   */
  public record Summary(int tables, int parts, long bytes, long faults) {
    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "checked %,d %s, %,d %s, %,d bytes: %,d %s",
          tables,
          tables == 1 ? "table" : "tables",
          parts,
          parts == 1 ? "part" : "parts",
          bytes,
          faults,
          faults == 1 ? "fault" : "faults");
    }
  }

  private Verification() {}

  /**
   * Verifies a directory that no server uses.
   *
   * @throws StorageException if its folders cannot be listed
   */
  public static Summary of(DataDirectory directory, Listener listener) {
    var found = new Findings(listener);
    var contents = contents(directory, found);
    if (contents == null) {
      return new Summary(0, 0, 0, found.count());
    }
    var summary = of(directory, contents, found);
    strangers(directory, contents, found);
    return new Summary(summary.tables(), summary.parts(), summary.bytes(), found.count());
  }

  /** Verifies the tables of a catalog whose part files nobody removes meanwhile. */
  static Summary of(DataDirectory directory, Contents contents, Findings found) {
    contents.damages().forEach(damage -> found.add(Fault.of(damage)));
    return new ContentsCheck(directory, contents, found).run();
  }

  private static @Nullable Contents contents(DataDirectory directory, Findings found) {
    Path file = directory.catalogFile();
    if (!Files.exists(file)) {
      if (!directory.partFiles().isEmpty()) {
        found.add(Fault.of(file, "it is missing, and without it the parts are of no use"));
      }
      return null;
    }
    try (var catalog = SqliteCatalog.open(file)) {
      return catalog.load();
    } catch (StorageException damaged) {
      found.add(Fault.of(file, String.valueOf(damaged.getMessage())));
      return null;
    }
  }

  private static void strangers(DataDirectory directory, Contents contents, Findings found) {
    var known = new HashSet<Path>();
    contents.partFiles().forEach(file -> known.add(directory.partFile(file.id())));
    directory.partFiles().stream()
        .filter(file -> !known.contains(file))
        .sorted()
        .forEach(file ->
            found.add(
                Fault.of(
                    file,
                    "it is of no table; a server that starts here without other faults"
                        + " removes it")));
  }

  /** Counts what is found on its way to the listener. For one thread. */
  static final class Findings {
    private final Listener listener;
    private long count;

    Findings(Listener listener) {
      this.listener = listener;
    }

    Listener listener() {
      return listener;
    }

    void add(Fault fault) {
      count++;
      listener.fault(fault);
    }

    long count() {
      return count;
    }
  }
}
