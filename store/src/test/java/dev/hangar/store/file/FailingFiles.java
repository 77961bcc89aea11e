package dev.hangar.store.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Files on a disk that fails when it is told to.
 *
 * <p>Counts what is asked of it: create, write, force, rename, delete, sync, list, map and making
 * directories. Closing is not counted and never fails. Thread-safe.
 */
public final class FailingFiles implements FileLayer {
  private final FileLayer files;
  private final AtomicInteger open = new AtomicInteger();
  private long operations;
  private long failing = Long.MAX_VALUE;
  private boolean isFailingOn;
  private boolean isWritingShort;
  private String message = "";

  public FailingFiles(FileLayer files) {
    this.files = files;
  }

  /**
   * Lets one operation fail with an {@link IOException}.
   *
   * @param number its number from now, counted from 1
   */
  public synchronized FailingFiles failAt(long number, String message) {
    this.failing = operations + number;
    this.message = message;
    return this;
  }

  /** And all that come after it. */
  public synchronized FailingFiles goOn() {
    isFailingOn = true;
    return this;
  }

  /** A write that fails has written half of its bytes. */
  public synchronized FailingFiles writeShort() {
    isWritingShort = true;
    return this;
  }

  /** From now on nothing fails. */
  public synchronized void heal() {
    failing = Long.MAX_VALUE;
    isFailingOn = false;
    isWritingShort = false;
  }

  /** What was asked of it so far. */
  public synchronized long operations() {
    return operations;
  }

  /** Whether the operation that was to fail has come. */
  public synchronized boolean hasFailed() {
    return operations >= failing;
  }

  /** Files and mappings that are not closed. */
  public int open() {
    return open.get();
  }

  private synchronized boolean fails() {
    operations++;
    return operations == failing || isFailingOn && operations > failing;
  }

  private synchronized IOException failure() {
    return new IOException(message);
  }

  private void count() throws IOException {
    if (fails()) {
      throw failure();
    }
  }

  @Override
  public void createDirectories(Path directory) throws IOException {
    count();
    files.createDirectories(directory);
  }

  @Override
  public WritableFile create(Path file) throws IOException {
    count();
    var created = files.create(file);
    open.incrementAndGet();
    return new FailingFile(created);
  }

  @Override
  public MappedFile map(Path file) throws IOException {
    count();
    var mapped = files.map(file);
    open.incrementAndGet();
    return new CountedMapping(mapped);
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    count();
    files.rename(from, to);
  }

  @Override
  public void delete(Path file) throws IOException {
    count();
    files.delete(file);
  }

  @Override
  public void sync(Path directory) throws IOException {
    count();
    files.sync(directory);
  }

  @Override
  public List<Path> list(Path directory) throws IOException {
    count();
    return files.list(directory);
  }

  private final class FailingFile implements WritableFile {
    private final WritableFile file;
    private boolean isClosed;

    FailingFile(WritableFile file) {
      this.file = file;
    }

    @Override
    public void write(ByteBuffer... buffers) throws IOException {
      if (fails()) {
        writeHalf(buffers);
        throw failure();
      }
      file.write(buffers);
    }

    private void writeHalf(ByteBuffer... buffers) throws IOException {
      for (var buffer : isWritingShort ? buffers : new ByteBuffer[0]) {
        file.write(buffer.slice(buffer.position(), buffer.remaining() / 2));
      }
    }

    @Override
    public long size() {
      return file.size();
    }

    @Override
    public void force() throws IOException {
      count();
      file.force();
    }

    @Override
    public void close() throws IOException {
      if (!isClosed) {
        isClosed = true;
        open.decrementAndGet();
      }
      file.close();
    }
  }

  private final class CountedMapping implements MappedFile {
    private final MappedFile mapping;

    CountedMapping(MappedFile mapping) {
      this.mapping = mapping;
    }

    @Override
    public long size() {
      return mapping.size();
    }

    @Override
    public ByteBuffer slice(long offset, int length) {
      return mapping.slice(offset, length);
    }

    @Override
    public void close() {
      mapping.close();
      open.decrementAndGet();
    }
  }
}
