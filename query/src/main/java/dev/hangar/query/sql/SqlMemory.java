package dev.hangar.query.sql;

import dev.hangar.query.arrow.SharedMemory;

/** The memory that statements share with all else. Thread-safe. */
public interface SqlMemory extends SharedMemory {
  /** Bytes that are taken, by whomever. */
  long usedBytes();
}
