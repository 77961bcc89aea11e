package dev.hangar.server;

import com.google.protobuf.ByteString;
import dev.hangar.query.dataset.DatasetRange;
import dev.hangar.store.TableName;

/** What a client asks to read. */
sealed interface Request {
  TableName table();

  /** A table as it is now. */
  record Latest(TableName table) implements Request {}

  /** A version that the client knows by its number. */
  record Numbered(TableName table, long version) implements Request {}

  /**
   * Adjacent parts of a certain version of a table: what a ticket of ours stands for.
   *
   * @param ticket the ticket's own number
   * @param kept whether the version is kept for this ticket
   */
  record Pinned(TableName table, long version, long ticket, boolean kept, PartRange parts)
      implements Request {}

  /**
   * A part of a dataset: what a ticket of ours for files stands for.
   *
   * @param print of the files as they have to be ({@link DatasetTickets#print})
   */
  record FileRange(TableName table, ByteString print, DatasetRange range) implements Request {}
}
