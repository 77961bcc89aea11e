package dev.hangar.store.part;

import dev.hangar.store.Batch;
import dev.hangar.store.Limits;
import dev.hangar.store.StorageException;
import dev.hangar.store.catalog.Rows;
import dev.hangar.store.file.DiskFailure;
import dev.hangar.store.file.FileLayer;
import dev.hangar.store.file.WritableFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Locale;

/**
 * A part on its way to disk, under a temporary name until it is whole ({@link PartFormat}).
 *
 * <p>Memory does not grow with what is written, but for some 50 bytes a message. Every method
 * throws {@link StorageException} if the disk fails; after that the part can only be closed. For
 * one thread at a time.
 */
public final class PartWriter implements AutoCloseable {
  private enum State {
    OPEN,
    FAILED,
    FINISHED,
    CLOSED
  }

  private final FileLayer files;
  private final Path directory;
  private final String id;
  private final ByteBuffer schema;
  private final IndexBuilder index;
  private final WritableFile file;
  private final MessageWriter messages;
  private final WriteBehind behind;
  private State state = State.FAILED;
  private boolean isRenamed;
  private long rows;
  private long bytes;

  /**
   * Begins a part.
   *
   * @param directory a directory that is there
   * @param id the file's name without ending, which no other part has
   * @param schemaMessage a bare IPC {@code Message} that has been checked; copied
   */
  public PartWriter(FileLayer files, Path directory, String id, ByteBuffer schemaMessage) {
    this(files, directory, id, schemaMessage, Limits.FORCE_BYTES);
  }

  PartWriter(FileLayer files, Path directory, String id, ByteBuffer schemaMessage, long stepBytes) {
    this.files = files;
    this.directory = directory;
    this.id = id;
    this.schema =
        ByteBuffer.allocate(schemaMessage.remaining()).put(schemaMessage.duplicate()).flip();
    this.index = new IndexBuilder(schema.limit(), Checksum.of(schema));
    this.file = attempt("create", () -> files.create(temporary()));
    this.messages = new MessageWriter(file);
    var threads = Thread.ofPlatform().daemon().name("hangar-write-behind").factory();
    this.behind = new WriteBehind(file, stepBytes, threads);
    begin();
  }

  private void begin() {
    try {
      run("write", () -> messages.begin(schema));
    } catch (RuntimeException | Error e) {
      try {
        close();
      } catch (StorageException second) {
        e.addSuppressed(second);
      }
      throw e;
    }
  }

  /**
   * Adds a message, which stays the caller's.
   *
   * @param batch has been checked against the schema
   */
  public void append(Batch batch) {
    requireOpen();
    run("write", () -> write(batch));
  }

  private void write(Batch batch) throws IOException {
    index.add(messages.append(batch));
    rows += batch.rows();
    bytes += batch.bodyBytes();
    behind.written();
  }

  /** Rows so far. */
  public long rows() {
    return rows;
  }

  /** Bytes of the bodies so far. */
  public long bytes() {
    return bytes;
  }

  /** Messages so far. */
  public int batches() {
    return index.entries();
  }

  /** The part under its name and on disk, and what the catalog has to know of it. */
  public Rows.PartFile finish() {
    requireOpen();
    int checksum = attempt("write", this::writeFooter);
    run("force", behind::finish);
    run("close", file::close);
    run("rename", this::rename);
    run("force the directory of", () -> files.sync(directory));
    state = State.FINISHED;
    return new Rows.PartFile(id, file.size(), checksum, rows, bytes, batches());
  }

  private int writeFooter() throws IOException {
    var footer = PartFooter.write(schema, index.build());
    var end = ByteBuffer.allocate(PartFormat.END_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    end.putInt(footer.remaining()).put(PartFormat.magic()).flip();
    int checksum = Checksum.of(footer, end);
    messages.end(footer, end);
    return checksum;
  }

  private void rename() throws IOException {
    isRenamed = true; // also if it fails: nobody knows then which name there is
    files.rename(temporary(), PartFormat.file(directory, id));
  }

  /** Without {@link #finish}, or if that failed: removes what there is of the file. */
  @Override
  public void close() {
    if (state == State.FINISHED || state == State.CLOSED) {
      return;
    }
    behind.await();
    try {
      run("close", file::close);
    } finally {
      remove();
      state = State.CLOSED;
    }
  }

  private void remove() {
    try {
      run("delete", () -> files.delete(temporary()));
    } finally {
      if (isRenamed) {
        run("delete the file beside", () -> files.delete(PartFormat.file(directory, id)));
      }
    }
  }

  private interface Action<T> {
    T run() throws IOException;
  }

  private interface Step {
    void run() throws IOException;
  }

  private void run(String doing, Step step) {
    attempt(
        doing,
        () -> {
          step.run();
          return this;
        });
  }

  /** Failed, unless it gets to the end. */
  private <T> T attempt(String doing, Action<T> action) {
    state = State.FAILED;
    try {
      var result = action.run();
      state = State.OPEN;
      return result;
    } catch (IOException e) {
      throw DiskFailure.of(doing, temporary(), e);
    }
  }

  private Path temporary() {
    return PartFormat.temporary(directory, id);
  }

  private void requireOpen() {
    if (state != State.OPEN) {
      throw new IllegalStateException(
          "part %s is %s".formatted(temporary(), state.name().toLowerCase(Locale.ROOT)));
    }
  }
}
