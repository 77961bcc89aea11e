package dev.hangar.store;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * Tables under names, each with one current version.
 *
 * <p>Thread-safe. Once closed, every method throws {@link IllegalStateException}; leases still open
 * stay valid. Any method may throw {@link StorageException}, if the store is on a disk.
 */
public interface TableStore extends AutoCloseable {
  /**
   * A lease on the table's current version.
   *
   * @throws NoSuchTableException if there is none of that name
   */
  TableVersion open(TableName name);

  /**
   * A lease on a certain version: the current one, or one replaced but {@linkplain
   * TableVersion#keepUntil kept}.
   *
   * @throws NoSuchTableException if there is no table of that name
   * @throws NoSuchVersionException if it has no such version, or no longer
   */
  TableVersion open(TableName name, long version);

  /** Whether there is a table of that name. */
  boolean contains(TableName name);

  /** The current version of every table, by name. */
  List<TableSummary> list();

  /**
   * Every version of a table that can be opened, the latest first.
   *
   * @throws NoSuchTableException if there is none of that name
   */
  List<TableSummary> versions(TableName name);

  /**
   * A writer of the table's next version, or of its first.
   *
   * @param origin opaque bytes that summaries give back
   * @param schema a bare IPC {@code Message} with a {@code Schema}; copied
   * @throws InvalidDataException if the schema is not what it claims to be, or is not the one of
   *     the table that is to be appended to
   * @throws TableExistsException if the table is to be created and is there
   * @throws VersionConflictException if it is not at the version it should be
   */
  TableWriter write(TableName name, byte[] origin, ByteBuffer schema, WriteOptions options);

  /** A writer that replaces what is there. */
  default TableWriter write(TableName name, byte[] origin, ByteBuffer schema) {
    return write(name, origin, schema, WriteOptions.DEFAULT);
  }

  /**
   * Begins an upload in parts: nobody sees them before {@link Change.Finish}.
   *
   * @param origin opaque bytes that summaries give back
   * @return the upload's name, which nobody can guess
   */
  String startUpload(TableName name, byte[] origin, WriteOptions options);

  /**
   * A writer of one part of an upload, whose commit keeps it for the upload's end. A part that is
   * sent again takes the place of the one before.
   *
   * @param number where it stands among the others; 0 or more, gaps do not matter
   * @throws NoSuchUploadException if there is no such upload
   * @throws InvalidDataException if the schema is not what it claims to be, or not that of the
   *     other parts
   */
  TableWriter writePart(String upload, int number, ByteBuffer schema);

  /**
   * Ends an upload and lets go of its parts.
   *
   * @throws NoSuchUploadException if there is no such upload
   */
  void abortUpload(String upload);

  /**
   * The table an upload is for, also where it is finished already.
   *
   * @throws NoSuchUploadException if there is no such upload
   */
  TableName uploadTable(String upload);

  /**
   * Does all of {@code changes}, in their order, or none of them; no reader sees some without the
   * others.
   *
   * @return the tables that changed, as they are now; of those that are gone the last version
   */
  List<TableSummary> commit(List<Change> changes);

  /** Removes a table with all its versions; those under lease go when it ends. False if none. */
  boolean drop(TableName name);

  /** Drops every table and tells how many there were. */
  int clear();

  /**
   * Frees memory for others: first the replaced versions that only tickets keep, then, where tables
   * in memory are copies of what is elsewhere, those that were read longest ago. Does nothing once
   * the store is closed.
   *
   * @param bytes how much is missing
   * @return the bytes of the bodies that were let go
   */
  long reclaim(long bytes);

  /** What the tables take of the memory now. */
  MemoryUse memory();

  /** Ends what holds resources. Tables on disk stay there; those in memory are gone. */
  @Override
  void close();
}
