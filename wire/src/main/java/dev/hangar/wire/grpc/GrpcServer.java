package dev.hangar.wire.grpc;

import dev.hangar.wire.http2.Acceptor;
import dev.hangar.wire.http2.ConnectionHandler;
import dev.hangar.wire.http2.StreamListener;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The methods a server offers, and the threads that serve them. Thread-safe.
 *
 * <p>This is where it is decided what status a failure becomes.
 */
public final class GrpcServer implements Acceptor {
  private final Map<String, GrpcMethod<?>> methods;
  private final Executor threads;
  private final Function<Throwable, StatusException> statuses;
  private final AtomicInteger running = new AtomicInteger();

  /**
   * @param threads runs one task for each call; tasks block
   * @param statuses what a handler's failure becomes, where it is not a {@link StatusException}
   */
  public GrpcServer(
      Collection<GrpcMethod<?>> methods,
      Executor threads,
      Function<Throwable, StatusException> statuses) {
    this.methods =
        methods.stream().collect(Collectors.toUnmodifiableMap(GrpcMethod::path, method -> method));
    this.threads = threads;
    this.statuses = statuses;
  }

  @Override
  public StreamListener accept(
      ConnectionHandler connection, Http2Stream stream, Http2Headers headers) {
    CharSequence contentType = headers.get("content-type");
    if (contentType == null || !contentType.toString().startsWith(Status.CONTENT_TYPE)) {
      return new NotGrpc(connection, stream, contentType, "HEAD".contentEquals(headers.method()));
    }
    GrpcMethod<?> method = methods.get(String.valueOf(headers.path()));
    return method == null
        ? new Refusal(
            connection, stream, StatusCode.UNIMPLEMENTED, "no method " + headers.path() + " here")
        : open(method, connection, stream, headers);
  }

  private <M> ServerStream<M> open(
      GrpcMethod<M> method,
      ConnectionHandler connection,
      Http2Stream stream,
      Http2Headers headers) {
    return new ServerStream<>(this, method, connection, stream, headers);
  }

  void run(Runnable handler) {
    running.incrementAndGet();
    try {
      threads.execute(() -> {
        try {
          handler.run();
        } finally {
          ended();
        }
      });
    } catch (RejectedExecutionException stopping) {
      ended();
      throw stopping;
    }
  }

  /** Waits for the handlers at work to end; false where {@code patience} was too short. */
  public boolean awaitIdle(Duration patience) {
    long end = System.nanoTime() + patience.toNanos();
    synchronized (running) {
      while (running.get() > 0) {
        long left = end - System.nanoTime();
        if (left <= 0) {
          return false;
        }
        try {
          TimeUnit.NANOSECONDS.timedWait(running, left);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          return false;
        }
      }
      return true;
    }
  }

  private void ended() {
    if (running.decrementAndGet() == 0) {
      synchronized (running) {
        running.notifyAll();
      }
    }
  }

  StatusException status(Throwable thrown) {
    return thrown instanceof StatusException status ? status : statuses.apply(thrown);
  }

  /** A stream that is answered with a status and not served. */
  private record Refusal(
      ConnectionHandler connection, Http2Stream stream, StatusCode code, String message)
      implements StreamListener {
    @Override
    public void onHeaders(Http2Headers headers, boolean endOfStream) {
      Http2Headers trailers =
          Status.trailers(new StatusException(code, message), TraceId.of(Metadata.read(headers)));
      connection.sendHeaders(stream, Status.trailersOnly(trailers), true);
    }

    @Override
    public int onData(ByteBuf data, boolean endOfStream) {
      return data.readableBytes();
    }

    @Override
    public void onReset(long errorCode) {}

    @Override
    public void onClosed() {}
  }
}
