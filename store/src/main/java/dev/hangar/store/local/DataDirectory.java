package dev.hangar.store.local;

import dev.hangar.store.StorageException;
import dev.hangar.store.StorageException.Remedy;
import dev.hangar.store.file.DiskFiles;
import dev.hangar.store.file.FileLayer;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A directory with the tables of one store, locked against other processes.
 *
 * <pre>
 *  hangar-format         "hangar 1": what the rest is
 *  lock                  held while a server uses it; the number of its process
 *  catalog.sqlite        what tables there are ({@link dev.hangar.store.catalog.Catalog})
 *  ticket-key            what the server seals its tickets with, for its owner alone
 *  parts/3f/3f….arrow    their parts, each an Arrow file; .tmp while it is written
 *  spill/                what statements put aside while they run
 * </pre>
 */
public final class DataDirectory implements AutoCloseable {
  private static final String FORMAT = "hangar-format";
  private static final int FORMAT_VERSION = 1;
  private static final String PARTS = "parts";

  /** As many as a part's name has beginnings of two digits. */
  private static final int FOLDERS = 256;

  private final Path path;
  private final FileLayer files;
  private final FileChannel lockFile;
  private final FileLock lock;

  private DataDirectory(Path path, FileLayer files, FileChannel lockFile, FileLock lock) {
    this.path = path;
    this.files = files;
    this.lockFile = lockFile;
    this.lock = lock;
  }

  /**
   * Opens a directory, and makes it if there is none or it is empty.
   *
   * @throws StorageException if it is something else, of a newer format, in use, or not to be
   *     written
   */
  public static DataDirectory open(Path path) {
    return open(path, new DiskFiles());
  }

  /** The same with files of another kind. */
  static DataDirectory open(Path path, FileLayer files) {
    try {
      Files.createDirectories(path);
      requireOurs(path);
      return locked(path, files);
    } catch (AccessDeniedException e) {
      throw refused(
          path, "can't be read and written by this user; choose another, or change its rights", e);
    } catch (FileAlreadyExistsException e) {
      throw refused(path, "can't be made: " + e.getFile() + " is a file; choose another", e);
    } catch (IOException e) {
      throw refused(path, "can't be used: " + reason(e), e);
    }
  }

  /**
   * Opens a directory that is one already; makes none.
   *
   * @throws StorageException as {@link #open(Path)}
   */
  public static DataDirectory openExisting(Path path) {
    if (!Files.isRegularFile(path.resolve(FORMAT))) {
      throw refused(
          path,
          (Files.isDirectory(path)
                  ? "is not a Hangar data directory: it has no file '%s'"
                  : Files.exists(path) ? "is a file" : "is not there")
              .formatted(FORMAT),
          null);
    }
    return open(path);
  }

  /** Where it is. */
  public Path path() {
    return path;
  }

  /** The folder of a directory for what need not outlive the process. */
  public static Path spill(Path directory) {
    return directory.resolve("spill");
  }

  FileLayer files() {
    return files;
  }

  Path catalogFile() {
    return path.resolve("catalog.sqlite");
  }

  Path parts() {
    return path.resolve(PARTS);
  }

  /** The folder of a part: many files in one make some file systems slow. */
  Path folder(String part) {
    return parts().resolve(part.substring(0, 2));
  }

  /** A part's file. */
  Path partFile(String part) {
    return folder(part).resolve(part + ".arrow");
  }

  @Override
  public void close() {
    try (lockFile) {
      lock.release();
    } catch (IOException e) {
      // the process gives it back when it ends
    }
  }

  private static void requireOurs(Path path) throws IOException {
    var format = path.resolve(FORMAT);
    if (Files.exists(format)) {
      // every byte is a character here: damage must not come as one that is none
      requireKnown(path, Files.readString(format, StandardCharsets.ISO_8859_1).strip());
      makeFolders(path);
      return;
    }
    var others = entries(path);
    if (!others.isEmpty() && !isUnfinished(path, others)) {
      throw refused(
          path,
          "is not a Hangar data directory: it has %s, and no file '%s'; choose another, or an empty one"
              .formatted(name(others.getFirst()), FORMAT),
          null);
    }
    makeFolders(path);
    mark(path);
  }

