package dev.hangar.query.sql;

import java.time.Duration;

/** Every limit of statements, in one place, each with its reason. */
public final class Limits {
  /** Rows of a large batch that are handed over together: as many as other batches have. */
  static final int PIECE_ROWS = 1 << 16;

  /** Brackets within each other: more than anybody writes; DuckDB's parser takes stack for each. */
  public static final int DEPTH = 100;

  /**
   * Words and signs of a statement: more than anybody writes; DuckDB plans some statements in time
   * by the square of that, and can't be stopped meanwhile.
   */
  public static final int WORDS = 10_000;

  /** Levels of the tree that DuckDB's parser makes: some for each bracket and operator. */
  static final int TREE_DEPTH = 1_000;

  /** Bytes that planning may take: it reads no rows. */
  static final String PLANNING_MEMORY = "256MB";

  /** Time a statement waits for its turn to be planned, which takes milliseconds. */
  static final Duration PLANNING_TIME = Duration.ofSeconds(10);

  /**
   * Characters that {@code repeat} and its like may make of fewer: DuckDB counts the memory of
   * texts nowhere, and makes 2,048 of them at once.
   */
  public static final int MADE_CHARS = 256 << 10;

  /** Characters that {@code replace} and its like may make, should they replace every one. */
  public static final int REPLACED_CHARS = 16 << 20;

  /** Values of a list that {@code range} and its like may make, for the same reason. */
  public static final int MADE_VALUES = 32 << 10;

  /** Rows before and behind, of a window whose values are lists of them: 2,048 such are made. */
  static final int FRAME_ROWS = 1_000;

  /** Fields of a row without names: more than people write; each number of them takes time. */
  static final int ROW_FIELDS = 16;

  /** Lists that {@code list_zip} takes: more than anybody writes. */
  static final int ZIPPED_LISTS = 8;

  /** Time between looks at the memory of the process while statements run: it grows by GiB/s. */
  static final Duration MEMORY_LOOK = Duration.ofMillis(20);

  /** Characters of a column's name in an answer: Arrow's C interface reads 64 KiB at most. */
  static final int NAME_CHARS = 4_000;

  /** Of the disk's free bytes, what one database may put aside: one part in so many. */
  static final int SPILL_SHARE = 4;

  /** Statements whose plan need not be made again: as many as dashboards repeat. */
  static final int KNOWN_STATEMENTS = 256;

  /** Characters of such a statement: what is longer is rarely asked again. */
  static final int KNOWN_STATEMENT_CHARS = 8 << 10;

  /** Schemas of tables whose columns need not be asked for again. */
  static final int KNOWN_SCHEMAS = 64;

  private Limits() {}
}
