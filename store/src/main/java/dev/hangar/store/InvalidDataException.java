package dev.hangar.store;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** A schema or batch that is not what it claims to be. */
public final class InvalidDataException extends StoreException {
  @Serial private static final long serialVersionUID = 1;

  public InvalidDataException(String message) {
    this(message, null);
  }

  public InvalidDataException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
