package dev.hangar.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The files of a data directory, while a server may be at work in it. */
public final class DataFiles {
  private DataFiles() {}

  /** Those of parts, the unfinished included. */
  public static List<Path> parts(Path data) throws IOException {
    var files = new ArrayList<Path>();
    for (var folder : list(data.resolve("parts"))) {
      files.addAll(list(folder));
    }
    return files;
  }

  private static List<Path> list(Path folder) throws IOException {
    try (var entries = Files.list(folder)) {
      return entries.toList();
    } catch (NoSuchFileException none) {
      return List.of();
    }
  }
}
