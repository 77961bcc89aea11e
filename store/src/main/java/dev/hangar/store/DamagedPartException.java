package dev.hangar.store;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** A part on disk is not what was stored. Nothing of it is handed out. */
public final class DamagedPartException extends StoreException {
  @Serial private static final long serialVersionUID = 1;

  /** A part found damaged; the message names table, file and offset. */
  public DamagedPartException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
