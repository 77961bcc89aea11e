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
import java.util.concurrent.RejectedExecutionException;
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
   * Messages of this part of the window or more might not fit it: they are given window while they
   * come, but only when their reader waits for them.
   */
  private static final int LARGE_PART = 4;

  /** Window is given back in portions, not for each small message: of this size at most, */
  private static final int RETURNED_BYTES_MAX = 256 << 10;

  /** and of this part of the window. */
  private static final int RETURNED_PART = 8;

  final ConnectionHandler connection;
  final Executor eventLoop;
  private final Deframer<M> deframer;
  private final MessageQueue<M> inbound;
  private final SendQueue outbound = new SendQueue(Limits.SEND_QUEUE_BYTES);
  private final AtomicBoolean drainScheduled = new AtomicBoolean();
  private final AtomicInteger takenBytes = new AtomicInteger();
  private final int returnedBytes;
  private volatile boolean demanded;
  private volatile boolean starved;
  private volatile boolean ignored;
  private boolean deaf;
  private long receivedBytes;

  /** Bytes that came and are neither a message's nor given back to the peer's window. */
  private int partialBytes;

  /**
   * @param windowBytes what the peer may send ahead of {@link #receive}
   */
  GrpcStream(ConnectionHandler connection, MessageDecoder<M> decoder, int windowBytes) {
    this.connection = connection;
    this.eventLoop = connection.eventLoop();
    this.deframer = new Deframer<>(decoder, windowBytes / LARGE_PART);
    this.inbound = new MessageQueue<>(decoder::discard, Limits.WAITING_MESSAGES);
    this.returnedBytes = Math.min(RETURNED_BYTES_MAX, windowBytes / RETURNED_PART);
  }

  /**
   * The peer's next message, owned by the caller; null behind its last. Blocks.
   *
   * @throws StatusException the call has failed
   */
  public final @Nullable M receive() {
    MessageQueue.Entry<M> entry = inbound.poll();
    if (entry == null) {
      demand();
      entry = inbound.take();
    }
    if (entry == null) {
      return null;
    }
    demanded = false;
    taken(entry.heldBytes());
    return entry.message();
  }

  private void taken(int heldBytes) {
    if (takenBytes.addAndGet(heldBytes) >= returnedBytes) {
      onEventLoop(this::returnWindow);
    }
  }

  /** Whether {@link #receive} would not wait. */
  public final boolean isReady() {
    return inbound.isReady();
  }

  /**
   * Sets what is run, on the event loop, whenever {@link #isReady} or {@link #isStarved} may have
   * become true; it must not block.
   */
  public final void onReady(Runnable onReady) {
    inbound.onReady(onReady);
  }

  /**
   * Whether the next message is too large for the window and comes no further before {@link
   * #demand} or {@link #receive} is called.
   */
  public final boolean isStarved() {
    return starved && !demanded;
  }

  /** Says that the next message is waited for, however large it is. */
  public final void demand() {
    demanded = true;
    if (starved) {
      onEventLoop(this::returnWindow);
    }
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

  /** Once the event loop has ended, so has the connection, and whoever waits has been told. */
  private void onEventLoop(Runnable task) {
    try {
      eventLoop.execute(task);
    } catch (RejectedExecutionException ended) {
      // nothing is left to be done there
    }
  }

  /** Has the event loop send what waits. */
  final void scheduleDrain() {
    if (drainScheduled.compareAndSet(false, true)) {
      onEventLoop(this::drain);
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
    partialBytes += bytes;
    try {
      deframer.read(data, this::onMessage);
      if (endOfStream) {
        onEnd();
      } else if (deframer.midMessage()) {
        onPartial();
      }
      return returnable();
    } catch (StatusException malformed) {
      abortPartial();
      onMalformed(malformed);
      return partialBytes; // those of messages before it are given back with them
    }
  }

  @Override
  public final @Nullable ByteBuf landing(int bytesMax) {
    return deaf ? null : deframer.landing(bytesMax);
  }

  private void onMessage(M message, int heldBytes) {
    partialBytes -= heldBytes;
    int freed = inbound.add(message, heldBytes);
    if (ignored) {
      taken(freed);
    }
    onArrival();
  }

  /** What a large message gives back before it is whole; nothing while nobody waits for it. */
  private int returnable() {
    if (!deframer.midLargeMessage()) {
      starved = false;
      return 0;
    }
    boolean wasStarved = starved;
    starved = true; // before demanded is read: whoever demands looks at it afterwards
    if (demanded && !inbound.isReady()) {
      starved = false;
      int held = deframer.takeHeld();
      partialBytes -= held;
      return held;
    }
    if (!wasStarved) {
      inbound.wake();
    }
    return 0;
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
    abortPartial();
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

  /** As {@link #abandon}, but the peer may send on: {@link #receive} waits for the end alone. */
  public final void ignore() {
    ignored = true;
    taken(inbound.abandon());
  }

  private void returnWindow() {
    Http2Stream stream = http2();
    int bytes = takenBytes.getAndSet(0);
    if (starved && !deaf) {
      bytes += returnable();
    }
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
