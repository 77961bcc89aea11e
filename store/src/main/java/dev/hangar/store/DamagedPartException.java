package dev.hangar.store;

import java.io.Serial;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** A part on disk is not what was stored. Nothing of it is handed out. */
public final class DamagedPartException extends StoreException {
  @Serial private static final long serialVersionUID = 1;

  private final String what;

  /** -1: none. */
  private final long offset;

  /** A part found damaged; the message names table, file and offset. */
  public DamagedPartException(String message, @Nullable Throwable cause) {
    this(message, message, -1, cause);
  }

  /**
   * A part found damaged at a byte of its file.
   *
   * @param message names table, file and offset
   * @param what the damage alone
   */
  public DamagedPartException(String message, String what, long offset, @Nullable Throwable cause) {
    super(message, cause);
    this.what = what;
    this.offset = offset;
  }

  /** The damage alone, where table and file are known. */
  public String what() {
    return what;
  }

  /** Where in the file it begins; empty where there is no file to be in. */
  public OptionalLong offset() {
    return offset < 0 ? OptionalLong.empty() : OptionalLong.of(offset);
  }
}
