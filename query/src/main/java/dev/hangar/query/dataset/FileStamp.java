package dev.hangar.query.dataset;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import org.jspecify.annotations.Nullable;

/**
 * A file as it was when somebody looked: with the same size, time and inode it has the same bytes.
 *
 * @param key the file system's own name of it; null where it has none
 */
record FileStamp(Path file, long bytes, FileTime modified, @Nullable Object key) {
  /** The stamp of a regular file, reached without links. */
  static FileStamp of(Path file) throws IOException {
    return of(file, Files.readAttributes(file, BasicFileAttributes.class));
  }

  static FileStamp of(Path file, BasicFileAttributes attributes) {
    return new FileStamp(
        file, attributes.size(), attributes.lastModifiedTime(), attributes.fileKey());
  }

  /** Whether the file is still the same. */
  boolean isCurrent() {
    try {
      return equals(of(file));
    } catch (IOException e) {
      return false;
    }
  }

  /** All of it in one line. */
  String text() {
    return file + " " + bytes + " " + modified + " " + key;
  }
}
