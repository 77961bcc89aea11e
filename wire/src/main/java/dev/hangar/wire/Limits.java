package dev.hangar.wire;

import java.time.Duration;

/** Every limit of the wire, in one place, each with its reason. */
public final class Limits {
  /** Calls open at once on one connection; more wait at the client. */
  public static final int STREAMS_PER_CONNECTION = 1_000;

  /**
   * Streams that may be reset on one connection in {@link #RESET_PERIOD}: readers may leave early,
   * floods may not.
   */
  public static final int RESETS = 2_000;

  /** The time in which resets are counted. */
  public static final Duration RESET_PERIOD = Duration.ofSeconds(30);

  /** Header bytes of one call: long tokens and cookies pass, floods of headers don't. */
  public static final int HEADER_LIST_BYTES = 64 << 10;

  /**
   * Payload bytes of one frame: fewer frames, fewer system calls. Just under what HTTP/2 can
   * announce, so that a frame can be too long, and be refused, at all.
   */
  public static final int FRAME_BYTES = (1 << 24) - (16 << 10);

  /** A frame that is not DATA, or is padded, is held whole before it is read. */
  public static final int HELD_FRAME_BYTES = HEADER_LIST_BYTES + (16 << 10);

  /**
   * Frames a peer may send in {@link #CONTROL_PERIOD} of which none moves a call (PING, SETTINGS,
   * WINDOW_UPDATE, PRIORITY, unknown ones): all probes and keep-alives stay far below, floods
   * don't.
   */
  public static final int CONTROL_FRAMES = 1_000;

  /** The time in which frames that move no call are counted. */
  public static final Duration CONTROL_PERIOD = Duration.ofSeconds(30);

  /** DATA frames without data in a row: nobody needs more than one. */
  public static final int EMPTY_DATA_FRAMES = 2;

  /** CONTINUATION frames of less than 8 KiB in one header block: nobody needs to cut so small. */
  public static final int SMALL_CONTINUATION_FRAMES = 16;

  /** Bytes one call may send us ahead of its reader. */
  public static final int STREAM_WINDOW_BYTES = 64 << 20;

  /**
   * Messages of one call that wait for their reader. Batches never come to so many, for the window
   * ends before; messages of a few bytes, of which it admits millions, take far more memory than
   * window.
   */
  public static final int WAITING_MESSAGES = STREAM_WINDOW_BYTES / 128;

  /**
   * Bytes one connection may send us ahead of its readers: many calls, so that one that idles stops
   * no other.
   */
  public static final int CONNECTION_WINDOW_BYTES = 1 << 30;

  /**
   * Bytes of one call that wait to be sent before its sender waits too: a few batches, to keep the
   * socket busy.
   */
  public static final int SEND_QUEUE_BYTES = 8 << 20;

  /** Small messages wait for the next until they are so many bytes: one system call for all. */
  public static final int COALESCED_BYTES = 64 << 10;

  /** Bytes handed to a socket at once, before others get their turn. */
  public static final int SOCKET_QUEUE_BYTES = 1 << 20;

  /**
   * Connections of a server whose sockets take as much as the kernel gives, some mebibytes each:
   * fast for the few that transfer at once. Memory for all sockets of a machine together is a tenth
   * of it, which a thousand readers that don't read would use up, so that none is sent anything.
   */
  public static final int ROOMY_CONNECTIONS = 64;

  /**
   * What the kernel takes to send on a connection within one machine, to a client that measures how
   * much comes at once: more would only make it hold more.
   */
  public static final int LOCAL_SEND_BYTES = 256 << 10;

  /** Bytes not yet sent that the sockets of all further connections take, each. */
  public static final int UNSENT_BYTES = 256 << 10;

  /** Bytes read from a socket at once. */
  public static final int SOCKET_READ_BYTES = 1 << 20;

  /** Time for which what has come of a body may be left with the kernel, where more is coming. */
  public static final Duration AWAIT_TIME = Duration.ofMillis(5);

  /**
   * A gRPC message other than FlightData: FlightInfo of many endpoints, actions with large bodies.
   */
  public static final int MESSAGE_BYTES = 64 << 20;

