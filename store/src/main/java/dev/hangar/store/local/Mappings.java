package dev.hangar.store.local;

import dev.hangar.store.part.FilePart;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;

/**
 * The files that are mapped, in the order they were last read: those nobody reads stay so up to a
 * number. Thread-safe.
 */
final class Mappings {
  private final int limit;
  private final Background background;
  private final LinkedHashSet<FilePart> mapped = new LinkedHashSet<>();

  Mappings(int limit, Background background) {
    this.limit = limit;
    this.background = background;
  }

  CachedPart part(FilePart file) {
    return new CachedPart(this, file);
  }

  void opened(FilePart file) {
    boolean isOver;
    synchronized (this) {
      mapped.addLast(file);
      isOver = mapped.size() > limit;
    }
    if (isOver) {
      background.run(this::trim);
    }
  }

  /** Bytes of what is mapped. */
  synchronized long bytes() {
    return mapped.stream().mapToLong(FilePart::bytes).sum();
  }

  synchronized void closed(FilePart file) {
    mapped.remove(file);
  }

  private void trim() {
    for (FilePart file : longestUnread()) {
      if (file.tryUnmap()) {
        closed(file);
      }
    }
  }

  private synchronized List<FilePart> longestUnread() {
    int over = Math.max(0, mapped.size() - limit);
    return new ArrayList<>(mapped).subList(0, over);
  }
}
