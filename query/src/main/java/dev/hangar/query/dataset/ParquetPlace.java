package dev.hangar.query.dataset;

import dev.hangar.query.arrow.BatchReader;
import dev.hangar.query.arrow.BatchSource;
import dev.hangar.query.dataset.DatasetException.Kind;
import dev.hangar.query.file.DataFileWriter;
import dev.hangar.query.file.FileFormat;
import dev.hangar.store.Quoted;
import dev.hangar.store.TableName;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.stream.IntStream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Where one Parquet file goes: it is written aside, forced to the disk, and shown whole under its
 * name. Whatever goes wrong, nothing is left. One thread at a time.
 */
final class ParquetPlace {
  /** Folders are made, and removed again where nothing came of them, by one at a time. */
  private static final Object FOLDERS = new Object();

  private final TableName name;
  private final Path target;
  private final Path aside;
  private final List<Path> made;
  private final boolean mustBeNew;

  private ParquetPlace(
      TableName name, Path target, Path aside, List<Path> made, boolean mustBeNew) {
    this.name = name;
    this.target = target;
    this.aside = aside;
    this.made = made;
    this.mustBeNew = mustBeNew;
  }

  /**
   * Takes a place, whose folders are made.
   *
   * @throws DatasetException no file can be written there, or there is one and must not be
   */
  static ParquetPlace take(Root root, TableName name, boolean mustBeNew) {
    synchronized (FOLDERS) {
      Root.Place place = null;
      try {
        place = root.place(name);
        requireFree(place.file(), name, mustBeNew);
        // hidden, so nobody lists it; StaleFiles knows the pattern
        Path aside = place.file().resolveSibling(".hangar-" + UUID.randomUUID() + ".part");
        Files.createFile(aside);
        return new ParquetPlace(name, place.file(), aside, place.made(), mustBeNew);
      } catch (IOException | DatasetException e) {
        remove(place == null ? List.of() : place.made());
        throw WriteFailures.of(name, name.toString(), e);
      }
    }
  }

  private static void requireFree(Path file, TableName name, boolean mustBeNew) {
    if (Files.isDirectory(file)) {
      throw new DatasetException(
          Kind.ILLEGAL_NAME, name, Quoted.of(name.toString()) + " is a folder", null);
    }
    if (mustBeNew && Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      throw exists(name);
    }
  }

  /** Writes the file, and shows it. */
  void write(ByteBuffer schema, BatchSource batches, BufferAllocator allocator, long memoryBytes) {
    try {
      Schema columns = BatchReader.schema(schema.duplicate());
      List<Integer> all = IntStream.range(0, columns.getFields().size()).boxed().toList();
      var writer = new DataFileWriter(allocator, rows -> {}, OptionalLong.of(memoryBytes));
      try (ArrowReader reader = new BatchReader(columns, all, batches, allocator)) {
        writer.write(reader, aside, FileFormat.PARQUET);
      }
      show();
    } catch (IOException | RuntimeException e) {
      throw WriteFailures.of(name, aside.toString(), e);
    } finally {
      leave();
    }
  }

  private void show() throws IOException {
    Durably.force(aside);
    if (mustBeNew) {
      try {
        Files.createLink(target, aside); // a move would replace what came meanwhile
      } catch (FileAlreadyExistsException e) {
        throw exists(name);
      }
    } else {
      Files.move(aside, target, StandardCopyOption.ATOMIC_MOVE);
    }
    Path folder = target.getParent();
    if (folder != null) {
      Durably.force(folder);
    }
  }

  private void leave() {
    synchronized (FOLDERS) {
      try {
        Files.deleteIfExists(aside);
      } catch (IOException e) {
        return; // the next start removes it
      }
      remove(made);
    }
  }

  /** Removes folders that are still empty, innermost first. */
  private static void remove(List<Path> folders) {
    for (Path folder : folders.reversed()) {
      try {
        Files.deleteIfExists(folder);
      } catch (IOException somethingIsInIt) {
        return;
      }
    }
  }

  private static DatasetException exists(TableName name) {
    return new DatasetException(
        Kind.EXISTS,
        name,
        "there is a file " + Quoted.of(name.toString()) + " already; drop it first",
        null);
  }
}
