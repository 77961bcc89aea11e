package dev.hangar.wire.grpc;

import dev.hangar.wire.Limits;
import dev.hangar.wire.http2.ConnectionHandler;
import dev.hangar.wire.http2.OutboundData.Piece;
import dev.hangar.wire.http2.StreamListener;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Stream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One call's messages, in and out: what both ends have in common.
 *
 * <p>{@link #receive} and {@link #send} belong to the application: each by one thread at a time,
 * which may block. All else happens on the connection's event loop.
 *
 * <pre>
 *   event loop                              application
 *   onData → deframer → inbound queue ────→ receive     (blocks while empty)
 *   flow controller ←── outbound queue ←─── send        (blocks while full)
 * </pre>
 *
 * @param <M> the messages that come in
 */
abstract class GrpcStream<M> implements StreamListener {
  /**
   * Messages of this size or more do not wait for their reader to give window back: they might not
   * fit it.
   */
  private static final int LARGE_MESSAGE_BYTES = Limits.STREAM_WINDOW_BYTES / 4;

  /** Window is given back in portions of this size, not for each small message. */
  private static final int RETURNED_BYTES_MIN = 256 << 10;

  final ConnectionHandler connection;
  final Executor eventLoop;
  private final Deframer<M> deframer;
  private final MessageQueue<M> inbound;
  private final SendQueue outbound = new SendQueue(Limits.SEND_QUEUE_BYTES);
  private final AtomicBoolean drainScheduled = new AtomicBoolean();
  private final AtomicInteger takenBytes = new AtomicInteger();
  private boolean deaf;
  private long receivedBytes;

  GrpcStream(ConnectionHandler connection, MessageDecoder<M> decoder) {
    this.connection = connection;
    this.eventLoop = connection.eventLoop();
    this.deframer = new Deframer<>(decoder, LARGE_MESSAGE_BYTES);
    this.inbound = new MessageQueue<>(decoder::discard);
  }

  /**
   * The peer's next message, owned by the caller; null behind its last. Blocks.
   *
   * @throws StatusException the call has failed
   */
  public final @Nullable M receive() {
    MessageQueue.Entry<M> entry = inbound.take();
    if (entry == null) {
      return null;
    }
    int taken = takenBytes.addAndGet(entry.heldBytes());
    if (taken >= RETURNED_BYTES_MIN) {
      eventLoop.execute(this::returnWindow);
    }
    return entry.message();
  }

  /**
   * Sends a message; blocks while too much is on its way. Takes ownership, also when it throws.
   *
   * @throws StatusException the call is over
   */
  public final void send(OutboundMessage message) {
    outbound.add(message);
    scheduleDrain();
  }

  /**
   * As {@link #send}, for a message that more, or the call's end, follows at once: it may wait for
   * that.
   */
  public final void sendWithNext(OutboundMessage message) {
    outbound.add(message);
    if (outbound.unsentBytes() >= Limits.COALESCED_BYTES) {
      scheduleDrain();
    }
  }

  /**
   * Sends a message, unless too much is on its way. Takes ownership in any case.
   *
   * @return whether it is sent
   * @throws StatusException the call is over
   */
  public final boolean offer(OutboundMessage message) {
    boolean added = outbound.offer(message);
    if (added) {
      scheduleDrain();
    }
    return added;
  }

  /** The HTTP/2 stream; null before it is open. */
  abstract @Nullable Http2Stream http2();

  /** What has to go out before data: headers, where they have not been sent. Event loop only. */
  abstract void beforeData(Http2Stream stream);

  /**
   * What has to go out behind all data: read before the data is drained, so that nothing is left
   * behind. Event loop only.
   */
  abstract @Nullable Runnable afterData(Http2Stream stream);

  /** The peer's bytes could not be read as messages. Event loop only. */
  abstract void onMalformed(StatusException failure);

  /** The peer has sent a message, or its last. Event loop only. */
  void onArrival() {}

  /** The peer has sent a part of a message, and the rest has not come. Event loop only. */
  void onPartial() {}

  /** Whether the rest of a message is to come. Event loop only. */
  final boolean midMessage() {
    return !deaf && deframer.midMessage();
  }

  /** Bytes of messages that have come so far. Event loop only. */
  final long receivedBytes() {
    return receivedBytes;
  }

  /** Has the event loop send what waits. */
  final void scheduleDrain() {
    if (drainScheduled.compareAndSet(false, true)) {
      eventLoop.execute(this::drain);
    }
  }

  private void drain() {
    drainScheduled.set(false);
    Http2Stream stream = http2();
    if (stream == null) {
      return;
    }
    Runnable after = afterData(stream);
    var pieces = new ArrayDeque<Piece>();
    outbound.drain(pieces);
    if (!pieces.isEmpty()) {
      beforeData(stream);
      sendData(stream, pieces);
    }
    if (after != null) {
      after.run();
    }
    connection.flush();
  }

  /** HTTP/2's flow control counts what it is given in an int, which two large messages exceed. */
  private void sendData(Http2Stream stream, ArrayDeque<Piece> pieces) {
    while (bytes(pieces) > Integer.MAX_VALUE) {
      var first = new ArrayDeque<Piece>();
      long left = Integer.MAX_VALUE;
      while (left >= pieces.element().bytes().readableBytes()) {
        left -= pieces.element().bytes().readableBytes();
        first.add(pieces.remove());
      }
      connection.sendData(stream, first);
    }
    connection.sendData(stream, pieces);
  }

  private static long bytes(ArrayDeque<Piece> pieces) {
    long bytes = 0;
    for (Piece piece : pieces) {
      bytes += piece.bytes().readableBytes();
    }
    return bytes;
  }

  @Override
  public final int onData(ByteBuf data, boolean endOfStream) {
    int bytes = data.readableBytes();
    if (deaf) {
      return bytes;
    }
    receivedBytes += bytes;
    try {
      int held = bytes - deframer.read(data, this::onMessage);
      if (endOfStream) {
        onEnd();
      } else if (deframer.midMessage()) {
        onPartial();
      }
      return bytes - held;
    } catch (StatusException malformed) {
      deaf = true;
      deframer.abort();
      onMalformed(malformed);
      return bytes;
    }
  }

  @Override
  public final @Nullable ByteBuf landing(int bytesMax) {
    return deaf ? null : deframer.landing(bytesMax);
  }

  private void onMessage(M message, int heldBytes) {
    inbound.add(message, heldBytes);
    onArrival();
  }

  /** The peer sends no more. */
  final void onEnd() {
    if (deframer.midMessage()) {
      throw new StatusException(
          StatusCode.INVALID_ARGUMENT, "the stream ended in the middle of a message");
    }
    inbound.end(null);
    onArrival();
  }

  /** The peer sends no more, and the call ended so; what had come is still delivered. */
  final void endInbound(@Nullable StatusException failure) {
    inbound.end(failure);
  }

  /** Ends the call on our side: whoever waits is told. Event loop only. */
  final void fail(StatusException failure) {
    deaf = true;
    deframer.abort();
    inbound.fail(failure);
    outbound.fail(failure);
  }

  /** Sending is over; receiving goes on. */
  final void failOutbound(StatusException failure) {
    outbound.fail(failure);
  }

  /** Nobody will call {@link #receive} again: what waits, and what comes, is released. */
  public final void abandon() {
    inbound.abandon();
  }

  private void returnWindow() {
    Http2Stream stream = http2();
    int bytes = takenBytes.getAndSet(0);
    if (stream != null && bytes > 0) {
      connection.returnWindow(stream, bytes);
    }
  }

  /** Runs {@code task} on the event loop when {@code delay} has passed, not before. */
  final ScheduledFuture<?> schedule(Runnable task, Duration delay) {
    long millis = Math.min(delay.toMillis() + 1, Integer.MAX_VALUE);
    return connection.context().executor().schedule(task, millis, TimeUnit.MILLISECONDS);
  }

  /** Releases what has come of a message whose rest won't come. Event loop only. */
  final void abortPartial() {
    deaf = true;
    deframer.abort();
  }
}
