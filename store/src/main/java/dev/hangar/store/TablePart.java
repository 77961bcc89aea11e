package dev.hangar.store;

/**
 * A run of a version's messages that is kept, read and sent as one. It begins with the dictionaries
 * its batches need. Thread-safe.
 */
public interface TablePart {
  /** Rows of its record batches. */
  long rows();

  /** Bytes of its bodies. */
  long bytes();

  /**
   * Makes it ready to be read: a version may have more parts than a process can map at once.
   *
   * @throws DamagedPartException if the part is not what was stored
   * @throws IllegalStateException if the lease it came from is closed
   */
  OpenPart open();

  /** The same object for the same part, whatever lease or version it was reached through. */
  default Object identity() {
    return this;
  }
}
