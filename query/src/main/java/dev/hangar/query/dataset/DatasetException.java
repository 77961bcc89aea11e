package dev.hangar.query.dataset;

import dev.hangar.store.TableName;
import java.io.Serial;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A dataset that can't be read or written, in a sentence fit to be shown to whoever asked. */
public final class DatasetException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1;

  /** What is the matter. */
  public enum Kind {
    /** There is none of that name. */
    NOT_FOUND,
    /** No file can have that name. */
    ILLEGAL_NAME,
    /** There is one, where there must be none. */
    EXISTS,
    /** What is asked can't be done with a file or folder like this. */
    REFUSED,
    /** The file isn't what its name says, or is damaged. */
    UNREADABLE,
    /** The file is another one than a ticket was made for, or changed while it was read. */
    CHANGED,
    /** Too many read at once. */
    BUSY,
    /** It needs more memory than there is for it. */
    NO_MEMORY,
    /** The disk is full. */
    DISK_FULL,
    /** The disk refuses. */
    DISK
  }

  private final Kind kind;
  private final transient TableName dataset;
  private final transient List<TableName> nearest;

  DatasetException(Kind kind, TableName dataset, String message, @Nullable Throwable cause) {
    this(kind, dataset, message, List.of(), cause);
  }

  DatasetException(
      Kind kind,
      TableName dataset,
      String message,
      List<TableName> nearest,
      @Nullable Throwable cause) {
    super(message, cause);
    this.kind = kind;
    this.dataset = dataset;
    this.nearest = List.copyOf(nearest);
  }

  public Kind kind() {
    return kind;
  }

  /** The name asked for. */
  public TableName dataset() {
    return dataset;
  }

  /** Names that exist and look like one that doesn't. */
  public List<TableName> nearest() {
    return nearest;
  }
}