  /** Returns when the names of what is in it, and its own, are on disk. */
  void sync() {
    try {
      files.sync(path);
    } catch (IOException e) {
      throw refused(path, "can't be forced to disk: " + reason(e), e);
    }
    try {
      files.sync(path.toAbsolutePath().resolve("..").normalize());
    } catch (IOException e) {
      // whoever made a directory there that we may not read has seen to it
    }
  }

  /** Whether it has what a first start makes before it is interrupted: folders, and no file. */
  private static boolean isUnfinished(Path path, List<Path> entries) throws IOException {
    if (!entries.equals(List.of(path.resolve(PARTS)))) {
      return false;
    }
    try (var all = Files.walk(path.resolve(PARTS))) {
      return all.noneMatch(Files::isRegularFile);
    }
  }

  /** What is in a directory, but for what file systems put there. */
  static List<Path> entries(Path path) throws IOException {
    try (var entries = Files.list(path)) {
      return entries.filter(entry -> !entry.endsWith("lost+found")).toList();
    }
  }

  /**
   * Makes the folders for parts: all of them, and those that a copy without empty ones has lost.
   */
  static void makeFolders(Path path) throws IOException {
    var parts = path.resolve(PARTS);
    boolean isAnyMade = false;
    for (int number = 0; number < FOLDERS; number++) {
      var folder = parts.resolve("%02x".formatted(number));
      if (!Files.isDirectory(folder)) {
        Files.createDirectories(folder);
        isAnyMade = true;
      }
    }
    if (isAnyMade) {
      new DiskFiles().sync(parts);
    }
  }

  /** Makes a data directory of it, when all else is on disk. */
  static void mark(Path path) throws IOException {
    write(path.resolve(FORMAT), "hangar " + FORMAT_VERSION + "\n");
    new DiskFiles().sync(path);
  }

  private static void requireKnown(Path path, String format) {
    if (!format.matches("hangar \\d{1,9}")) {
      throw refused(
          path, "is damaged: its file '" + FORMAT + "' says neither format nor version", null);
    }
    int version = Integer.parseInt(format.substring("hangar ".length()));
    if (version > FORMAT_VERSION) {
      throw refused(
          path,
          "was written by a newer Hangar (format %d; this one reads up to %d); start that one"
              .formatted(version, FORMAT_VERSION),
          null);
    }
  }

  private static void write(Path file, String text) throws IOException {
    try (var channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      channel.write(StandardCharsets.UTF_8.encode(text));
      channel.force(true);
    }
  }

  private static DataDirectory locked(Path path, FileLayer files) throws IOException {
    var channel =
        FileChannel.open(
            path.resolve("lock"),
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE);
    try {
      var lock = tryLock(channel);
      if (lock == null) {
        throw refused(
            path,
            "is in use by another server (process %s); stop that one, or choose another directory"
                .formatted(Files.readString(path.resolve("lock")).strip()),
            null);
      }
      channel.truncate(0);
      channel.write(StandardCharsets.UTF_8.encode(ProcessHandle.current().pid() + "\n"));
      return new DataDirectory(path, files, channel, lock);
    } catch (IOException | RuntimeException failed) {
      channel.close();
      throw failed;
    }
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException inThisProcess) {
      return null;
    }
  }

  /**
   * The names of the part files there are, those not finished included.
   *
   * @throws StorageException if its folders can't be listed
   */
  List<Path> partFiles() {
    try {
      var all = new ArrayList<Path>();
      for (Path folder : files.list(parts())) {
        all.addAll(files.list(folder));
      }
      return all;
    } catch (IOException e) {
      throw new StorageException(
          parts() + " can't be listed: " + e.getMessage(), Remedy.CONFIGURATION, e);
    }
  }

  private static String name(Path file) {
    return "'" + Objects.requireNonNullElse(file.getFileName(), file) + "'";
  }

  private static String reason(IOException e) {
    var message = e.getMessage();
    return message == null ? e.getClass().getSimpleName() : message;
  }

  private static StorageException refused(Path path, String why, @Nullable Exception cause) {
    return new StorageException("data directory " + path + " " + why, Remedy.CONFIGURATION, cause);
  }
}
