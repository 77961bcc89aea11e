package dev.hangar.store;

import java.time.Duration;

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

  /** Batches of one part, dictionary batches and messages without data counted. */
  public static final int PART_BATCHES = 1 << 20;

  /** Parts of one version: appends and parts of uploads; each is a file, and opened by itself. */
  public static final int VERSION_PARTS = 1 << 16;

  /** Uploads in parts at once. */
  public static final int UPLOADS = 10_000;

  /** The highest number a part of an upload can have. */
  public static final int UPLOAD_PART_NUMBER = 1 << 20;

  /** Time an upload lives after its last part: long enough to mend a broken connection. */
  public static final Duration UPLOAD_TIME = Duration.ofHours(1);

  /** Time an idempotency key is remembered: longer than anybody tries again. */
  public static final Duration KEY_TIME = Duration.ofHours(24);

  /** Idempotency keys remembered; the earliest are forgotten first. */
  public static final int KEYS = 100_000;

  /**
   * Files mapped while nobody reads them, so that the next reader need not; a process has 65,530.
   */
  public static final int IDLE_MAPPINGS = 4_096;

  /**
   * Bytes a compressed buffer may claim to have uncompressed: what most readers can allocate as
   * one.
   */
  public static final int BUFFER_BYTES = Integer.MAX_VALUE;

  /** Bytes a compressed buffer may claim over what its values need: writers pad to 64. */
  public static final int BUFFER_PADDING_BYTES = 64;

  /** Characters of a stranger's text repeated in a message. */
  public static final int QUOTED_CHARS = 80;

  /** Names compared to find those nearest to one that does not exist. */
  public static final int NEAREST_CANDIDATES = 10_000;

  /**
   * Bytes of a part after which the disk is set to work while more are written: enough to keep it
   * busy, little enough that the commit's own force finds most of the part on disk.
   */
  public static final int FORCE_BYTES = 64 << 20;

  /**
   * Bytes of a part that wait to be written in one go: small messages would cost a system call
   * each, which takes as long as copying some KiB.
   */
  public static final int GATHERED_BYTES = 64 << 10;

  private Limits() {}
}