  /** IPC metadata, application metadata and descriptor of one FlightData message, each. */
  public static final int METADATA_BYTES = 16 << 20;

  /** A whole FlightData message: what Java buffers and Arrow C++ can hold. */
  public static final int DATA_MESSAGE_BYTES = Integer.MAX_VALUE;

  /**
   * Bytes of an error message as it travels, percent-encoded; the rest is cut. Many peers take 8
   * KiB of headers in all, of which the services' own trailers need some.
   */
  public static final int STATUS_MESSAGE_BYTES = 2 << 10;

  /** Bytes of an error message that Arrow C++ reads besides. */
  public static final int ARROW_MESSAGE_BYTES = 1 << 10;

  /** Bytes of the message and of the hint in a failure's details, each. */
  public static final int DETAIL_TEXT_BYTES = 512;

  /** Bytes of a table's name in a failure's details: the longest there can be. */
  public static final int DETAIL_TABLE_BYTES = 1 << 10;

  /** Bytes of the code and of the trace id in a failure's details, each. */
  public static final int DETAIL_WORD_BYTES = 64;

  /**
   * Bytes of trailers past which a failure goes without its details: below the 8 KiB that grpc-java
   * and Arrow C++ take.
   */
  public static final int TRAILER_LIST_BYTES = 7 << 10;

  /** Time after which a call is worth repeating that found no memory: transfers end meanwhile. */
  public static final Duration RETRY_TIME = Duration.ofSeconds(1);

  /** Time a new connection has to send its HTTP/2 preface. */
  public static final Duration PREFACE_TIME = Duration.ofSeconds(10);

  /**
   * Time a peer has to finish a frame (other than DATA) or a block of headers that it has begun.
   */
  public static final Duration HEADER_TIME = Duration.ofSeconds(10);

  /**
   * Time in which a caller has to send {@link #STALL_BYTES} of a message it has begun, where our
   * window lets it; past twice that the call has failed. A busy network is slow for less long.
   */
  public static final Duration STALL_TIME = Duration.ofSeconds(30);

  /** Bytes of a message that have to come in {@link #STALL_TIME}: less than any network carries. */
  public static final int STALL_BYTES = 8 << 10;

  /** Time a peer has to read the last of what was sent to it, and to close its side. */
  public static final Duration LINGER_TIME = Duration.ofSeconds(5);

  /** Time to reach a server before a location counts as unavailable. */
  public static final Duration CONNECT_TIME = Duration.ofSeconds(5);

  /** Time for a TLS handshake, on either side. */
  public static final Duration HANDSHAKE_TIME = Duration.ofSeconds(10);

  /** How often a server looks whether its certificate's files have changed. */
  public static final Duration CERTIFICATE_CHECK_TIME = Duration.ofSeconds(30);

  /**
   * Bytes of a Unix domain socket's path: what the {@code sockaddr_un} of every system, and Java,
   * have room for.
   */
  public static final int UNIX_PATH_BYTES = 100;

  /**
   * Silence of a client with calls open, before it is asked whether it is still there: well within
   * the minutes that load balancers allow.
   */
  public static final Duration KEEP_ALIVE_TIME = Duration.ofMinutes(1);

  /**
   * Silence of a server with calls open, before it is asked whether it is still there: other
   * people's servers hang up on clients that ask more than once in five minutes.
   */
  public static final Duration CLIENT_KEEP_ALIVE_TIME = Duration.ofMinutes(6);

  /** Time to answer that, before the connection counts as lost. */
  public static final Duration KEEP_ALIVE_TIMEOUT = Duration.ofSeconds(20);

  /** Time a connection may stay open without a call; its client makes another when it needs one. */
  public static final Duration IDLE_TIME = Duration.ofHours(1);

  /** Age at which a connection takes no more calls, so that clients spread anew over servers. */
  public static final Duration CONNECTION_AGE = Duration.ofHours(24);

  /** Time the calls of a connection past its age have to end: as long as any transfer takes. */
  public static final Duration CONNECTION_AGE_GRACE = Duration.ofHours(24);

  /** Time a client has to hear that a server takes no more calls, before the server means it. */
  public static final Duration DRAIN_TIME = Duration.ofSeconds(5);

  private Limits() {}
}
