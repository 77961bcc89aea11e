package dev.hangar.wire.http2;

import dev.hangar.wire.tls.TlsFailures;
import java.io.EOFException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What is known of the peer: whether it has greeted, whether it takes more calls, and why it went.
 *
 * <p>Thread-safe: callers' threads ask, the event loop tells. A caller that was promised a stream
 * gets it: until then no PING is answered, which a server sends to learn that it has heard of every
 * stream (RFC 9113, 6.8).
 */
public final class PeerState {
  private static final int FAREWELL_CHARS_MAX = 500;

  private final CompletableFuture<Void> greeted = new CompletableFuture<>();
  private final AtomicInteger promised = new AtomicInteger();
  private volatile boolean leaving;
  private volatile boolean secure;
  private volatile @Nullable Throwable trouble;
  private volatile String farewell = "";

  /** Whether what is said to the peer is encrypted: known once it has greeted. */
  public boolean isSecure() {
    return secure;
  }

  void secured() {
    secure = true;
  }

  /** Completed when the peer has sent its first SETTINGS, or failed with why it won't. */
  public CompletableFuture<Void> greeted() {
    return greeted;
  }

  /**
   * Promises that {@link ConnectionHandler#openStream} can be called once more, and expects that it
   * is; false where the peer takes no more calls.
   */
  public boolean promise() {
    promised.incrementAndGet();
    if (leaving || greeted.isCompletedExceptionally()) {
      promised.decrementAndGet();
      return false;
    }
    return true;
  }

  /** The stream is about to be opened, or will not be. */
  public void promiseKept() {
    promised.decrementAndGet();
  }

  boolean hasPromises() {
    return promised.get() > 0;
  }

  /** Whether the peer takes no more calls. */
  public boolean isLeaving() {
    return leaving;
  }

  /** The peer has said GOAWAY. */
  void leaves(String why) {
    leaving = true;
    String printable = why.replaceAll("\\p{Cntrl}", "·");
    String kept = printable.substring(0, Math.min(FAREWELL_CHARS_MAX, printable.length()));
    if (farewell.isEmpty()) {
      farewell = kept;
    }
  }

  /** The connection is about to end because of this; the first reason counts. */
  void breaks(Throwable cause) {
    if (trouble == null) {
      trouble = cause;
    }
  }

  void greets() {
    if (leaving) {
      isGone();
    } else {
      greeted.complete(null);
    }
  }

  void isGone() {
    leaving = true;
    Throwable cause = trouble;
    greeted.completeExceptionally(cause == null ? new EOFException(loss()) : cause);
  }

  /** Why the connection was lost, for whoever had a call on it. */
  public String loss() {
    if (!farewell.isEmpty()) {
      return "the server ended the connection: " + farewell;
    }
    Throwable cause = trouble;
    if (cause == null) {
      return "the connection was lost";
    }
    return "the connection was lost: "
        + TlsFailures.sentence(cause).orElse(String.valueOf(cause.getMessage()));
  }
}
