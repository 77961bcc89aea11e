package dev.hangar.store.part;

import dev.hangar.store.file.WritableFile;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/**
 * The disk at work on a file while more of it is written: a force now and then on a thread of its
 * own, one at a time.
 *
 * <p>What one force failed at a second one would claim to have done, the system having dropped the
 * pages. So the first failure is final. For one thread, which is not the one that forces.
 */
final class WriteBehind {
  private final WritableFile file;
  private final long stepBytes;
  private final ThreadFactory threads;
  private long begun;
  private CountDownLatch running = new CountDownLatch(0);
  private volatile @Nullable IOException failure;

  WriteBehind(WritableFile file, long stepBytes, ThreadFactory threads) {
    this.file = file;
    this.stepBytes = stepBytes;
    this.threads = threads;
  }

  /** To be told after each write. Does not wait. */
  void written() throws IOException {
    requireHealthy();
    if (file.size() - begun >= stepBytes && isIdle()) {
      begun = file.size();
      var done = new CountDownLatch(1);
      threads.newThread(() -> force(done)).start();
      running = done; // and not before: a thread that cannot be had would be waited for for ever
    }
  }

  /** All of it on disk; nothing must be written meanwhile. */
  void finish() throws IOException {
    await();
    requireHealthy();
    force(new CountDownLatch(1));
    requireHealthy();
  }

  /** Waits for the thread, if there is one; without it the file can be closed. */
  void await() {
    boolean isInterrupted = false;
    while (!isIdle()) {
      try {
        running.await();
      } catch (InterruptedException e) {
        isInterrupted = true;
      }
    }
    if (isInterrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean isIdle() {
    return running.getCount() == 0;
  }

  private void force(CountDownLatch done) {
    try {
      file.force();
    } catch (IOException e) {
      failure = e;
    } catch (RuntimeException | Error e) {
      failure = new IOException("the force ended by " + e, e);
    } finally {
      done.countDown();
    }
  }

  private void requireHealthy() throws IOException {
    var found = failure;
    if (found != null) {
      throw new IOException(found.getMessage(), found);
    }
  }
}
