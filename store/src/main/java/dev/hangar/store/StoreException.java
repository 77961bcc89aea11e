package dev.hangar.store;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** A refusal of the store, in a sentence fit to be shown to whoever asked. */
public abstract sealed class StoreException extends RuntimeException
    permits DamagedPartException,
        IllegalNameException,
        InvalidDataException,
        NoSuchTableException,
        NoSuchUploadException,
        NoSuchVersionException,
        StorageException,
        TableExistsException,
        VersionConflictException {
  @Serial private static final long serialVersionUID = 1;

  StoreException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
