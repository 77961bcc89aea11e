package dev.hangar.query.dataset;

import dev.hangar.query.file.FileFormat;
import dev.hangar.store.TableName;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * A file, or a partitioned folder of files, that can be read as a table; as it was when it was
 * found. Thread-safe.
 *
 * <p>What its files say of themselves is looked up when it is first asked for, and remembered as
 * long as they stay the same. All of that throws a {@link DatasetException} that names the dataset
 * where it can't be read.
 */
public final class Dataset {
  private final TableName name;
  private final Path place;
  private final boolean isPartitioned;
  private final List<FileStamp> files;
  private final DatasetReader reader;

  Dataset(
      TableName name,
      Path place,
      boolean isPartitioned,
      List<FileStamp> files,
      DatasetReader reader) {
    this.name = name;
    this.place = place;
    this.isPartitioned = isPartitioned;
    this.files = List.copyOf(files);
    this.reader = reader;
  }

  public TableName name() {
    return name;
  }

  /** Whether it is a folder partitioned by keys, which are columns. */
  public boolean isPartitioned() {
    return isPartitioned;
  }

  /** Its files, reached without links, in the order they are read. */
  public List<Path> files() {
    return files.stream().map(FileStamp::file).toList();
  }

  /**
   * What stands behind FROM in a statement of DuckDB's to read it: a table function's call, or a
   * query in parentheses. Empty for Arrow's own formats, which {@link #read} gives as they are.
   */
  public Optional<String> scan() {
    return reader.metadata(this).query().map(query -> "(" + query.sql() + ")");
  }

  /** Its rows as vectors. The caller closes the reader. */
  public ArrowReader open(BufferAllocator allocator) {
    return reader.open(this, allocator);
  }

  /** The same text as long as all its files are the same: path, size, time and inode of each. */
  public String fingerprint() {
    return files.stream().map(FileStamp::text).collect(Collectors.joining("\n"));
  }

  /** Whether its files are still what they were when it was found. */
  public boolean isCurrent() {
    return files.stream().allMatch(FileStamp::isCurrent);
  }

  /** What it turned out to be. */
  public FileFormat format() {
    return reader.metadata(this).format();
  }

  public Schema schema() {
    return reader.metadata(this).schema();
  }

  /** The schema of its messages, as a bare IPC message. */
  public ByteBuffer schemaMessage() {
    return reader.metadata(this).message().duplicate();
  }

  /** How many rows it has; -1 where only reading it would tell. */
  public long rows() {
    return reader.metadata(this).rows();
  }

  /** What its rows take in memory, about, where its files say so; else what they take on disk. */
  public long bytes() {
    return reader.metadata(this).bytes();
  }

  /**
   * Parts of it that can be read at the same time, in order.
   *
   * @param leastBytes of each, where there are several
   * @param most how many, at most
   */
  public List<DatasetRange> ranges(long leastBytes, int most) {
    return DatasetRange.of(reader.metadata(this).pieces(), leastBytes, most);
  }

  /** Whether a range may begin and end at any row. */
  public boolean hasRowNumbers() {
    return reader.metadata(this).query().map(query -> !query.position().isEmpty()).orElse(false);
  }

  /** The messages of its rows, made as they are read. The caller closes them. */
  public DatasetMessages read(DatasetRange range) {
    return reader.read(this, range);
  }

  /** What it is on the disk: a file, or the folder. */
  Path place() {
    return place;
  }

  List<FileStamp> stamps() {
    return files;
  }

  @Override
  public String toString() {
    return name.toString();
  }
}
