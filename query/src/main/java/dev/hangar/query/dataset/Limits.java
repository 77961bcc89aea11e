package dev.hangar.query.dataset;

import java.time.Duration;

/** Every limit of datasets, in one place, each with its reason. */
public final class Limits {
  /** Files of one partitioned dataset: each is looked at before any is read. */
  public static final int PARTITION_FILES = 100_000;

  /** Folders below a root that are looked into: a name has no more segments. */
  public static final int DEPTH = dev.hangar.store.Limits.NAME_SEGMENTS;

  /** UTF-8 bytes of a file's or folder's own name: what file systems take. */
  public static final int FILE_NAME_BYTES = 255;

  /** Files whose schema, rows and bytes are remembered: looking again takes milliseconds each. */
  public static final int KNOWN_FILES = 50_000;

  /**
   * Memory in DuckDB for one reader, at least, and what it is charged for that: two threads that
   * decode row groups of usual size.
   */
  public static final long READER_BYTES = 64L << 20;

  /**
   * What one reader is charged besides, for rows on their way out: batches that DuckDB holds ready,
   * messages that are made ahead, and what waits at the socket.
   */
  public static final long READER_OUT_BYTES = 64L << 20;

  /**
   * Of what files may take in all, the most that a reader is charged for either, and a writer: one
   * part in so many. Servers of less than a gibibyte could hardly read a file else; they take more
   * than they charge.
   */
  public static final int CHARGE_SHARE = 4;

  /** Bytes of messages made ahead of who takes them, behind what DuckDB holds ready of its own. */
  public static final long AHEAD_BYTES = 8L << 20;

  /** Row groups read again to find the one that is damaged; files have few, or small ones. */
  public static final int SEARCHED_GROUPS = 64;

  /** Time for that: whoever asked waits for the error meanwhile. */
  public static final Duration SEARCH_TIME = Duration.ofSeconds(5);

  /** Memory for all readers, at least: with less, few files can be read at all. */
  public static final long READERS_BYTES = 2 * READER_BYTES;

  /** Readers at once: more would only take turns on the same cores. */
  public static final int READERS = 64;

  /** Readers that wait for one that ends; more are refused at once. */
  public static final int WAITING_READERS = 256;

  /** Time after which a reader whose client takes nothing makes room for others. */
  public static final Duration IDLE_READER = Duration.ofMillis(200);

  /** Time a reader waits for its turn; a client that tries again later asks no more of us. */
  public static final Duration READER_WAIT = Duration.ofSeconds(20);

  /** Memory for one writer of a Parquet file, at least: a row group of usual width. */
  public static final long WRITER_BYTES = 64L << 20;

  /** What a writer is charged besides, for the structures in which rows are handed to DuckDB. */
  public static final long WRITER_OUT_BYTES = 1L << 20;

  /** Writers at once: each holds a row group that grows with its client's pace. */
  public static final int WRITERS = 16;

  /** Bytes of a body, which several rows share: what is larger is sent in halves. */
  public static final long BODY_BYTES = 64L << 20;

  /** Bytes of a message of an Arrow file: no more fits one message to a client. */
  public static final int MESSAGE_BYTES = Integer.MAX_VALUE - (1 << 20);

  private Limits() {}
}
