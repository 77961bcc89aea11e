package dev.hangar.store.local;

import dev.hangar.store.StorageException;
import dev.hangar.store.StorageException.Remedy;
import dev.hangar.store.catalog.Catalog;
import dev.hangar.store.catalog.Contents;
import dev.hangar.store.catalog.Edit;
import java.nio.file.Path;
import java.util.List;

/** A catalog whose commits fail when they are told to: before they are made, or after. */
final class FailingCatalog implements Catalog {
  /** How the next commit ends. */
  enum Failure {
    NONE,
    FULL_BEFORE,
    LOST_BEFORE,
    LOST_AFTER
  }

  private final Catalog catalog;
  private Failure failure = Failure.NONE;

  FailingCatalog(Catalog catalog) {
    this.catalog = catalog;
  }

  synchronized void fail(Failure failure) {
    this.failure = failure;
  }

  @Override
  public Contents load() {
    return catalog.load();
  }

  @Override
  public synchronized void apply(List<Edit> edits) {
    if (failure == Failure.FULL_BEFORE) {
      throw new StorageException("the disk is full", Remedy.ROOM, null);
    }
    if (failure == Failure.LOST_BEFORE) {
      throw new StorageException("the disk is lost", Remedy.RESTART, null);
    }
    catalog.apply(edits);
    if (failure == Failure.LOST_AFTER) {
      throw new StorageException("the disk is lost", Remedy.RESTART, null);
    }
  }

  @Override
  public void backupTo(Path file) {
    catalog.backupTo(file);
  }

  @Override
  public void close() {
    catalog.close();
  }
}
