package dev.hangar.query.sql;

/** The memory that statements share with all else. Thread-safe. */
public interface SqlMemory {
  /** Takes so many bytes; false, and none taken, if they are not there. */
  boolean tryReserve(long bytes);

  /** Gives back as many. */
  void release(long bytes);

  /** Bytes that are taken, by whomever. */
  long usedBytes();
}
