package dev.hangar.store.catalog;

import dev.hangar.store.StorageException;

/** What is said of a database that is not what was written. */
final class Damage {
  private static final String ADVICE = ": stop the server and restore the catalog from a backup";

  private Damage() {}

  static StorageException of(String what) {
    return of(what, null);
  }

  static StorageException of(String what, @org.jspecify.annotations.Nullable Throwable cause) {
    return new StorageException(what + ADVICE, StorageException.Remedy.RESTART, cause);
  }
}
