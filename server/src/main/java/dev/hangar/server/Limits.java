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

  private Limits() {}
}
