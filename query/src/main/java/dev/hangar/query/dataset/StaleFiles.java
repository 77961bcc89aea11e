package dev.hangar.query.dataset;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What writers that were killed have left below a folder. */
final class StaleFiles extends SimpleFileVisitor<Path> {
  private static final Pattern ASIDE = Pattern.compile("\\.hangar-[0-9a-f-]{36}\\.part");

  private final Instant before;

  private StaleFiles(Instant before) {
    this.before = before;
  }

  /** Removes what nobody has written to since {@code before}. */
  static void remove(Path folder, Instant before) {
    try {
      Files.walkFileTree(folder, new StaleFiles(before));
    } catch (IOException unreadable) {
      // what can't be looked at can't be listed either
    }
  }

  @Override
  public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
    boolean isAside = ASIDE.matcher(String.valueOf(file.getFileName())).matches();
    if (isAside
        && attributes.isRegularFile()
        && attributes.lastModifiedTime().toInstant().isBefore(before)) {
      try {
        Files.deleteIfExists(file);
      } catch (IOException kept) {
        return FileVisitResult.CONTINUE;
      }
    }
    return FileVisitResult.CONTINUE;
  }

  @Override
  public FileVisitResult visitFileFailed(Path file, IOException unreadable) {
    return FileVisitResult.CONTINUE;
  }

  @Override
  public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failed) {
    return FileVisitResult.CONTINUE;
  }
}
