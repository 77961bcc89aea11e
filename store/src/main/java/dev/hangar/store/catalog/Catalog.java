package dev.hangar.store.catalog;

import dev.hangar.store.StorageException;
import java.nio.file.Path;
import java.util.List;

/**
 * What a store knows of its tables, kept through crashes and power cuts. Thread-safe.
 *
 * <p>Every method throws {@link StorageException} where the database can't be read or written.
 */
public interface Catalog extends AutoCloseable {
  /**
   * All there is. Rows that are not what was written are told apart, not passed over.
   *
   * @throws StorageException also if the database as a whole is damaged
   */
  Contents load();

  /**
   * Does all of {@code edits}, in their order, or none of them; returns when they are on disk.
   *
   * @throws StaleCatalogException if an {@link Edit.SaveTable} finds another current version than
   *     it expects: somebody else has written
   */
  void apply(List<Edit> edits);

  /**
   * Copies all there is into a new file, in one consistent state, while others go on writing;
   * returns when the copy is on disk. It can be opened as a catalog.
   *
   * @throws StorageException also if {@code file} is there already
   */
  void backupTo(Path file);

  @Override
  void close();
}
