package dev.hangar.store;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * Tables under names, each with one current version.
 *
 * <p>Thread-safe. Once closed, every method throws {@link IllegalStateException}; leases still open
 * stay valid.
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

  /** The current version of every table, by name. */
  List<TableSummary> list();

  /**
   * A writer of the table's next version, or of its first.
   *
   * @param origin opaque bytes that summaries give back
   * @param schema a bare IPC {@code Message} with a {@code Schema}; copied
   * @throws InvalidDataException if the schema is not what it claims to be
   */
  TableWriter write(TableName name, byte[] origin, ByteBuffer schema);

  /** Removes a table with all its versions; those under lease go when it ends. False if none. */
  boolean drop(TableName name);

  /** Drops every table and tells how many there were. */
  int clear();

  /**
   * Frees the replaced versions that only tickets keep, for a store short of memory. Does nothing
   * once the store is closed.
   *
   * @return the bytes of their bodies
   */
  long releaseSuperseded();

  /** Drops every table and refuses everything from then on. */
  @Override
  void close();
}
