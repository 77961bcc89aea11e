package dev.hangar.server;

import java.time.Duration;

/** Every limit of the service, in one place, each with its reason. */
public final class Limits {
  /**
   * Time a ticket stands for its version, unless renewed: enough to plan a job and begin it. A
   * replaced version takes memory that long, if nothing else needs it.
   */
  public static final Duration TICKET_TIME = Duration.ofMinutes(5);

  /** Cancelled tickets that are remembered; the earliest are forgotten first. */
  public static final int CANCELLED_TICKETS = 10_000;

  /** Time a token is good for: a working day, and then some. */
  public static final Duration TOKEN_TIME = Duration.ofHours(12);

  /** Sessions at once: each is an application that asked for one. */
  public static final int SESSIONS = 10_000;

  /** Time a session lives after its last call. */
  public static final Duration SESSION_TIME = Duration.ofHours(1);

  /** Options of one session. */
  public static final int SESSION_OPTIONS = 100;

  /** UTF-8 bytes of an option's name. */
  public static final int SESSION_NAME_BYTES = 256;

  /** Bytes of an option's value; with the two limits above, of a session's 100. */
  public static final int SESSION_VALUE_BYTES = 4 << 10;

  /** Users of one credentials file. */
  public static final int USERS = 100_000;

  /** UTF-8 bytes of a user's name, and of a password. */
  public static final int CREDENTIAL_BYTES = 1 << 10;

  /** Passwords checked at once: each keeps a core busy, and calls need the others. */
  public static final int PASSWORD_CHECKS = 1;

  /**
   * Bytes that an endpoint gives at least, where a table has several: less is not worth a stream,
   * and old clients read only the first endpoint.
   */
  public static final long ENDPOINT_BYTES = 64L << 20;

  /** Endpoints of one flight: more streams than any client reads at once. */
  public static final int ENDPOINTS = 64;

  /** Characters of an idempotency key: several UUIDs. */
  public static final int IDEMPOTENCY_KEY_CHARS = 128;

  /** Replaced versions that a table can be told to keep: each keeps its bytes on the disk. */
  public static final int KEEP_VERSIONS = 1_000;

  /** Time a table can be given to live; who wants longer gives none. */
  public static final Duration TIME_TO_LIVE = Duration.ofDays(36_500);

  /** Changes of one commit: all of them are made under one lock. */
  public static final int CHANGES = 1_000;

  /** Characters of a backup's name: less than any file system takes. */
  static final int BACKUP_NAME_CHARS = 100;

  /** Characters of a statement: more than anybody writes, little enough to be in a ticket. */
  public static final int SQL_CHARS = 256 << 10;

  /** Statements that run at once: each uses all cores where it can. */
  static final int STATEMENTS = 2;

  /** Statements that wait for one of those to end. */
  static final int WAITING_STATEMENTS = 64;

  /** Of the memory for tables and transfers, what one statement may take: one part in so many. */
  static final int STATEMENT_MEMORY_SHARE = 8;

  /** Bytes a statement gets at least: DuckDB needs some for each thread. */
  static final long STATEMENT_BYTES = 64L << 20;

  /**
   * Bytes that the process may take while statements run besides all that is counted, and besides
   * what reading files may: code, buffers of libraries, and what DuckDB does not count.
   */
  static final long UNCOUNTED_BYTES = 1L << 30;

  /** Time a statement may run, also where it asks for more. */
  static final Duration STATEMENT_TIME = Duration.ofHours(1);

  /** Time after which it is worth asking again where too many statements wait. */
  static final Duration STATEMENT_RETRY = Duration.ofSeconds(2);

  /**
   * Of the memory for tables and transfers, what files may take that are read and written, and as
   * much again for rows on their way out: one part in so many.
   */
  public static final int DATASET_MEMORY_SHARE = 4;

  /** Time after which it is worth asking again where too many read files. */
  public static final Duration BUSY_RETRY = Duration.ofSeconds(5);

  /** Damaged files that are told of on the console once and not again. */
  public static final int TOLD_FILES = 10_000;

  /** Statements whose tickets are known to have written files: as many as clients ask again. */
  static final int WRITTEN_FILES = 1_000;

  /** Tables that the status of the memory names: who has filled it is among the first. */
  public static final int LARGEST_TABLES = 20;

  private Limits() {}
}
