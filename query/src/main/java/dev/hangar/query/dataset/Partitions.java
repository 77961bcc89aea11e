package dev.hangar.query.dataset;

import dev.hangar.query.file.FileFormat;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Folders partitioned as Hive has it: their subfolders are named {@code key=value}. */
final class Partitions {
  private Partitions() {}

  /** Whether a folder's name is {@code key=value}. */
  static boolean isPartition(Path folder) {
    Path name = folder.getFileName();
    return name != null && Root.isPlain(name.toString()) && name.toString().indexOf('=') > 0;
  }

  /** The folders of a folder that are partitions of it. */
  static List<Path> of(Path folder) throws IOException {
    List<Path> partitions = new ArrayList<>();
    try (DirectoryStream<Path> entries =
        Files.newDirectoryStream(
            folder,
            entry -> isPartition(entry) && Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS))) {
      entries.forEach(partitions::add);
    }
    partitions.sort(Comparator.naturalOrder());
    return partitions;
  }

  /**
   * The Parquet files below a folder's partitions, in the order of their names. Links are not
   * followed.
   *
   * @throws IOException there are more than a dataset can have, or they can't be looked at
   */
  static List<FileStamp> files(Path folder) throws IOException {
    List<FileStamp> files = new ArrayList<>();
    for (Path partition : of(folder)) {
      Files.walkFileTree(partition, new Visitor(partition, files));
    }
    files.sort(Comparator.comparing(FileStamp::file));
    return files;
  }

  private static final class Visitor extends SimpleFileVisitor<Path> {
    private final Path start;
    private final List<FileStamp> files;

    Visitor(Path start, List<FileStamp> files) {
      this.start = start;
      this.files = files;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
      return folder.equals(start) || isPartition(folder)
          ? FileVisitResult.CONTINUE
          : FileVisitResult.SKIP_SUBTREE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      String name = String.valueOf(file.getFileName());
      boolean isShown = Root.isPlain(name) && !name.startsWith("_");
      Optional<FileFormat> format = FileFormat.ofEnding(file);
      if (isShown && attributes.isRegularFile() && format.equals(Optional.of(FileFormat.PARQUET))) {
        if (files.size() == Limits.PARTITION_FILES) {
          throw new IOException("it has more than " + Limits.PARTITION_FILES + " files");
        }
        files.add(FileStamp.of(file, attributes));
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException gone) {
      return FileVisitResult.CONTINUE;
    }
  }
}
