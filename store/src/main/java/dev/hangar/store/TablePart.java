package dev.hangar.store;

import java.util.List;

/**
 * A run of a version's messages that is kept, read and sent as one. It begins with the dictionaries
 * its batches need. Valid as long as the lease it came from. Thread-safe.
 */
public interface TablePart {
  /** Rows of its record batches. */
  long rows();

  /** Bytes of its bodies. */
  long bytes();

  /**
   * Its messages, in the order they were appended. Of a part on disk each is checked when it is
   * asked for.
   *
   * @throws DamagedPartException if the part is not what was stored; here, or from the list
   */
  List<Batch> batches();
}
