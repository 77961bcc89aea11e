package dev.hangar.store;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** The disk, or the directory on it, does not do what the store needs. */
public final class StorageException extends StoreException {
  @Serial private static final long serialVersionUID = 1;

  /** What can be done about it. */
  public enum Remedy {
    /** Make room, then try again. */
    ROOM,
    /** Look after the disk, then start the server anew: nothing is written until then. */
    RESTART,
    /** Start with other words. */
    CONFIGURATION
  }

  private final Remedy remedy;

  /** A failure of the disk; the message names the file and what to do. */
  public StorageException(String message, Remedy remedy, @Nullable Throwable cause) {
    super(message, cause);
    this.remedy = remedy;
  }

  /** What can be done about it. */
  public Remedy remedy() {
    return remedy;
  }
}
