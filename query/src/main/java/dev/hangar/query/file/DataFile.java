package dev.hangar.query.file;

import dev.hangar.query.arrow.RelabelledReader;
import dev.hangar.query.duckdb.DuckDb;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalLong;
import org.apache.arrow.compression.CommonsCompressionFactory;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowFileReader;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * An open file of rows, read as a stream of record batches in constant memory. Its format is found
 * by content, then by the ending of its name. One thread at a time.
 */
public final class DataFile implements AutoCloseable {
  private final FileFormat format;
  private final OptionalLong rows;
  private final ArrowReader reader;

  private DataFile(FileFormat format, OptionalLong rows, ArrowReader reader) {
    this.format = format;
    this.rows = rows;
    this.reader = reader;
  }

  /**
   * Opens a Parquet, CSV, JSON lines or Arrow file.
   *
   * @throws DataFileException it can't be read, or is of another format; nothing stays open
   */
  public static DataFile open(Path file, BufferAllocator allocator) throws IOException {
    FileContent content = FileContent.of(file);
    return open(content, content.format(), allocator, new ArrayDeque<>());
  }

  /**
   * Opens what a pipe delivers. An Arrow stream is read as it comes; anything else is first copied
   * to a temporary file, which is deleted on close. Takes ownership of {@code in}.
   *
   * @param name what messages call it; its ending counts as a file's does
   */
  public static DataFile open(InputStream in, String name, BufferAllocator allocator)
      throws IOException {
    var buffered = new BufferedInputStream(in, FileContent.HEAD_BYTES);
    Deque<AutoCloseable> sources = new ArrayDeque<>();
    sources.push(buffered);
    Path named = Path.of(name);
    if (FileContent.isArrowStream(buffered)) {
      var batches =
          new ArrowStreamReader(
              Channels.newChannel(buffered), allocator, CommonsCompressionFactory.INSTANCE);
      sources.push(batches);
      var failures = new FileFailures(named, FileFormat.ARROW_STREAM);
      return of(
          FileFormat.ARROW_STREAM, OptionalLong.empty(), batches, allocator, failures, sources);
    }
    if (FileContent.isEmpty(buffered)) {
      buffered.close();
      throw FileContent.empty(named);
    }
    Path folder = Files.createTempDirectory("hangar-");
    Path copy = folder.resolve(named.getFileName());
    sources.push(() -> Files.deleteIfExists(folder));
    sources.push(() -> Files.deleteIfExists(copy));
    try {
      Files.copy(buffered, copy, StandardCopyOption.REPLACE_EXISTING);
      FileContent content = FileContent.of(copy);
      return open(content, content.format(), allocator, sources);
    } catch (IOException e) {
      closeAfter(e, new FileFailures(named, FileFormat.CSV), sources);
      throw e;
    }
  }

  private static DataFile open(
      FileContent content,
      FileFormat format,
      BufferAllocator allocator,
      Deque<AutoCloseable> sources)
      throws IOException {
    var failures = new FileFailures(content.file(), format);
    try {
      return switch (format) {
        case PARQUET, CSV, JSON_LINES -> openSql(content, format, allocator, failures, sources);
        case ARROW_FILE -> openArrowFile(content.file(), allocator, failures, sources);
        case ARROW_STREAM -> openArrowStream(content.file(), allocator, failures, sources);
      };
    } catch (IOException | SQLException | RuntimeException e) {
      IOException failed = failures.reading(e);
      closeAfter(failed, failures, sources);
      throw failed;
    }
  }

  private static DataFile openSql(
      FileContent content,
      FileFormat format,
      BufferAllocator allocator,
      FileFailures failures,
      Deque<AutoCloseable> sources)
      throws IOException, SQLException {
    DuckDb db = DuckDb.on(content.file());
    sources.push(db);
    SqlSource source = SqlSource.of(db, content, format);
    if (source.isWide()) {
      db.useLargeText();
    }
    ArrowReader batches = db.stream(source.sql(), source.batchRows(), allocator);
    sources.push(batches);
    Schema read = batches.getVectorSchemaRoot().getSchema();
    Schema wanted = source.stored().map(stored -> stored.applied(read)).orElse(read);
    if (wanted.equals(read)) {
      return of(format, source.rows(), batches, allocator, failures, sources);
    }
    var relabelled = new RelabelledReader(batches, wanted, allocator);
    sources.push(relabelled);
    return of(format, source.rows(), relabelled, allocator, failures, sources);
  }

  private static DataFile openArrowFile(
      Path file, BufferAllocator allocator, FileFailures failures, Deque<AutoCloseable> sources)
      throws IOException {
    FileChannel channel = FileChannel.open(file);
    sources.push(channel);
    var batches = new ArrowFileReader(channel, allocator, CommonsCompressionFactory.INSTANCE);
    sources.push(batches);
    OptionalLong rows = ArrowFileRows.count(batches, channel);
    return of(FileFormat.ARROW_FILE, rows, batches, allocator, failures, sources);
  }

  private static DataFile openArrowStream(
      Path file, BufferAllocator allocator, FileFailures failures, Deque<AutoCloseable> sources)
      throws IOException {
    FileChannel channel = FileChannel.open(file);
    sources.push(channel);
    var batches = new ArrowStreamReader(channel, allocator, CommonsCompressionFactory.INSTANCE);
    sources.push(batches);
    return of(FileFormat.ARROW_STREAM, OptionalLong.empty(), batches, allocator, failures, sources);
  }

  private static DataFile of(
      FileFormat format,
      OptionalLong rows,
      ArrowReader batches,
      BufferAllocator allocator,
      FileFailures failures,
      Deque<AutoCloseable> sources)
      throws IOException {
    batches.getVectorSchemaRoot(); // the schema is known, or the file is refused, at once
    return new DataFile(format, rows, new FileReader(batches, allocator, failures, sources));
  }

  private static void closeAfter(
      IOException failed, FileFailures failures, Deque<AutoCloseable> sources) {
    try {
      failures.closeAll(sources);
    } catch (IOException e) {
      failed.addSuppressed(e);
    }
  }

  /** The format the file turned out to have. */
  public FileFormat format() {
    return format;
  }

  /** How many rows the file has, where its metadata says so. */
  public OptionalLong rows() {
    return rows;
  }

  /** The file's batches. Closing it closes the file. */
  public ArrowReader reader() {
    return reader;
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}
