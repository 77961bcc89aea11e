package dev.hangar.query.sql;

import dev.hangar.query.sql.SqlException.Kind;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Stops statements that make the process take memory which nobody counts: DuckDB's limit does not
 * know of the texts and lists that some functions build. Looks at the whole process, where the
 * machine tells (Linux), and cannot tell one statement from the other: all that run are stopped.
 * Thread-safe.
 */
final class MemoryWatch implements AutoCloseable {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final String RESIDENT = "RssAnon:";
  private static final long KIB = 1 << 10;

  private final SqlMemory counted;
  private final long uncountedBytesMax;
  private final Set<QueryRun> runs = new HashSet<>();
  private long uncountedBefore;
  private boolean isClosed;

  /**
   * @param counted what is known of
   * @param uncountedBytesMax what the process may take besides, more than when nothing ran
   */
  MemoryWatch(SqlMemory counted, long uncountedBytesMax) {
    this.counted = counted;
    this.uncountedBytesMax = uncountedBytesMax;
    if (Files.isReadable(STATUS)) {
      Thread.ofPlatform().daemon().name("hangar-memory-watch").start(this::watch);
    }
  }

  synchronized void begin(QueryRun run) {
    if (runs.isEmpty()) {
      uncountedBefore = uncounted().orElse(0);
    }
    runs.add(run);
    notifyAll();
  }

  synchronized void end(QueryRun run) {
    runs.remove(run);
  }

  private void watch() {
    try {
      while (awaitRuns()) {
        look();
        TimeUnit.MILLISECONDS.sleep(Limits.MEMORY_LOOK.toMillis());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized boolean awaitRuns() throws InterruptedException {
    while (runs.isEmpty() && !isClosed) {
      wait();
    }
    return !isClosed;
  }

  private void look() {
    OptionalLong now = uncounted();
    List<QueryRun> stopped;
    synchronized (this) {
      if (now.isEmpty() || now.getAsLong() - uncountedBefore <= uncountedBytesMax) {
        return;
      }
      stopped = List.copyOf(runs);
    }
    var why =
        new SqlException(
            Kind.TOO_LARGE,
            "the statement was stopped: it, or one beside it, makes values that take more than %d"
                    .formatted(uncountedBytesMax)
                + " bytes");
    stopped.forEach(run -> run.cancel(why));
  }

  /** What the process takes beyond its Java heap and what is counted. */
  private OptionalLong uncounted() {
    try {
      for (String line : Files.readAllLines(STATUS)) {
        if (line.startsWith(RESIDENT)) {
          long resident = Long.parseLong(line.replaceAll("[^0-9]", "")) * KIB;
          long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getCommitted();
          return OptionalLong.of(resident - heap - counted.usedBytes());
        }
      }
    } catch (IOException e) {
      // a process that is not told of is not watched
    }
    return OptionalLong.empty();
  }

  @Override
  public synchronized void close() {
    isClosed = true;
    notifyAll();
  }
}
