package dev.hangar.query.sql;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;

/**
 * Where statements put aside what does not fit into their memory, each in a folder of its own that
 * goes with its database.
 */
final class SpillFolder {
  private final Path path;

  /** Makes it, and removes what a process that was killed has left in it. */
  SpillFolder(Path path) {
    this.path = path;
    try {
      Files.createDirectories(path);
      for (Path left : leftovers(path)) {
        Files.delete(left);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          path + ", where statements put aside what is too large for memory, can't be used", e);
    }
  }

  /** All that is in it, the insides of folders first; links are not followed. */
  private static List<Path> leftovers(Path path) throws IOException {
    try (var all = Files.walk(path)) {
      return all.filter(each -> !each.equals(path)).sorted(Comparator.reverseOrder()).toList();
    }
  }

  /** The folder of one database, which makes it when it needs it. */
  Path of(int database) {
    return path.resolve("sql-" + database);
  }

  /** How much one database may put there: others write to the disk too. */
  long bytesMax() {
    try {
      return Files.getFileStore(path).getUsableSpace() / Limits.SPILL_SHARE;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
