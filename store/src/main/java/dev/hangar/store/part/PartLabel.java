package dev.hangar.store.part;

import dev.hangar.store.DamagedPartException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** What messages about a part call it. Immutable. */
record PartLabel(String table, Path file) {
  /**
   * A part that is not what was stored.
   *
   * @param offset where in the file; -1: there is no file
   */
  DamagedPartException damaged(long offset, String what, @Nullable Throwable cause) {
    return new DamagedPartException(
        "table %s: part %s: %s; restore the file from a copy, or put the table again"
            .formatted(table, file, what),
        what,
        offset,
        cause);
  }

  DamagedPartException damaged(long offset, String what) {
    return damaged(offset, what, null);
  }
}
