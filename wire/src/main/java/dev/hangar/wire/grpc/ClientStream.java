package dev.hangar.wire.grpc;

import dev.hangar.wire.CallOptions;
import dev.hangar.wire.http2.ConnectionHandler;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A call that we make. {@link #open} it, send, {@link #halfClose}, receive to the end; or {@link
 * #cancel}.
 */
public final class ClientStream<M> extends GrpcStream<M> {
  private final Http2Headers request;
  private final CallOptions options;
  private final Consumer<Metadata> received;
  private final CompletableFuture<Metadata> responseHeaders = new CompletableFuture<>();
  private volatile Metadata trailers = Metadata.EMPTY;
  private volatile boolean halfClosed;
  private volatile @Nullable Http2Stream http2;
  private @Nullable ScheduledFuture<?> deadline;
  private long openedNanos;
  private boolean ended;
  private boolean endSent;
  private @Nullable StatusException reset;

  /**
   * A call that is not open yet.
   *
   * @param path of the method
   * @param authority the server's name, as the {@code :authority} of the request
   * @param received takes the server's headers and trailers, on the event loop
   */
  public ClientStream(
      ConnectionHandler connection,
      MessageDecoder<M> decoder,
      String path,
      String authority,
      CallOptions options,
      Consumer<Metadata> received) {
    super(connection, decoder, options.windowBytes());
    this.options = options;
    this.received = received;
    this.request =
        new DefaultHttp2Headers()
            .method("POST")
            .scheme(connection.peer().isSecure() ? "https" : "http")
            .path(path)
            .authority(authority)
            .set("content-type", Status.CONTENT_TYPE)
            .set("te", "trailers")
            .set("user-agent", "hangar");
    if (options.timeout() != null) {
      request.set("grpc-timeout", GrpcTimeout.encode(options.timeout()));
    }
    options.headers().write(request);
  }

  /**
   * Sends the request's headers; false where the connection has been told to take no more calls.
   */
  public boolean open() {
    if (!connection.peer().promise()) {
      return false;
    }
    eventLoop.execute(this::openNow);
    return true;
  }

  private void openNow() {
    connection.peer().promiseKept();
    if (ended) {
      return; // cancelled before it was open
    }
    Http2Stream stream = connection.openStream(request, this);
    if (stream == null) {
      over(
          unavailable(
                  connection.peer().isLeaving()
                      ? connection.peer().loss()
                      : "the connection takes no more calls")
              .unprocessed());
      return;
    }
    http2 = stream;
    connection.widenWindow(stream, options.windowBytes());
    openedNanos = System.nanoTime();
    if (options.timeout() != null) {
      deadline = schedule(this::onDeadline, options.timeout());
    }
    scheduleDrain();
  }

  /** Says that no more messages follow. */
  public void halfClose() {
    halfClosed = true;
    scheduleDrain();
  }

  /**
   * Gives the call up: the server is told, whoever waits here gets {@link StatusCode#CANCELLED}.
   */
  public void cancel() {
    eventLoop.execute(
        () -> cancelNow(new StatusException(StatusCode.CANCELLED, "cancelled by this side")));
  }

  /** The server's metadata, once it has come. Blocks. */
  public Metadata responseHeaders() {
    return responseHeaders.join();
  }

  /** What the server said at the end of a call that has been received to it; else nothing. */
  public Metadata trailers() {
    return trailers;
  }

  private void onDeadline() {
    cancelNow(tooLate());
  }

  private StatusException tooLate() {
    return new StatusException(StatusCode.DEADLINE_EXCEEDED, "no end after " + options.timeout());
  }

  /** Whether the call's time is over, if it has one: the other side's clock may say so first. */
  private boolean isTooLate() {
    Duration timeout = options.timeout();
    return timeout != null && System.nanoTime() - openedNanos >= timeout.toNanos();
  }

  private void cancelNow(StatusException why) {
    Http2Stream stream = http2;
    if (ended) {
      return;
    }
    over(why);
    if (stream != null) {
      connection.reset(stream, Http2Error.CANCEL);
    }
  }

  @Override
  public void onHeaders(Http2Headers headers, boolean endOfStream) {
    Metadata metadata = Metadata.read(headers);
    received.accept(metadata);
    if (!endOfStream) {
      responseHeaders.complete(metadata);
      return;
    }
    StatusException failure = Status.failure(headers);
    ended = true;
    trailers = metadata;
    abortPartial();
    responseHeaders.complete(metadata);
    endInbound(failure);
    failOutbound(
        failure != null
            ? failure
            : StatusException.untraced(StatusCode.CANCELLED, "the server has ended the call"));
  }

  @Override
  public void onReset(long errorCode) {
    if (errorCode == Http2Error.CANCEL.code() && isTooLate()) {
      reset = tooLate();
      return;
    }
    String message = "the server reset the call: " + Http2Error.valueOf(errorCode);
    reset =
        errorCode == Http2Error.REFUSED_STREAM.code()
            ? unavailable(message).unprocessed() // RFC 9113, 8.7
            : new StatusException(Status.fromReset(errorCode), message);
  }

  @Override
  public void onClosed() {
    if (deadline != null) {
      deadline.cancel(false);
    }
    if (!ended) {
      over(reset != null ? reset : lost());
    }
  }

  private StatusException lost() {
    Http2Stream stream = http2;
    return stream != null && isBeyondGoAway(stream)
        ? unavailable("the server closes the connection, and did not see the call").unprocessed()
        : unavailable(connection.peer().loss());
  }

  private static StatusException unavailable(String message) {
    return new StatusException(StatusCode.UNAVAILABLE, message);
  }

  /** Whether the server has said that it goes away and will not look at this stream. */
  private boolean isBeyondGoAway(Http2Stream stream) {
    return connection.connection().goAwayReceived()
        && stream.id() > connection.connection().local().lastStreamKnownByPeer();
  }

  private void over(StatusException failure) {
    ended = true;
    responseHeaders.complete(failure.trailers());
    fail(failure);
  }

  @Override
  void onMalformed(StatusException failure) {
    cancelNow(failure);
  }

  @Override
  @Nullable Http2Stream http2() {
    return http2;
  }

  @Override
  void beforeData(Http2Stream stream) {}

  @Override
  @Nullable Runnable afterData(Http2Stream stream) {
    if (!halfClosed || endSent) {
      return null;
    }
    return () -> {
      endSent = true;
      connection.sendEnd(stream);
    };
  }
}
