package dev.hangar.store.local;

import dev.hangar.store.Durability;
import dev.hangar.store.TableStore;
import dev.hangar.store.catalog.Catalog;
import dev.hangar.store.catalog.Contents;
import dev.hangar.store.catalog.Edit;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A data directory with many tables, made without waiting for the disk at each of them: the
 * catalog's changes are made as one, when the store is closed.
 */
public final class ManyTables {
  private ManyTables() {}

  /** A store to fill. */
  public static TableStore open(Path data) {
    return LocalStore.open(
        DataDirectory.open(data, new UnforcedFiles()),
        Durability.DISK,
        Duration.ZERO,
        Clock.systemUTC(),
        Late::new);
  }

  private static final class Late implements Catalog {
    private final Catalog catalog;
    private final List<Edit> edits = new ArrayList<>();

    private Late(Catalog catalog) {
      this.catalog = catalog;
    }

    @Override
    public Contents load() {
      return catalog.load();
    }

    @Override
    public synchronized void apply(List<Edit> more) {
      edits.addAll(more);
    }

    @Override
    public void backupTo(Path file) {
      throw new UnsupportedOperationException("not while it is filled");
    }

    @Override
    public synchronized void close() {
      catalog.apply(edits);
      catalog.close();
    }
  }
}
