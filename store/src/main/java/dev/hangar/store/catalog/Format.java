package dev.hangar.store.catalog;

/** The formats of the database, and the names of what it keeps about itself. */
final class Format {
  /** The format this Hangar writes, and the newest it reads. */
  static final int NEWEST = 1;

  /** Which format a database has. Its row can be read in every format. */
  static final String FORMAT = "format";

  /** What numbers of new versions must be above. */
  static final String HIGHEST_VERSION = "highest_version";

  private Format() {}
}
