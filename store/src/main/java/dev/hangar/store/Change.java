package dev.hangar.store;

import java.util.OptionalLong;

/** What one commit does to one table, or to those below one name. */
public sealed interface Change {
  /**
   * Removes a table with all its versions.
   *
   * @param ifVersion the number its current version must have
   */
  record Drop(TableName name, OptionalLong ifVersion) implements Change {}

  /** Removes every table whose name begins with the segments of {@code prefix}. */
  record DropPrefix(TableName prefix) implements Change {}

  /**
   * Gives a table another name, which no table may have.
   *
   * @param ifVersion the number its current version must have
   */
  record Rename(TableName from, TableName to, OptionalLong ifVersion) implements Change {}

  /** Makes the parts of an upload the next version of its table, in the order of their numbers. */
  record Finish(String upload) implements Change {}
}
