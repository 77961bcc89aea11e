package dev.hangar.store.local;

import dev.hangar.store.TableName;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What is done for a store on disk while others read and write: it is verified, and backed up.
 * Writers wait while the catalog is read or copied, not while parts are. Thread-safe.
 */
public final class Upkeep {
  private final Disk disk;
  private final Commits commits;

  /** Upkeep of a store. */
  Upkeep(Disk disk, Commits commits) {
    this.disk = disk;
    this.commits = commits;
  }

  /**
   * Reads the catalog's rows and every part they name. Files of no table are not looked for: those
   * that are being written are such.
   *
   * @param table the one to look at; null: all of them
   */
  public Verification.Summary verify(@Nullable TableName table, Verification.Listener listener) {
    try (var held = commits.hold(disk.catalog()::load)) {
      var contents = table == null ? held.what() : held.what().of(table.toString());
      return Verification.of(disk.directory(), contents, new Verification.Findings(listener));
    }
  }

  /**
   * Makes a data directory of all that is on disk at this moment.
   *
   * @param target a directory that is not there, or is empty
   * @throws dev.hangar.store.StorageException if it is there, a part is missing, or the disk fails;
   *     what was written of it is removed
   */
  public Backup.Summary backup(Path target, Backup.Progress progress) {
    try (var backup = Backup.begin(target);
        var held = commits.hold(() -> withCatalog(backup))) {
      return held.what().finish(disk.directory(), true, progress);
    }
  }

  private Backup withCatalog(Backup backup) {
    disk.catalog().backupTo(backup.catalogFile());
    return backup;
  }
}
