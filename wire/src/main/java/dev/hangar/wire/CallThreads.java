package dev.hangar.wire;

import java.lang.reflect.InvocationTargetException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;

/**
 * The threads of calls: virtual ones from Java 21 on (this module compiles for 17), else a pool
 * that grows.
 */
final class CallThreads {
  private CallThreads() {}

  static Executor start() {
    try {
      return (ExecutorService)
          Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
    } catch (NoSuchMethodException olderJava) {
      return Executors.newCachedThreadPool(CallThreads::daemon);
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException("virtual threads could not be started", e);
    }
  }

  private static Thread daemon(Runnable task) {
    ThreadFactory threads = Executors.defaultThreadFactory();
    Thread thread = threads.newThread(task);
    thread.setDaemon(true);
    return thread;
  }
}
