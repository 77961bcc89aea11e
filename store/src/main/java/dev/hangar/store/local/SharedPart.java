package dev.hangar.store.local;

import dev.hangar.store.catalog.Rows;
import dev.hangar.store.part.Part;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A part and the count of those it belongs to: versions, and uploads. Made with one owner.
 * Thread-safe.
 */
final class SharedPart {
  private final Part part;
  private final Rows.@Nullable PartFile file;
  private final Consumer<SharedPart> unused;
  private int owners = 1;

  /**
   * A part with one owner.
   *
   * @param file its file; null if it is in memory
   * @param unused told when the last owner is gone; must not block
   */
  SharedPart(Part part, Rows.@Nullable PartFile file, Consumer<SharedPart> unused) {
    this.part = part;
    this.file = file;
    this.unused = unused;
  }

  Part part() {
    return part;
  }

  Rows.@Nullable PartFile file() {
    return file;
  }

  /** For one who knows that it has an owner. */
  synchronized SharedPart share() {
    owners++;
    return this;
  }

  void letGo() {
    if (isUnused()) {
      unused.accept(this);
    }
  }

  private synchronized boolean isUnused() {
    owners--;
    return owners == 0;
  }
}
