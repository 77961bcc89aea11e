package dev.hangar.store.local;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** What a store does when nobody waits for it: removing files, and sweeping. Thread-safe. */
final class Background implements AutoCloseable {
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          task -> Thread.ofPlatform().daemon().name("hangar-store").unstarted(task));
  private volatile boolean isStopped;

  /** Does something once, soon; once it is closed at once. */
  void run(Runnable task) {
    try {
      thread.execute(task);
    } catch (RejectedExecutionException closed) {
      task.run();
    }
  }

  /** Does something every second until it is stopped; its failures end neither it nor others. */
  void everySecond(Runnable task) {
    thread.scheduleWithFixedDelay(() -> attempt(task), 1, 1, TimeUnit.SECONDS);
  }

  /** Begins nothing that was to be done every second any more, and waits for all else. */
  void stop() {
    isStopped = true;
    try {
      thread.submit(() -> {}).get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | RejectedExecutionException e) {
      // nothing is left to wait for
    }
  }

  /** Waits for what is under way and what was to be done once. */
  @Override
  public void close() {
    isStopped = true;
    thread.close();
  }

  private void attempt(Runnable task) {
    if (isStopped) {
      return;
    }
    try {
      task.run();
    } catch (RuntimeException failed) {
      // a disk that fails says so to whoever writes; the next second tries again
    }
  }
}
