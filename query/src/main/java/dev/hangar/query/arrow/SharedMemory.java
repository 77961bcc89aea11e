package dev.hangar.query.arrow;

/** Memory of the process that work here shares with all else. Thread-safe; never blocks. */
public interface SharedMemory {
  /** Where nobody counts: there is always enough. */
  SharedMemory UNCOUNTED =
      new SharedMemory() {
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
