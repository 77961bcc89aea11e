package dev.hangar.query.dataset;

import dev.hangar.store.IllegalNameException;
import dev.hangar.store.TableName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;

/**
 * A folder whose files are datasets. Immutable.
 *
 * @param prefix what the names of its files begin with; empty: nothing
 * @param folder as it was given
 */
public record Mount(List<String> prefix, Path folder) {
  public Mount {
    prefix = List.copyOf(prefix);
  }

  /**
   * {@code DIR}, or {@code NAME=DIR}, whose files' names begin with {@code NAME/}.
   *
   * @throws IllegalArgumentException the name is none, or the folder is none that can be read
   */
  public static Mount parse(String text) {
    int equals = text.indexOf('=');
    if (equals < 0 || isFolder(text)) {
      return new Mount(List.of(), path(text)).checked();
    }
    try {
      List<String> prefix = TableName.parse(text.substring(0, equals)).segments();
      return new Mount(prefix, path(text.substring(equals + 1))).checked();
    } catch (IllegalNameException e) {
      throw new IllegalArgumentException(
          "'" + text + "' has to be a folder, or NAME=FOLDER: " + e.getMessage(), e);
    }
  }

  /** The folder without links: what lies below it is served, and nothing else. */
  Path root() throws IOException {
    return folder.toRealPath();
  }

  private Mount checked() {
    if (!Files.exists(folder)) {
      throw new IllegalArgumentException("there is no folder " + folder + "; make it first");
    }
    if (!Files.isDirectory(folder)) {
      throw new IllegalArgumentException(
          folder + " is a file; datasets are the files of a folder, so name the folder");
    }
    if (!Files.isReadable(folder) || !Files.isExecutable(folder)) {
      throw new IllegalArgumentException(
          "the folder " + folder + " may not be read; check its permissions");
    }
    return this;
  }

  private static boolean isFolder(String text) {
    try {
      return Files.isDirectory(Path.of(text));
    } catch (InvalidPathException e) {
      return false;
    }
  }

  private static Path path(String text) {
    try {
      if (!text.isEmpty()) {
        return Path.of(text);
      }
    } catch (InvalidPathException e) {
      // said below
    }
    throw new IllegalArgumentException("'" + text + "' is no folder's name");
  }
}
