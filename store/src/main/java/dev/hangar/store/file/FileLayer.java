package dev.hangar.store.file;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * What a store asks of a file system, and nothing else: the seam where tests let each operation
 * fail. Thread-safe.
 */
public interface FileLayer {
  /** Makes a directory, and those above it; one that is there is left as it is. */
  void createDirectories(Path directory) throws IOException;

  /** Makes a file, which must not be there, for writing from its start to its end. */
  WritableFile create(Path file) throws IOException;

  /** A file as memory, whole and read-only, valid until it is closed. */
  MappedFile map(Path file) throws IOException;

  /** Renames a file within its file system, in one step; one that has the name is replaced. */
  void rename(Path from, Path to) throws IOException;

  /** Removes a file; one that is not there is none to remove. */
  void delete(Path file) throws IOException;

  /** Returns when the names in a directory are on disk. */
  void sync(Path directory) throws IOException;

  /** The entries of a directory, in no order; none where there is no directory. */
  List<Path> list(Path directory) throws IOException;
}
