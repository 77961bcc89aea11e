package dev.hangar.client;

import dev.hangar.wire.grpc.Metadata;
import dev.hangar.wire.tls.ClientTls;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a client behaves. Immutable; each method makes a copy that differs in one thing.
 *
 * @param deadline of each method of {@link Hangar}, attempts and pauses counted; of a table that is
 *     got, to its last batch; null for none
 * @param headers sent with every call, to the server and to those it sends the client to
 * @param cookies whether what a server sets is sent back to it
 * @param retry of calls that failed and may be repeated
 * @param parallelism how many endpoints of one table are read at the same time
 * @param bufferBytes how much of one table may wait for its reader, however many endpoints it has
 * @param connections how many connections to the server share a large transfer; 0: two to this
 *     machine, where more are no faster, and up to four to others
 * @param resume of transfers that broke off because the server was gone: how often, and after what
 *     pauses, they try to go on until something comes
 * @param tls whom to trust and what to show, wherever TLS is spoken
 * @param credentials who calls, where the server asks; null where it does not
 */
public record HangarOptions(
    @Nullable Duration deadline,
    Metadata headers,
    boolean cookies,
    RetryPolicy retry,
    int parallelism,
    int bufferBytes,
    int connections,
    RetryPolicy resume,
    ClientTls tls,
    @Nullable Credentials credentials) {
  /** No deadline, no headers, cookies, some retries, four endpoints at a time, 64 MiB. */
  public static final HangarOptions DEFAULT =
      new HangarOptions(
          null,
          Metadata.EMPTY,
          true,
          RetryPolicy.DEFAULT,
          4,
          dev.hangar.wire.Limits.STREAM_WINDOW_BYTES,
          0,
          RetryPolicy.RESUME,
          ClientTls.SYSTEM,
          null);

  public HangarOptions {
    if (deadline != null && (deadline.isNegative() || deadline.isZero())) {
      throw new IllegalArgumentException("a deadline is some time ahead, not " + deadline);
    }
    if (parallelism < 1) {
      throw new IllegalArgumentException(
          "at least 1 endpoint is read at a time, not " + parallelism);
    }
    if (connections < 0 || connections > Limits.CONNECTIONS_MAX) {
      throw new IllegalArgumentException(
          "a transfer takes up to " + Limits.CONNECTIONS_MAX + " connections, not " + connections);
    }
    if (bufferBytes < Limits.WINDOW_BYTES_MIN
        || bufferBytes > dev.hangar.wire.Limits.CONNECTION_WINDOW_BYTES) {
      throw new IllegalArgumentException(
          "from "
              + Limits.WINDOW_BYTES_MIN
              + " to "
              + dev.hangar.wire.Limits.CONNECTION_WINDOW_BYTES
              + " bytes may wait for a reader, not "
              + bufferBytes);
    }
  }

  public HangarOptions deadline(@Nullable Duration deadline) {
    var copy = new Copy(this);
    copy.deadline = deadline;
    return copy.options();
  }

  /** One more header for every call. */
  public HangarOptions header(String name, String value) {
    var copy = new Copy(this);
    copy.headers = headers.with(name, value);
    return copy.options();
  }

  public HangarOptions cookies(boolean cookies) {
    var copy = new Copy(this);
    copy.cookies = cookies;
    return copy.options();
  }

  public HangarOptions retry(RetryPolicy retry) {
    var copy = new Copy(this);
    copy.retry = retry;
    return copy.options();
  }

  public HangarOptions parallelism(int parallelism) {
    var copy = new Copy(this);
    copy.parallelism = parallelism;
    return copy.options();
  }

  public HangarOptions bufferBytes(int bufferBytes) {
    var copy = new Copy(this);
    copy.bufferBytes = bufferBytes;
    return copy.options();
  }

  public HangarOptions connections(int connections) {
    var copy = new Copy(this);
    copy.connections = connections;
    return copy.options();
  }

  public HangarOptions resume(RetryPolicy resume) {
    var copy = new Copy(this);
    copy.resume = resume;
    return copy.options();
  }

  public HangarOptions tls(ClientTls tls) {
    var copy = new Copy(this);
    copy.tls = tls;
    return copy.options();
  }

  /** Says with each call who it is. */
  public HangarOptions credentials(@Nullable Credentials credentials) {
    var copy = new Copy(this);
    copy.credentials = credentials;
    return copy.options();
  }

  /** How many of {@code endpoints} are read at the same time. */
  int streams(int endpoints) {
    int windows = bufferBytes / Limits.WINDOW_BYTES_MIN;
    return Math.max(1, Math.min(endpoints, Math.min(parallelism, windows)));
  }

  /** What one of so many streams may be sent ahead of its reader. */
  int windowBytes(int streams) {
    return bufferBytes / streams;
  }

  /** All of them, to be changed. */
  private static final class Copy {
    private @Nullable Duration deadline;
    private Metadata headers;
    private boolean cookies;
    private RetryPolicy retry;
    private int parallelism;
    private int bufferBytes;
    private int connections;
    private RetryPolicy resume;
    private ClientTls tls;
    private @Nullable Credentials credentials;

    Copy(HangarOptions options) {
      this.deadline = options.deadline;
      this.headers = options.headers;
      this.cookies = options.cookies;
      this.retry = options.retry;
      this.parallelism = options.parallelism;
      this.bufferBytes = options.bufferBytes;
      this.connections = options.connections;
      this.resume = options.resume;
      this.tls = options.tls;
      this.credentials = options.credentials;
    }

    HangarOptions options() {
      return new HangarOptions(
          deadline,
          headers,
          cookies,
          retry,
          parallelism,
          bufferBytes,
          connections,
          resume,
          tls,
          credentials);
    }
  }
}
