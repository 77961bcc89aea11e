package dev.hangar.wire.grpc;

import dev.hangar.wire.Limits;
import dev.hangar.wire.http2.ConnectionHandler;
import io.netty.channel.Channel;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A call that somebody makes of us.
 *
 * <p>Its handler runs on a thread of its own, begun when there is something to do. What it throws,
 * the deadline or a cancellation ends the call: whichever comes first.
 */
public final class ServerStream<M> extends GrpcStream<M> {
  /** How the call ended: well, where there is no failure. */
  private record Ending(@Nullable StatusException failure) {}

  private final Http2Stream http2;
  private final GrpcMethod<M> method;
  private final GrpcServer server;
  private final Metadata headers;
  private final String authority;
  private final @Nullable Duration timeout;
  private final AtomicReference<@Nullable Ending> ending = new AtomicReference<>();
  private volatile Metadata responseHeaders = Metadata.EMPTY;
  private volatile Metadata trailers = Metadata.EMPTY;
  private volatile boolean cancelled;
  private final Progress progress = new Progress();
  private @Nullable String traceId;
  private @Nullable ScheduledFuture<?> deadline;
  private boolean started;
  private boolean headersSent;
  private boolean ended;

  ServerStream(
      GrpcServer server,
      GrpcMethod<M> method,
      ConnectionHandler connection,
      Http2Stream http2,
      Http2Headers headers) {
    super(connection, method.decoder().get(), Limits.STREAM_WINDOW_BYTES);
    this.server = server;
    this.method = method;
    this.http2 = http2;
    this.headers = Metadata.read(headers);
    this.authority = String.valueOf(headers.authority());
    CharSequence grpcTimeout = headers.get("grpc-timeout");
    this.timeout = grpcTimeout == null ? null : GrpcTimeout.decode(grpcTimeout);
  }

  /** The caller's metadata. */
  public Metadata headers() {
    return headers;
  }

  /** The host and port that the caller addressed. */
  public String authority() {
    return authority;
  }

  /** The connection it came over. */
  public Channel channel() {
    return connection.context().channel();
  }

  /** Where the caller is. */
  public SocketAddress peer() {
    return connection.context().channel().remoteAddress();
  }

  /** Whether the caller has gone, or its time is up: what is sent now reaches nobody. */
  public boolean isCancelled() {
    return cancelled;
  }

  /**
   * Sets metadata to send before the first message, or with the status where there is no message.
   */
  public void responseHeaders(Metadata metadata) {
    responseHeaders = metadata;
  }

  /** Sets metadata to send with the status of a call that ends well. */
  public void trailers(Metadata metadata) {
    trailers = metadata;
  }

  /**
   * What ties this call to others in somebody's traces: of the caller's {@code traceparent} header,
   * or made up; 32 hexadecimal digits.
   */
  public synchronized String traceId() {
    if (traceId == null) {
      traceId = TraceId.of(headers);
    }
    return traceId;
  }

  /** Ends the call behind what was sent; null where it did not fail. The first end counts. */
  private void end(@Nullable StatusException failure) {
    if (ending.compareAndSet(null, new Ending(failure))) {
      scheduleDrain();
    }
  }

  @Override
  public void onHeaders(Http2Headers ignored, boolean endOfStream) {
    if (timeout != null && deadline == null) {
      deadline = schedule(this::onDeadline, timeout);
    }
    if (endOfStream) {
      onEnd();
    } else if (method.streamsRequests()) {
      start();
    } else {
      progress.watch();
    }
  }

  @Override
  void onPartial() {
    progress.watch();
  }

  @Override
  void onArrival() {
    start();
  }

  private void start() {
    if (!started) {
      started = true;
      try {
        server.run(this::handle);
      } catch (RejectedExecutionException stopping) {
        end(new StatusException(StatusCode.UNAVAILABLE, "the server is shutting down"));
      }
    }
  }

  private void handle() {
    try {
      method.handler().handle(this);
      end(null);
    } catch (Throwable thrown) {
      end(server.status(thrown));
    } finally {
      abandon();
    }
  }

  /** A caller that does not read would never come to trailers behind what it does not read. */
  private void onDeadline() {
    cancelled = true;
    var late =
        new StatusException(
            StatusCode.DEADLINE_EXCEEDED, "the caller's deadline of " + timeout + " passed");
    end(late);
    fail(late);
    if (connection.isSending(http2)) {
      connection.reset(http2, Http2Error.CANCEL);
    }
  }

  @Override
  void onMalformed(StatusException failure) {
    end(failure);
    fail(failure);
  }

  @Override
  public void onReset(long errorCode) {
    cancelled = true;
  }

  @Override
  public void onClosed() {
    if (deadline != null) {
      deadline.cancel(false);
    }
    progress.stop();
    cancelled |= !ended;
    // every call comes here, and few have anybody left who reads or writes
    fail(StatusException.untraced(StatusCode.CANCELLED, "the caller has gone"));
  }

  @Override
  Http2Stream http2() {
    return http2;
  }

  @Override
  void beforeData(Http2Stream stream) {
    if (!headersSent && !ended) {
      headersSent = true;
      Http2Headers response =
          new DefaultHttp2Headers().status("200").set("content-type", Status.CONTENT_TYPE);
      responseHeaders.write(response);
      connection.sendHeaders(stream, response, false);
    }
  }

  @Override
  @Nullable Runnable afterData(Http2Stream stream) {
    Ending end = ending.get();
    return end == null || ended ? null : () -> sendTrailers(stream, end);
  }

  private void sendTrailers(Http2Stream stream, Ending end) {
    if (stream.state() == Http2Stream.State.CLOSED) {
      return;
    }
    ended = true;
    Http2Headers last = end.failure() == null ? ok() : Status.trailers(end.failure(), traceId());
    if (!headersSent) {
      responseHeaders.write(last);
      Status.trailersOnly(last);
    }
    connection.sendHeaders(stream, last, true);
  }

  private Http2Headers ok() {
    Http2Headers last = Status.ok();
    trailers.write(last);
    return last;
  }

  /**
   * Ends a call whose caller has begun a message, or owes its only one, and does not go on. Event
   * loop only.
   */
  private final class Progress {
    private @Nullable ScheduledFuture<?> next;
    private long bytesBefore;
    private boolean slow;

    void watch() {
      if (next == null) {
        next = schedule(this::look, Limits.STALL_TIME);
      }
    }

    void stop() {
      if (next != null) {
        next.cancel(false);
      }
    }

    private void look() {
      next = null;
      boolean awaited = midMessage() || (!started && !method.streamsRequests());
      boolean slowNow =
          awaited
              && receivedBytes() - bytesBefore < Limits.STALL_BYTES
              && connection.mayReceive(http2);
      bytesBefore = receivedBytes();
      if (slowNow && slow) {
        giveUp();
      } else if (awaited && ending.get() == null) {
        slow = slowNow;
        watch();
      } else {
        slow = false;
      }
    }

    private void giveUp() {
      String why =
          "the rest of a message did not come: less than "
              + Limits.STALL_BYTES
              + " bytes in "
              + Limits.STALL_TIME
              + ", twice";
      onMalformed(new StatusException(StatusCode.DEADLINE_EXCEEDED, why));
    }
  }
}
