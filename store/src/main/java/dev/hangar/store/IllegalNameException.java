package dev.hangar.store;

import java.io.Serial;

/** A text that cannot be the name of a table; the message says which rule it breaks. */
public final class IllegalNameException extends StoreException {
  @Serial private static final long serialVersionUID = 1;

  IllegalNameException(String message) {
    super(message, null);
  }
}
