package dev.hangar.store.local;

import dev.hangar.store.StorageException;
import dev.hangar.store.StorageException.Remedy;
import dev.hangar.store.catalog.Rows;
import dev.hangar.store.file.DiskFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Part files of one data directory put into another, as links or as copies. For one thread. */
final class PartCopies {
  /** Bytes copied between two words about it. */
  private static final long STEP_BYTES = 64 << 20;

  private final DiskFiles files = new DiskFiles();
  private final DataDirectory source;
  private final Path target;
  private final Set<Path> folders = new HashSet<>();
  private boolean mayLink;
  private int linked;
  private long bytes;

  PartCopies(DataDirectory source, Path target, boolean mayLink) {
    this.source = source;
    this.target = target;
    this.mayLink = mayLink;
  }

  /** Returns when all of them are on disk. */
  void add(List<Rows.PartFile> parts, Backup.Progress progress) throws IOException {
    long total = parts.stream().mapToLong(Rows.PartFile::fileBytes).sum();
    progress.update(0, total);
    for (Rows.PartFile part : parts) {
      Path from = source.partFile(part.id());
      Path to = target.resolve(source.path().relativize(from));
      requireThere(from, part);
      if (!isLinked(from, to)) {
        copy(from, to, progress, total);
      }
      bytes += part.fileBytes();
      folders.add(to.resolveSibling(""));
      progress.update(bytes, total);
    }
    for (Path folder : folders) {
      files.sync(folder);
    }
  }

  /** How many are links. */
  int linked() {
    return linked;
  }

  private static void requireThere(Path file, Rows.PartFile part) throws IOException {
    if (!Files.exists(file) || Files.size(file) != part.fileBytes()) {
      throw new StorageException(
          "%s is %s; hangar verify tells what else is wrong, and of which table it is"
              .formatted(
                  file,
                  Files.exists(file)
                      ? "of %d bytes, and was written with %d"
                          .formatted(Files.size(file), part.fileBytes())
                      : "missing"),
          Remedy.CONFIGURATION,
          null);
    }
  }

  /** Where one can't be linked, as between file systems, the others are not tried. */
  private boolean isLinked(Path from, Path to) throws IOException {
    if (!mayLink) {
      return false;
    }
    try {
      Files.createLink(to, from);
      linked++;
      return true;
    } catch (NoSuchFileException e) {
      throw e;
    } catch (FileSystemException | UnsupportedOperationException e) {
      mayLink = false;
      return false;
    }
  }

  private void copy(Path from, Path to, Backup.Progress progress, long total) throws IOException {
    try (var in = FileChannel.open(from, StandardOpenOption.READ);
        var out = FileChannel.open(to, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      long size = in.size();
      for (long done = 0; done < size; ) {
        long moved = in.transferTo(done, Math.min(STEP_BYTES, size - done), out);
        if (moved <= 0) {
          throw new FileSystemException(
              from.toString(), null, "it ends at byte " + done + ", while it is copied");
        }
        done += moved;
        progress.update(bytes + done, total);
      }
      out.force(true);
    }
  }
}
