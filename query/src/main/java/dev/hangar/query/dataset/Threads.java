package dev.hangar.query.dataset;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** Waiting for what other threads make. */
public final class Threads {
  private Threads() {}

  /**
   * What a thread made, or what it threw; also who is interrupted waits, since what was made has to
   * be closed by somebody.
   */
  public static <T extends @Nullable Object> T await(Future<T> future) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return future.get();
        } catch (InterruptedException e) {
          interrupted = true;
        } catch (ExecutionException e) {
          throw thrown(e);
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static RuntimeException thrown(ExecutionException e) {
    return switch (e.getCause()) {
      case RuntimeException cause -> cause;
      case Error cause -> throw cause;
      case null -> new IllegalStateException(e);
      case Throwable cause -> new ThrownException(cause);
    };
  }

  /** Carries a checked exception from one thread to another. */
  static final class ThrownException extends RuntimeException {
    @java.io.Serial private static final long serialVersionUID = 1;

    ThrownException(Throwable cause) {
      super(cause.getMessage(), cause);
    }

    /** What another thread threw, as it was. */
    static Throwable unwrapped(Throwable thrown) {
      Throwable cause = thrown instanceof ThrownException ? thrown.getCause() : null;
      return cause == null ? thrown : cause;
    }
  }
}
