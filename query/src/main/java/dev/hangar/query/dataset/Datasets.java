package dev.hangar.query.dataset;

import dev.hangar.query.arrow.SharedMemory;
import dev.hangar.query.dataset.DatasetException.Kind;
import dev.hangar.query.file.FileFormat;
import dev.hangar.store.Quoted;
import dev.hangar.store.TableName;
import dev.hangar.store.TableWriter;
import dev.hangar.store.local.NearestNames;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * The files below the mounted folders of a server, by name. What is there is looked up each time:
 * others may write there too. Thread-safe.
 */
public final class Datasets implements AutoCloseable {
  private static final String PARQUET = ".parquet";

  private final List<Root> roots;
  private final DatasetReader reader;

  /** Without a folder there are none. */
  public static Datasets none() {
    return new Datasets(List.of(), Limits.READERS_BYTES, SharedMemory.UNCOUNTED);
  }

  /**
   * The datasets of some folders; of a name that is in several, that of the first.
   *
   * @param memoryBytes what those who read may take together, in DuckDB, and as much again on its
   *     way out
   * @param memory what each who reads or writes is charged for its part of that
   * @throws UncheckedIOException a folder is gone
   */
  public static Datasets of(List<Mount> mounts, long memoryBytes, SharedMemory memory) {
    List<Root> roots = new ArrayList<>();
    try {
      for (Mount mount : mounts) {
        roots.add(Root.of(mount));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("a folder of datasets can't be used: " + e.getMessage(), e);
    }
    return new Datasets(roots, memoryBytes, memory);
  }

  private Datasets(List<Root> roots, long memoryBytes, SharedMemory memory) {
    this.roots = List.copyOf(roots);
    this.reader = new DatasetReader(roots(), memoryBytes, memory);
  }

  /** The folders, reached without links: all that reading touches lies below them. */
  public List<Path> roots() {
    return roots.stream().map(Root::folder).toList();
  }

  /** Whether a name means a file, whatever tables there are. */
  public boolean isFile(TableName name) {
    return name.segments().getLast().toLowerCase(Locale.ROOT).endsWith(PARQUET)
        && roots.stream().anyMatch(root -> root.holds(name));
  }

  /** Removes what writers have left that were killed; takes as long as looking through all. */
  public void removeStaleFiles(Instant before) {
    roots().forEach(root -> StaleFiles.remove(root, before));
  }

  /** The dataset of that name; empty where there is none. */
  public Optional<Dataset> find(TableName name) {
    for (Root root : roots) {
      Optional<Path> place = root.holds(name) ? root.find(name) : Optional.empty();
      Optional<Dataset> found = place.flatMap(path -> dataset(name, path));
      if (found.isPresent()) {
        return found;
      }
    }
    return roots.stream()
        .filter(root -> root.own().equals(Optional.of(name)))
        .flatMap(root -> dataset(name, root.folder()).stream())
        .findFirst();
  }

  /** The dataset at a place that was reached without links; empty where there is none. */
  private Optional<Dataset> dataset(TableName name, Path place) {
    try {
      if (Files.isDirectory(place, LinkOption.NOFOLLOW_LINKS)) {
        List<FileStamp> files = Partitions.files(place);
        return files.isEmpty()
            ? Optional.empty()
            : Optional.of(new Dataset(name, place, true, files, reader));
      }
      boolean isFile = Files.isRegularFile(place, LinkOption.NOFOLLOW_LINKS);
      return isFile && format(name).isPresent()
          ? Optional.of(new Dataset(name, place, false, List.of(FileStamp.of(place)), reader))
          : Optional.empty();
    } catch (IOException gone) {
      return Optional.empty();
    }
  }

  /** The format that a name says its file has. */
  private static Optional<FileFormat> format(TableName name) {
    try {
      return FileFormat.ofEnding(Path.of(name.segments().getLast()));
    } catch (InvalidPathException none) {
      return Optional.empty();
    }
  }

  /**
   * Begins to write a Parquet file, which appears under its name when its writer commits, in place
   * of one that may have been there.
   *
   * @param schema a bare IPC message
   * @param mustBeNew whether it fails where there is one already
   * @throws DatasetException no file can be written there, or too many are written
   */
  public TableWriter write(TableName name, ByteBuffer schema, boolean mustBeNew) {
    Root root =
        roots.stream()
            .filter(each -> each.holds(name))
            .findFirst()
            .orElseThrow(() -> missing(name));
    return reader.write(root, name, schema, mustBeNew);
  }

  /**
   * Removes a file. Of a link only the link goes.
   *
   * @throws DatasetException there is none, or it is a folder of several
   */
  public void drop(TableName name) {
    Dataset dataset = get(name);
    if (dataset.isPartitioned()) {
      throw new DatasetException(
          Kind.REFUSED,
          name,
          "%s is a folder of %d files; remove them on the server's disk"
              .formatted(Quoted.of(name.toString()), dataset.files().size()),
          null);
    }
    for (Root root : roots) {
      if (root.holds(name) && root.find(name).isPresent()) {
        remove(root, name);
        return;
      }
    }
    throw missing(name);
  }

  private void remove(Root root, TableName name) {
    try {
      Path entry = root.entry(name).orElseThrow(() -> missing(name));
      Files.delete(entry);
      Path folder = entry.getParent();
      if (folder != null) {
        Durably.force(folder);
      }
    } catch (NoSuchFileException gone) {
      throw missing(name);
    } catch (IOException e) {
      throw new DatasetException(
          Kind.DISK,
          name,
          Quoted.of(name.toString()) + " can't be removed: the server may not change its folder",
          e);
    }
  }

  /** The dataset of that name, or a failure that names what is near. */
  public Dataset get(TableName name) {
    return find(name).orElseThrow(() -> missing(name));
  }

  /** Why there is nothing to be read under a name. */
  public DatasetException missing(TableName name) {
    List<TableName> near = nearest(name);
    String hint =
        near.isEmpty()
            ? " and none with a name like it; list the flights to see what there is"
            : near.stream()
                .map(other -> Quoted.of(other.toString()))
                .collect(Collectors.joining(", ", "; nearest: ", ""));
    return new DatasetException(
        Kind.NOT_FOUND, name, "no file " + Quoted.of(name.toString()) + hint, near, null);
  }

  /** Why a ticket for files that were other ones can't be redeemed. */
  public DatasetException changed(TableName name) {
    return DatasetFailures.changed(name, "since the ticket for it was made", null);
  }

  /** Why a file that was another one can't be read on. */
  public DatasetException changedMeanwhile(TableName name) {
    return DatasetFailures.changed(name, "while it was read", null);
  }

  /** At most three names that are like one that is none. */
  public List<TableName> nearest(TableName name) {
    return NearestNames.to(name, names(dev.hangar.store.Limits.NEAREST_CANDIDATES));
  }

  /** So many names of datasets, at most. */
  private List<TableName> names(int most) {
    List<TableName> names = new ArrayList<>();
    each((name, _) -> names.size() < most && names.add(name));
    return names;
  }

  /**
   * Tells of every dataset, folder by folder, until {@code next} says that it is enough. Whether
   * each can be read nobody has looked yet.
   */
  public void list(Predicate<Dataset> next) {
    each((name, place) -> dataset(name, place).map(next::test).orElse(true));
  }

  private void each(BiPredicate<TableName, Path> next) {
    Set<TableName> told = new HashSet<>();
    boolean[] goesOn = {true};
    for (Root root : roots) {
      try {
        FolderWalk.through(
            root,
            (name, place) -> {
              goesOn[0] = goesOn[0] && (!told.add(name) || next.test(name, place));
              return goesOn[0];
            });
      } catch (IOException gone) {
        // somebody took the folder away: there is nothing in it
      }
    }
  }

  /** Ends what is still read. */
  @Override
  public void close() {
    try {
      reader.close();
    } catch (SQLException e) {
      throw new IllegalStateException("what reads datasets can't be closed", e);
    }
  }
}
