package dev.hangar.cli;

import dev.hangar.client.BatchMemory;
import dev.hangar.client.RowSource;
import dev.hangar.query.file.DataFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.jspecify.annotations.Nullable;

/** The rows of a file, which is open from the start, and opened again for who wants them again. */
final class FileRows implements RowSource, AutoCloseable {
  private final Path file;
  private final BufferAllocator allocator;
  private final OptionalLong rows;
  private @Nullable DataFile first;

  FileRows(Path file, BufferAllocator allocator) throws IOException {
    this.file = file;
    this.allocator = allocator;
    this.first = DataFile.open(file, allocator);
    this.rows = first.rows();
  }

  /** How many there are, where the file says so. */
  OptionalLong rows() {
    return rows;
  }

  @Override
  public ArrowReader open() throws IOException {
    DataFile data = first == null ? DataFile.open(file, allocator) : first;
    first = null;
    return data.reader();
  }

  @Override
  public BatchMemory memory(ArrowReader reader) {
    return BatchMemory.FRESH;
  }

  /** Closes the file where nobody has read it. */
  @Override
  public void close() throws IOException {
    if (first != null) {
      first.close();
    }
  }
}
