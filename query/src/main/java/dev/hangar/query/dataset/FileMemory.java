package dev.hangar.query.dataset;

/** The memory that who reads and writes files shares with all else. Thread-safe; never blocks. */
public interface FileMemory {
  /** Where nobody counts: there is always enough. */
  FileMemory UNCOUNTED =
      new FileMemory() {
        @Override
        public boolean tryReserve(long bytes) {
          return true;
        }

        @Override
        public void release(long bytes) {}
      };

  /** Takes so many bytes; false, and none taken, if they are not there. */
  boolean tryReserve(long bytes);

  /** Gives back as many. */
  void release(long bytes);
}
