package dev.hangar.store.catalog;

import java.time.Instant;

/** One step of a change to the catalog. */
public sealed interface Edit {
  /**
   * Makes a table, or changes its name or current version.
   *
   * @param expectedCurrent the current version there must be; 0: the table is new
   */
  record SaveTable(Rows.Table table, long expectedCurrent) implements Edit {}

  /** Removes a table with its versions, and its parts from it. */
  record RemoveTable(long table) implements Edit {}

  /** Makes a version. */
  record SaveVersion(Rows.Version version) implements Edit {}

  /** Removes a version; the parts that only it had are removed by {@link RemovePart}. */
  record RemoveVersion(long table, long version) implements Edit {}

  /** Adds a part to a table, from one of its versions on. */
  record SavePart(Rows.Part part) implements Edit {}

  /** Ends all parts a table has: versions from {@code version} on are without them. */
  record RetireParts(long table, long version) implements Edit {}

  /** Removes a part from its table. */
  record RemovePart(String part) implements Edit {}

  /** Begins an upload. */
  record SaveUpload(Rows.Upload upload) implements Edit {}

  /** Adds a part to an upload, in place of one with the same number. */
  record SaveUploadPart(Rows.UploadPart part) implements Edit {}

  /** Ends an upload: removes it, and its parts from it. */
  record RemoveUpload(String upload) implements Edit {}

  /** Remembers what a write under an idempotency key came to. */
  record SaveKey(Rows.Key key) implements Edit {}

  /** Forgets the keys from before {@code time}. */
  record RemoveKeysBefore(Instant time) implements Edit {}

  /** Versions of tables made from now on have higher numbers than this. */
  record SaveHighestVersion(long version) implements Edit {}
}
