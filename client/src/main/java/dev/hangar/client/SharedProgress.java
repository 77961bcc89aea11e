package dev.hangar.client;

/** How far several threads are together. Thread-safe. */
final class SharedProgress {
  private final Progress progress;
  private long rows;
  private long bytes;
  private int repeats;

  SharedProgress(Progress progress) {
    this.progress = progress;
  }

  /** So much more is sent; or less, where it has to be sent again. */
  synchronized void add(long moreRows, long moreBytes) {
    rows += moreRows;
    bytes += moreBytes;
    progress.update(rows, bytes);
  }

  synchronized void waiting(String why) {
    progress.waiting(why);
  }

  /** Something is sent again. */
  synchronized void repeated() {
    repeats++;
  }

  synchronized int repeats() {
    return repeats;
  }

  synchronized long rows() {
    return rows;
  }

  synchronized long bytes() {
    return bytes;
  }
}
