package dev.hangar.store.local;

import dev.hangar.store.StorageException;
import dev.hangar.store.StorageException.Remedy;
import dev.hangar.store.catalog.Contents;
import dev.hangar.store.catalog.Rows;
import dev.hangar.store.catalog.SqliteCatalog;
import dev.hangar.store.file.DiskFailure;
import dev.hangar.store.file.DiskFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A data directory made from another: all tables as they are at one moment, with their versions,
 * idempotency keys, and uploads as far as they have come. It becomes a data directory with its last
 * step; until then, and where it fails, none takes it for one. For one thread.
 *
 * <p>Parts never change, so that a backup on the same file system can share their files: it is a
 * second name for them, and costs next to nothing. What happens to such a file's bytes happens to
 * both.
 */
public final class Backup implements AutoCloseable {
  /** Is told how many of how many bytes of parts are there. */
  public interface Progress {
    void update(long bytes, long total);
  }

  /**
   * What has been written.
   *
   * @param bytes of the parts' files
   * @param linked how many of the parts are files of the source's
   */
  public record Summary(int tables, int parts, long bytes, int linked) {
    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "%,d %s, %,d %s, %,d bytes (%,d linked, %,d copied)",
          tables,
          tables == 1 ? "table" : "tables",
          parts,
          parts == 1 ? "part" : "parts",
          bytes,
          linked,
          parts - linked);
    }
  }

  private final DiskFiles files = new DiskFiles();
  private final Path target;
  private final boolean wasThere;
  private boolean isWhole;

  private Backup(Path target, boolean wasThere) {
    this.target = target;
    this.wasThere = wasThere;
  }

  /**
   * Begins one in a directory that is made, or is empty.
   *
   * @throws StorageException if something is there already, or can't be written
   */
  static Backup begin(Path target) {
    Path whole = target.toAbsolutePath();
    try {
      boolean wasThere = Files.exists(whole);
      if (wasThere && !(Files.isDirectory(whole) && DataDirectory.entries(whole).isEmpty())) {
        throw new StorageException(
            whole + " is there already, and not an empty directory; choose another name",
            Remedy.CONFIGURATION,
            null);
      }
      Files.createDirectories(whole);
      return new Backup(whole, wasThere);
    } catch (IOException e) {
      throw DiskFailure.of("make", whole, e);
    }
  }

  /**
   * Copies a directory that no server uses.
   *
   * @param mayLink whether parts may be files of the source's
   * @throws StorageException if the target is there and not empty, or the disk fails; what was
   *     written of it is removed
   */
  public static Summary of(DataDirectory source, Path target, boolean mayLink, Progress progress) {
    requireCatalog(source);
    try (var backup = begin(target);
        var catalog = SqliteCatalog.open(source.catalogFile())) {
      catalog.backupTo(backup.catalogFile());
      return backup.finish(source, mayLink, progress);
    }
  }

  /** Where the catalog's copy has to be before {@link #finish}. */
  Path catalogFile() {
    return target.resolve("catalog.sqlite");
  }

  /** Adds the parts that the catalog names, and has all of it on disk. */
  Summary finish(DataDirectory source, boolean mayLink, Progress progress) {
    var contents = contents();
    var parts = List.copyOf(contents.partFiles());
    try {
      DataDirectory.makeFolders(target);
      var copies = new PartCopies(source, target, mayLink);
      copies.add(parts, progress);
      DataDirectory.mark(target);
      files.sync(target.resolveSibling(""));
      isWhole = true;
      long bytes = parts.stream().mapToLong(Rows.PartFile::fileBytes).sum();
      return new Summary(contents.tables().size(), parts.size(), bytes, copies.linked());
    } catch (IOException e) {
      throw DiskFailure.of("write", target, e);
    }
  }

  /** Removes what there is of it, if it is not whole. */
  @Override
  public void close() {
    if (!isWhole) {
      try {
        var all = new ArrayList<Path>();
        try (var found = Files.walk(target)) {
          found.forEach(all::add);
        }
        for (Path file : all.reversed()) {
          if (!(wasThere && file.equals(target))) {
            Files.deleteIfExists(file);
          }
        }
      } catch (IOException e) {
        // it is no data directory, and nobody takes it for one
      }
    }
  }

  /** Opening the copy proves that it can be opened. */
  private Contents contents() {
    try (var copy = SqliteCatalog.open(catalogFile())) {
      var contents = copy.load();
      if (!contents.damages().isEmpty()) {
        throw new StorageException(
            "the catalog is damaged, and a copy of it would be: "
                + contents.damages().getFirst()
                + "; hangar verify tells all",
            Remedy.CONFIGURATION,
            null);
      }
      return contents;
    }
  }

  private static void requireCatalog(DataDirectory source) {
    if (!Files.exists(source.catalogFile())) {
      throw new StorageException(
          source.catalogFile() + " is missing, and without it there is nothing to copy",
          Remedy.CONFIGURATION,
          null);
    }
  }
}
