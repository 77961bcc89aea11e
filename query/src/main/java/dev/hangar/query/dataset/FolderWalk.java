package dev.hangar.query.dataset;

import dev.hangar.query.file.FileFormat;
import dev.hangar.store.IllegalNameException;
import dev.hangar.store.TableName;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.function.BiPredicate;

/**
 * A walk through a mounted folder that finds what is a dataset in it: files by their endings, and
 * partitioned folders. Nothing hidden, and no folders behind links. What can't be looked at is left
 * out. For one use.
 */
final class FolderWalk extends SimpleFileVisitor<Path> {
  private final Root root;
  private final BiPredicate<TableName, Path> found;

  private FolderWalk(Root root, BiPredicate<TableName, Path> found) {
    this.root = root;
    this.found = found;
  }

  /**
   * Walks through {@code root}.
   *
   * @param found told of each name and what it leads to, without links; false ends the walk
   */
  static void through(Root root, BiPredicate<TableName, Path> found) throws IOException {
    var walk = new FolderWalk(root, found);
    Files.walkFileTree(
        root.folder(), EnumSet.noneOf(java.nio.file.FileVisitOption.class), Limits.DEPTH, walk);
  }

  @Override
  public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
    boolean isRoot = folder.equals(root.folder());
    if (!isRoot && !isShown(folder)) {
      return FileVisitResult.SKIP_SUBTREE;
    }
    Path parent = folder.getParent();
    if (!isRoot && parent != null && Partitions.isPartition(folder)) {
      return FileVisitResult.SKIP_SUBTREE; // its files are the folder's above it
    }
    return isPartitioned(folder) ? tell(folder, folder) : FileVisitResult.CONTINUE;
  }

  @Override
  public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
    if (!isShown(file) || FileFormat.ofEnding(file).isEmpty()) {
      return FileVisitResult.CONTINUE;
    }
    if (attributes.isRegularFile()) {
      return tell(file, file);
    }
    try {
      Path real = attributes.isSymbolicLink() ? file.toRealPath() : null;
      return real != null && root.isInside(real) && Files.isRegularFile(real)
          ? tell(file, real)
          : FileVisitResult.CONTINUE;
    } catch (IOException leadsNowhere) {
      return FileVisitResult.CONTINUE;
    }
  }

  @Override
  public FileVisitResult visitFileFailed(Path file, IOException gone) {
    return FileVisitResult.CONTINUE;
  }

  @Override
  public FileVisitResult postVisitDirectory(
      Path folder, @org.jspecify.annotations.Nullable IOException failed) {
    return FileVisitResult.CONTINUE;
  }

  private FileVisitResult tell(Path path, Path real) {
    Optional<TableName> name = name(path);
    return name.isEmpty() || found.test(name.get(), real)
        ? FileVisitResult.CONTINUE
        : FileVisitResult.TERMINATE;
  }

  /** Empty where no table has such a name. */
  private Optional<TableName> name(Path path) {
    List<String> segments = new ArrayList<>(root.prefix());
    if (path.equals(root.folder())) {
      return root.own();
    }
    root.folder().relativize(path).forEach(part -> segments.add(part.toString()));
    try {
      return Optional.of(new TableName(segments));
    } catch (IllegalNameException none) {
      return Optional.empty();
    }
  }

  private static boolean isShown(Path path) {
    Path name = path.getFileName();
    return name != null && Root.isPlain(name.toString());
  }

  private static boolean isPartitioned(Path folder) {
    try {
      return !Partitions.of(folder).isEmpty() && !Partitions.files(folder).isEmpty();
    } catch (IOException unreadable) {
      return false;
    }
  }
}
