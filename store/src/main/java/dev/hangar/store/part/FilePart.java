package dev.hangar.store.part;

import dev.hangar.store.Batch;
import dev.hangar.store.catalog.Rows;
import dev.hangar.store.file.DiskFailure;
import dev.hangar.store.file.FileLayer;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A part in a file, mapped when somebody first reads and from then on until it is {@linkplain
 * #tryUnmap unmapped} or closed.
 *
 * <p>Mapping, and the check of the file's frame, happen in {@link #hold} while the part's lock is
 * kept. Nobody holds the part at such a time, so that {@link #letGo} never waits for a disk; the
 * last one after {@link #close} unmaps, which touches no file, but takes the system some
 * milliseconds for each gigabyte that was read.
 */
public final class FilePart implements Part {
  private final FileLayer files;
  private final Rows.PartFile stored;
  private final PartLabel label;
  private @Nullable MappedPart mapped;
  private int holds;
  private boolean isClosed;

  /**
   * A part of the catalog; the disk is not touched.
   *
   * @param directory where its file is
   * @param table what messages call its table
   */
  public FilePart(FileLayer files, Path directory, Rows.PartFile stored, String table) {
    this.files = files;
    this.stored = stored;
    this.label = new PartLabel(table, PartFormat.file(directory, stored.id()));
  }

  @Override
  public long rows() {
    return stored.rows();
  }

  @Override
  public long bytes() {
    return stored.bytes();
  }

  @Override
  public int batches() {
    return stored.batches();
  }

  /** What the catalog says of it. */
  public Rows.PartFile stored() {
    return stored;
  }

  /**
   * The schema it was written with, as a bare IPC message; a copy.
   *
   * @throws dev.hangar.store.DamagedPartException if the part is not what was stored
   */
  public ByteBuffer schema() {
    var part = holdMapped();
    try {
      var schema = part.schema();
      return ByteBuffer.allocate(schema.remaining()).put(schema).flip().asReadOnlyBuffer();
    } finally {
      letGo();
    }
  }

  /**
   * Its messages, as views of the mapped file: nothing is copied, and releasing them does nothing.
   * Each has its checksum taken every time it is asked for.
   *
   * @throws dev.hangar.store.StorageException if the file cannot be mapped
   */
  @Override
  public List<Batch> hold() {
    return holdMapped().messages();
  }

  private synchronized MappedPart holdMapped() {
    if (isClosed) {
      throw new IllegalStateException("part %s is closed".formatted(label.file()));
    }
    var part = mapped == null ? map() : mapped;
    mapped = part;
    holds++;
    return part;
  }

  private MappedPart map() {
    try {
      return MappedPart.of(files.map(label.file()), label, stored);
    } catch (NoSuchFileException | FileNotFoundException e) {
      throw label.damaged(-1, "the file is missing", e);
    } catch (IOException e) {
      throw DiskFailure.of("map", label.file(), e);
    }
  }

  @Override
  public synchronized void letGo() {
    if (holds == 0) {
      throw new IllegalStateException(
          "part %s was let go, and nobody held it".formatted(label.file()));
    }
    holds--;
    if (isClosed) {
      tryUnmap();
    }
  }

  /** Gives up the mapping, if there is one that nobody holds; tells whether there was. */
  public synchronized boolean tryUnmap() {
    var part = mapped;
    if (holds > 0 || part == null) {
      return false;
    }
    mapped = null;
    part.close();
    return true;
  }

  /** Whether there is a mapping. */
  public synchronized boolean isMapped() {
    return mapped != null;
  }

  @Override
  public synchronized void close() {
    isClosed = true;
    tryUnmap();
  }
}
