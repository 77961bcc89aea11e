package dev.hangar.query.dataset;

import dev.hangar.store.IllegalNameException;
import dev.hangar.store.Quoted;
import dev.hangar.store.TableName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A mounted folder: where a name leads, and that it leads nowhere else. Immutable.
 *
 * @param prefix what names of files in it begin with
 * @param folder reached without links
 */
record Root(List<String> prefix, Path folder) {
  static Root of(Mount mount) throws IOException {
    return new Root(mount.prefix(), mount.root());
  }

  /** Whether a name can be one of a file in here. */
  boolean holds(TableName name) {
    int count = prefix.size();
    return name.segments().size() > count && name.segments().subList(0, count).equals(prefix);
  }

  /** The name of the folder as a whole, should it be a partitioned dataset. */
  Optional<TableName> own() {
    Path name = folder.getFileName();
    List<String> segments = prefix.isEmpty() && name != null ? List.of(name.toString()) : prefix;
    try {
      return Optional.of(new TableName(segments));
    } catch (IllegalNameException none) {
      return Optional.empty();
    }
  }

  /** What a name leads to, reached without links; empty where nothing is that may be served. */
  Optional<Path> find(TableName name) {
    List<String> below = below(name);
    if (!below.stream().allMatch(Root::isPlain)) {
      return Optional.empty();
    }
    try {
      Path real = resolve(below).toRealPath();
      return isInside(real) ? Optional.of(real) : Optional.empty();
    } catch (IOException | InvalidPathException none) {
      return Optional.empty();
    }
  }

  /**
   * Where a new file goes.
   *
   * @param file in a folder that is there, reached without links
   * @param made folders that were not, outermost first
   */
  record Place(Path file, List<Path> made) {}

  /** The place of a new file of that name, whose folders are made. */
  Place place(TableName name) throws IOException {
    List<String> below = below(name);
    for (String segment : below) {
      if (!isPlain(segment)) {
        throw illegal(name, "the segment " + Quoted.of(segment) + " can't be a file's name here");
      }
      int bytes = segment.getBytes(StandardCharsets.UTF_8).length;
      if (bytes > Limits.FILE_NAME_BYTES) {
        throw illegal(name, "a file's name has up to " + Limits.FILE_NAME_BYTES + " bytes");
      }
    }
    List<Path> made = new ArrayList<>();
    Path parent = folder;
    try {
      for (String segment : below.subList(0, below.size() - 1)) {
        parent = entered(parent, segment, name, made);
      }
      return new Place(parent.resolve(below.getLast()), made);
    } catch (InvalidPathException e) {
      throw illegal(name, "this machine has no file names like it");
    }
  }

  /** What a name is in its folder, be it a link; empty where it leads nowhere in here. */
  Optional<Path> entry(TableName name) throws IOException {
    List<String> below = below(name);
    Path parent = resolve(below.subList(0, below.size() - 1)).toRealPath();
    return isInside(parent) && below.stream().allMatch(Root::isPlain)
        ? Optional.of(parent.resolve(below.getLast()))
        : Optional.empty();
  }

  private Path entered(Path parent, String segment, TableName name, List<Path> made)
      throws IOException {
    Path child = parent.resolve(segment);
    if (!Files.exists(child, LinkOption.NOFOLLOW_LINKS)) {
      try {
        Files.createDirectory(child);
        made.add(child);
        Durably.force(parent);
      } catch (FileAlreadyExistsException somebodyElseDid) {
        // as well
      }
    }
    Path real;
    try {
      real = child.toRealPath();
    } catch (NoSuchFileException e) {
      throw illegal(name, "'" + segment + "' is a link that leads nowhere");
    }
    if (!isInside(real)) {
      throw illegal(name, "'" + segment + "' is a link that leads out of the datasets");
    }
    if (!Files.isDirectory(real)) {
      throw illegal(name, "'" + segment + "' is a file, so nothing can be below it");
    }
    return real;
  }

  boolean isInside(Path real) {
    return real.startsWith(folder);
  }

  private List<String> below(TableName name) {
    return name.segments().subList(prefix.size(), name.segments().size());
  }

  private Path resolve(List<String> segments) {
    Path path = folder;
    for (String segment : segments) {
      path = path.resolve(segment);
    }
    return path;
  }

  /** Nothing hidden, nothing that leads up, nothing that another machine would take for two. */
  static boolean isPlain(String segment) {
    return !segment.isEmpty()
        && !segment.startsWith(".")
        && segment.indexOf('/') < 0
        && segment.indexOf('\\') < 0
        && segment.indexOf('\0') < 0;
  }

  private static DatasetException illegal(TableName name, String why) {
    return new DatasetException(
        DatasetException.Kind.ILLEGAL_NAME,
        name,
        "no file can be written as " + Quoted.of(name.toString()) + ": " + why,
        null);
  }
}
