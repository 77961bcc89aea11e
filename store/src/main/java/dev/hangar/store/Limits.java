package dev.hangar.store;

/** What the store accepts at most. */
public final class Limits {
  /** Segments of a table's name. */
  public static final int NAME_SEGMENTS = 32;

  /** UTF-8 bytes of a table's name, its segments joined by {@code /}. */
  public static final int NAME_BYTES = 1024;

  /** Bytes of one schema message or of one batch's metadata. */
  public static final int METADATA_BYTES = 32 << 20;

  /** Fields of one schema, nested ones counted: what one schema can make the store allocate. */
  public static final int SCHEMA_FIELDS = 1 << 18;

  /** Fields on the way from a column down to its innermost field, both counted. */
  public static final int SCHEMA_DEPTH = 64;

  /** Values of one field in one batch; most Arrow libraries count them in an int. */
  public static final int BATCH_ROWS = Integer.MAX_VALUE;

  /** Batches of one version, dictionary batches and messages without data counted. */
  public static final int VERSION_BATCHES = 1 << 20;

  /** Characters of a stranger's text repeated in a message. */
  static final int QUOTED_CHARS = 80;

  /** Names compared to find those nearest to one that does not exist. */
  static final int NEAREST_CANDIDATES = 10_000;

  private Limits() {}
}
