package dev.hangar.store.local;

import dev.hangar.store.Limits;
import dev.hangar.store.StorageException;
import dev.hangar.store.StorageException.Remedy;
import dev.hangar.store.TableName;
import dev.hangar.store.catalog.Catalog;
import dev.hangar.store.catalog.Edit;
import dev.hangar.store.catalog.Rows;
import dev.hangar.store.catalog.SqliteCatalog;
import dev.hangar.store.catalog.StaleCatalogException;
import dev.hangar.store.part.FilePart;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A data directory at work: its catalog, its part files, and whether it can still be trusted.
 *
 * <p>Where a write or a commit failed and nobody knows what of it is on disk, nothing is written or
 * removed any more: reads go on, and the next start finds out. Thread-safe.
 */
final class Disk implements AutoCloseable {
  private final DataDirectory directory;
  private final Catalog catalog;
  private final Mappings mappings;
  private final Background background = new Background();
  private final ExecutorService catalogThread =
      Executors.newSingleThreadExecutor(
          task -> Thread.ofPlatform().daemon().name("hangar-catalog").unstarted(task));
  private final List<String> damages = new ArrayList<>();
  private volatile boolean isStopped;
  private volatile @Nullable StorageException failure;

  /**
   * Takes ownership of {@code directory}, also when it throws.
   *
   * @param front makes the catalog to use of the directory's own
   */
  Disk(DataDirectory directory, UnaryOperator<Catalog> front) {
    this.directory = directory;
    try {
      requireCatalog(directory);
      this.catalog = front.apply(SqliteCatalog.open(directory.catalogFile()));
      directory.sync();
    } catch (RuntimeException | Error failed) {
      directory.close();
      background.close();
      catalogThread.close();
      throw failed;
    }
    this.mappings = new Mappings(Limits.IDLE_MAPPINGS, background);
  }

  Background background() {
    return background;
  }

  Catalog catalog() {
    return catalog;
  }

  DataDirectory directory() {
    return directory;
  }

  synchronized List<String> damages() {
    return List.copyOf(damages);
  }

  synchronized void damaged(List<String> sentences) {
    damages.addAll(sentences);
  }

  /** Bytes of the files that are mapped. */
  long mappedBytes() {
    return mappings.bytes();
  }

  /** Where a new part of a table goes. */
  PartSink sink(TableName name, ByteBuffer schema) {
    requireTrusted();
    var id = UUID.randomUUID().toString().replace("-", "");
    return new DiskSink(this, name, id, schema);
  }

  /** A part whose file is there, with one owner. */
  SharedPart part(Rows.PartFile file, TableName name) {
    var path = directory.partFile(file.id());
    var part =
        mappings.part(
            new FilePart(directory.files(), directory.folder(file.id()), file, name.toString()));
    return new SharedPart(part, file, _ -> background.run(() -> remove(part, path)));
  }

  /**
   * Has the catalog make a change, durably.
   *
   * @throws StorageException if it did not, and nothing has changed; or if nobody knows
   */
  void apply(List<Edit> edits) {
    requireTrusted();
    try {
      onCatalogThread(() -> catalog.apply(edits));
    } catch (StorageException e) {
      throw failed(e);
    } catch (StaleCatalogException e) {
      throw failed(
          new StorageException(
              "the catalog in "
                  + directory.path()
                  + " was changed by somebody else: "
                  + e.getMessage(),
              Remedy.RESTART,
              e));
    }
  }

  /** A virtual thread that waits for SQLite itself would keep a core from the others meanwhile. */
  private void onCatalogThread(Runnable task) {
    try {
      CompletableFuture.runAsync(task, catalogThread).join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException failed) {
        throw failed;
      }
      throw e;
    }
  }

  /** What to throw; remembered where the disk can't be trusted any more. */
  StorageException failed(StorageException e) {
    if (e.remedy() == Remedy.RESTART && failure == null) {
      failure = e;
    }
    return e;
  }

  /** Nothing is written from now on. */
  void distrust(String reason) {
    failure = new StorageException(reason, Remedy.RESTART, null);
  }

  /** From now on files whose owners are gone stay where they are. */
  void stop() {
    isStopped = true;
  }

  @Override
  public void close() {
    stop();
    background.close();
    catalogThread.close();
    try (directory) {
      catalog.close();
    }
  }

  private void remove(CachedPart part, Path file) {
    part.close();
    if (isStopped || failure != null) {
      return;
    }
    try {
      directory.files().delete(file);
    } catch (IOException e) {
      // in no catalog: the next start tries again
    }
  }

  private void requireTrusted() {
    var before = failure;
    if (before != null) {
      throw new StorageException(
          "nothing is written to %s any more, for this reason: %s; see to it, then start the server anew"
              .formatted(directory.path(), before.getMessage()),
          Remedy.RESTART,
          before);
    }
  }

  /** A new catalog beside parts of an old one would have them removed. */
  private static void requireCatalog(DataDirectory directory) {
    // SQLite takes an empty file for a new database
    boolean hasCatalog = directory.catalogFile().toFile().length() > 0;
    if (!hasCatalog && !directory.partFiles().isEmpty()) {
      throw new StorageException(
          directory.catalogFile()
              + " is missing or empty, and the parts beside it are of no use without it; restore it from a backup",
          Remedy.CONFIGURATION,
          null);
    }
  }
}
