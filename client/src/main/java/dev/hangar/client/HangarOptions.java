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

  /** One more header for every call. */
  public HangarOptions header(String name, String value) {
    return new HangarOptions(
        deadline,
        headers.with(name, value),
        cookies,
        retry,
        parallelism,
        bufferBytes,
        connections,
        resume,
        tls,
        credentials);
  }

  public HangarOptions cookies(boolean cookies) {
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

  public HangarOptions retry(RetryPolicy retry) {
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

  public HangarOptions parallelism(int parallelism) {
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

  public HangarOptions bufferBytes(int bufferBytes) {
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

  public HangarOptions connections(int connections) {
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

  public HangarOptions resume(RetryPolicy resume) {
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

  public HangarOptions tls(ClientTls tls) {
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

  /** Says with each call who it is. */
  public HangarOptions credentials(@Nullable Credentials credentials) {
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

  /** How many of {@code endpoints} are read at the same time. */
  int streams(int endpoints) {
    int windows = bufferBytes / Limits.WINDOW_BYTES_MIN;
    return Math.max(1, Math.min(endpoints, Math.min(parallelism, windows)));
  }

  /** What one of so many streams may be sent ahead of its reader. */
  int windowBytes(int streams) {
    return bufferBytes / streams;
  }
}
