package dev.hangar.client;

import dev.hangar.wire.grpc.StatusCode;
import dev.hangar.wire.grpc.StatusException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What is sent at the same time: a thread for each part on its way, as many as there are lanes. For
 * one thread, which waits where all are in use.
 */
final class Lanes implements AutoCloseable {
  private final int count;
  private final BlockingQueue<Integer> free = new LinkedBlockingQueue<>();
  private final List<Thread> threads = new ArrayList<>();
  private @Nullable Throwable failure;

  Lanes(int count) {
    this.count = count;
    for (int lane = 0; lane < count; lane++) {
      free.add(lane);
    }
  }

  /**
   * Sends a part, which is taken over, as soon as a lane is free.
   *
   * @param send told the lane
   * @throws RuntimeException what one of the parts before has failed with
   */
  void send(HeldPart part, IntConsumer send) {
    Thread thread;
    try {
      int lane = take();
      requireNoFailure();
      thread = new Thread(() -> run(lane, part, send), "hangar-put-" + part.number());
    } catch (RuntimeException | Error e) {
      part.close();
      throw e;
    }
    threads.removeIf(earlier -> !earlier.isAlive());
    threads.add(thread);
    thread.setDaemon(true);
    thread.start();
  }

  /** Waits until all is sent. */
  void awaitAll() {
    for (int lane = 0; lane < count; lane++) {
      take();
    }
    requireNoFailure();
  }

  /** Gives up what is still on its way; when it returns, nothing is. */
  @Override
  public void close() {
    threads.forEach(Thread::interrupt);
    boolean wasInterrupted = false;
    for (var thread : threads) {
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          wasInterrupted = true;
        }
      }
    }
    if (wasInterrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void run(int lane, HeldPart part, IntConsumer send) {
    try (part) {
      send.accept(lane);
    } catch (RuntimeException | Error e) {
      fail(e);
    } finally {
      free.add(lane);
    }
  }

  private int take() {
    try {
      return free.take();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StatusException(
          StatusCode.CANCELLED, "interrupted while parts of a table were sent");
    }
  }

  private synchronized void fail(Throwable e) {
    if (failure == null) {
      failure = e;
    }
  }

  private synchronized void requireNoFailure() {
    if (failure instanceof StatusException status) {
      throw status.withDescription(status.description()); // with this thread's own trace
    }
    if (failure != null) {
      throw new IllegalStateException("a part could not be sent: " + failure, failure);
    }
  }
}
