package dev.hangar.store.catalog;

import java.io.Serial;

/** The catalog is not as its user last knew it: another server has written. */
public final class StaleCatalogException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1;

  /** Says which table has changed. */
  public StaleCatalogException(String message) {
    super(message);
  }
}
